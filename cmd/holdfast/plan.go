package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// passFlags are what plan and apply have in common.
type passFlags struct {
	config  string
	targets []string
	format  []string
	verbose bool
}

func (f *passFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration file (default: holdfast.yaml here or above)")
	flags.StringArrayVar(&f.targets, "target", nil, "only this target (repeatable)")
	flags.StringArrayVar(&f.format, "format", []string{"text"}, "text or json, as NAME or NAME=FILE (repeatable)")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show long contents and all findings")
}

func (a *app) planCommand() *cobra.Command {
	var f passFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would change, and what policy says of it",
		Long: `plan observes each target, works out what apply would change, judges it and says what would
be held back. It writes nothing.

` + exitHelp,
		Example: `  holdfast plan
  holdfast plan --target web --config holdfast.yaml`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.pass(cmd.Context(), &f, true) },
	}
	f.register(cmd)
	return cmd
}

func (a *app) applyCommand() *cobra.Command {
	var f passFlags
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Make the changes that policy allows, once",
		Long: `apply goes once over the targets and makes the changes that policy allows. Targets whose mode
is flag are planned and reported, and not changed.

` + exitHelp,
		Example: `  holdfast apply
  holdfast apply --target web`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.pass(cmd.Context(), &f, false) },
	}
	f.register(cmd)
	return cmd
}

func (a *app) pass(ctx context.Context, f *passFlags, dryRun bool) (err error) {
	outputs, err := parseFormats(f.format, []string{"text", "json"})
	if err != nil {
		return err
	}
	logger, err := a.logger(slog.LevelWarn)
	if err != nil {
		return err
	}
	_, c, err := openConfig(f.config)
	if err != nil {
		return err
	}
	stop := a.progress("working")
	defer func() { stop() }()
	engine, err := newEngine(ctx, c, engineOptions{look: dryRun, logger: logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	result, err := engine.Pass(ctx, reconcile.PassOptions{DryRun: dryRun, Only: f.targets})
	stop()
	stop = func() {}
	if err != nil {
		return err
	}
	for _, out := range outputs {
		if err := a.write(out, func(w io.Writer) error { return a.showPass(w, out, result, f.verbose) }); err != nil {
			return err
		}
	}
	return ended(passCode(result))
}

func (a *app) showPass(w io.Writer, out output, result *reconcile.Result, verbose bool) error {
	if out.name == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(passJSON(result))
	}
	for _, problem := range sourceProblems(result) {
		fmt.Fprintf(w, "error: %s\n", problem.Error())
	}
	for _, name := range result.Orphans {
		fmt.Fprintf(w, "note: target %s is not in the configuration any more; what it owns is left in place\n", name)
	}
	if len(result.Runs) == 0 {
		if len(sourceProblems(result)) > 0 {
			return nil // nothing was looked at, so there is nothing to sum up
		}
		_, err := fmt.Fprintln(w, "Nothing to do: the configuration names no targets.")
		return err
	}
	options := a.textOptions(verbose)
	if out.file != "" {
		options.Color, options.Width = false, 0
	}
	return report.Runs(w, result.Runs, options)
}

// sourceProblems are what kept the newest revision from being enforced.
func sourceProblems(result *reconcile.Result) resource.Problems {
	problems := result.Unfit
	if result.FetchErr != nil {
		problems = append(problems, resource.Problem{Msg: result.FetchErr.Error()})
	}
	return problems
}

// passReport is the JSON of plan and apply.
type passReport struct {
	Version  int                `json:"version"`
	Revision string             `json:"revision"`
	Targets  []reconcile.Run    `json:"targets"`
	Orphans  []string           `json:"orphans"`
	Errors   []resource.Problem `json:"errors"`
}

func passJSON(result *reconcile.Result) passReport {
	shown := passReport{
		Version: reconcile.ReportVersion, Revision: result.Revision.ID,
		Targets: []reconcile.Run{}, Orphans: []string{}, Errors: []resource.Problem{},
	}
	shown.Targets = append(shown.Targets, result.Runs...)
	shown.Orphans = append(shown.Orphans, result.Orphans...)
	shown.Errors = append(shown.Errors, sourceProblems(result)...)
	return shown
}
