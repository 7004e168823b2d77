package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
)

func (a *app) statusCommand() *cobra.Command {
	var file string
	var formats []string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how the targets stand",
		Long:  `status reads the state, also while a daemon works with it, and shows how each target stood after its last run.`,
		Example: `  holdfast status
  holdfast status --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context(), file, formats) },
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration file (default: holdfast.yaml here or above)")
	cmd.Flags().StringArrayVar(&formats, "format", []string{"text"}, "text or json, as NAME or NAME=FILE (repeatable)")
	return cmd
}

func (a *app) status(ctx context.Context, file string, formats []string) error {
	outputs, err := parseFormats(formats, []string{"text", "json"})
	if err != nil {
		return err
	}
	file, c, err := openConfig(file)
	if err != nil {
		return err
	}
	path, err := stateFile(c)
	if err != nil {
		return err
	}
	store, err := state.OpenReadOnly(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return mistake(fmt.Errorf("nothing has run with %s yet: there is no state at %s", file, path))
	} else if err != nil {
		return err
	}
	defer store.Close()
	status, err := readStatus(ctx, store, c)
	if err != nil {
		return err
	}
	for _, out := range outputs {
		if err := a.write(out, func(w io.Writer) error {
			if out.name == "json" {
				encoder := json.NewEncoder(w)
				encoder.SetIndent("", "  ")
				return encoder.Encode(status)
			}
			return report.Status(w, &status, a.textOptions(false))
		}); err != nil {
			return err
		}
	}
	return nil
}

func readStatus(ctx context.Context, store reconcile.Store, c *config.Config) (reconcile.Status, error) {
	status, err := reconcile.ReadStatus(ctx, store, time.Now())
	status.Version, status.Source = versionName(), sourceName(c)
	return status, err
}

// sourceName is the source as people write it; a URL in the configuration holds no password.
func sourceName(c *config.Config) string {
	switch {
	case c.Source.Git != nil:
		return c.Source.Git.URL
	case c.Source.Dir != "":
		return c.Source.Dir
	}
	return "the folder of " + c.File
}
