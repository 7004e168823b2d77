package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "About the configuration files",
		Example: `  holdfast config schema > holdfast.schema.json`,
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema that configuration files are validated with",
		Example: `  holdfast config schema > holdfast.schema.json`,
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema(builtinDrivers())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s\n", schema)
			return err
		},
	})
	return cmd
}
