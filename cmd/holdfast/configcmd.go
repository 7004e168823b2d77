package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
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
		Use:   "schema [config|report]",
		Short: "Print the JSON Schema of the configuration files, or of the report of check",
		Long: `schema prints the JSON Schema that configuration files are validated with, or that of what
check writes with --format json.`,
		Example: `  holdfast config schema > holdfast.schema.json
  holdfast config schema report > report.schema.json`,
		ValidArgs: []string{"config", "report"},
		Args: func(_ *cobra.Command, args []string) error {
			if known := []string{"config", "report"}; len(args) > 1 || len(args) == 1 && !slices.Contains(known, args[0]) {
				return fmt.Errorf("no schema is called %q; there are config and report", strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "report" {
				_, err := fmt.Fprint(a.stdout, report.Schema())
				return err
			}
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
