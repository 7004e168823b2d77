package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
)

func (a *app) initCommand() *cobra.Command {
	var print bool
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Look at a repository and write a holdfast.yaml for it",
		Long: `init looks at what is in DIR (default: here) and writes a holdfast.yaml with a target for each
folder that a driver can keep. Every target begins in mode flag: nothing is changed until you say so.
A holdfast.yaml that is there already is never overwritten.`,
		Example: `  holdfast init
  holdfast init --print infra/`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return a.init(cmd.Context(), folder, print)
		},
	}
	cmd.Flags().BoolVar(&print, "print", false, "print it and write no file")
	return cmd
}

func (a *app) init(ctx context.Context, folder string, print bool) error {
	snapshot, err := readFolder(ctx, dir.Options{Path: folder})
	if errors.Is(err, sources.ErrNotFound) {
		return mistake(fmt.Errorf("there is no folder %s", folder))
	} else if err != nil {
		return err
	}
	content, err := config.Init(snapshot)
	if err != nil {
		return err
	}
	if print {
		_, err := a.stdout.Write(content)
		return err
	}
	name := filepath.Join(folder, config.FileName)
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return mistake(fmt.Errorf("%s is there already; `holdfast init --print` shows what would be written", name))
	} else if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the configuration: %w", errors.Join(err, os.Remove(name)))
	}
	_, err = fmt.Fprintf(a.stdout, "Wrote %s. Look it over, then try `holdfast check` and `holdfast plan`.\n", name)
	return err
}
