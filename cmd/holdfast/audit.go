package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// trendRuns is how many earlier runs the trend is made of.
const trendRuns = 400

func (a *app) auditCommand() *cobra.Command {
	f := checkFlags{sourced: true}
	cmd := &cobra.Command{
		Use:   "audit [PATH...]",
		Short: "Write a report of findings, drift, coverage and waivers",
		Long: `audit judges like check, compares the targets of holdfast.yaml with what is live, lists what is at
their destinations and not managed here, where the driver can tell, and writes one self-contained
report. It changes nothing.

The HTML page goes to standard output, or on a terminal to holdfast-audit.html.

` + exitHelp,
		Example: `  holdfast audit . --format html=report.html
  holdfast audit --config /etc/holdfast/holdfast.yaml --format json
  holdfast audit clusters/prod --format markdown --format html=report.html`,
		RunE: func(cmd *cobra.Command, paths []string) error { return a.audit(cmd.Context(), &f, paths) },
	}
	f.register(cmd)
	cmd.Flags().StringArrayVar(&f.formats, "format", nil, "html, json or markdown, as NAME or NAME=FILE (repeatable; default html)")
	return cmd
}

func (a *app) audit(ctx context.Context, f *checkFlags, paths []string) error {
	if len(f.formats) == 0 {
		f.formats = []string{"html"}
		if isTerminal(a.stdout) {
			f.formats = []string{"html=holdfast-audit.html"}
		}
	}
	outputs, err := parseFormats(f.formats, []string{"html", "json", "markdown"})
	if err != nil {
		return err
	}
	logger, err := a.logger(slog.LevelWarn)
	if err != nil {
		return err
	}
	stop := a.progress("auditing")
	audit, err := a.makeAudit(ctx, f, paths, logger)
	stop()
	if err != nil {
		return err
	}
	for _, out := range outputs {
		if err := a.write(out, func(w io.Writer) error { return renderAudit(w, out.name, audit) }); err != nil {
			return err
		}
		if out.file != "" {
			fmt.Fprintf(a.stderr, "Wrote %s: %d findings, %d of them blocking%s%s.\n",
				out.file, audit.Summary.Findings, audit.Summary.Blocking, report.Errors(audit), report.Unmanaged(audit))
		}
	}
	return ended(checkCode(&audit.Report, false))
}

func renderAudit(w io.Writer, format string, audit *reconcile.Audit) error {
	switch format {
	case "json":
		return report.AuditJSON(w, audit)
	case "markdown":
		return report.Markdown(w, audit)
	}
	return report.HTML(w, audit)
}

func (a *app) makeAudit(ctx context.Context, f *checkFlags, paths []string, logger *slog.Logger) (_ *reconcile.Audit, err error) {
	checked, w, err := a.judge(ctx, f, paths, logger)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var result *reconcile.Result
	reason := "live state was not looked at"
	if w.config != nil && len(w.config.Targets) > 0 {
		if result, err = w.observe(ctx, checked.Targets, logger); err != nil {
			reason = "live state could not be looked at: " + err.Error()
			checked.Errors = append(checked.Errors, resource.Problem{Msg: reason, Fault: exitCode(err) == exitFault})
		}
	}
	renderer, err := newRenderer(w.config)
	if err != nil {
		return nil, err
	}
	audit := reconcile.NewAudit(checked, renderer, result, reason)
	audit.Generated = time.Now().UTC()
	audit.Tool = "holdfast " + versionName()
	audit.Commit = w.revision()
	if audit.Uncommitted, err = w.uncommitted(ctx); err != nil {
		return nil, err
	}
	audit.Title, audit.Source = auditNames(w, paths)
	if w.config != nil {
		err = addHistory(ctx, w.config, audit)
	}
	return audit, err
}

func auditNames(w *workspace, paths []string) (title, source string) {
	root := w.root
	if root == "" && len(w.roots) > 0 {
		root = w.roots[0]
	}
	name := filepath.Base(root)
	if w.config != nil && w.config.Source.Git != nil {
		return repositoryName(w.config.Source.Git.URL), w.config.Source.Git.URL
	}
	if len(paths) > 0 {
		return name, filepath.ToSlash(paths[0])
	}
	return name, name
}

// observe makes a dry run over the tree that is audited, the source's or the one
// on this machine: the report speaks of one revision.
func (w *workspace) observe(ctx context.Context, among []reconcile.Target, logger *slog.Logger) (_ *reconcile.Result, err error) {
	engine := w.engine
	if engine == nil {
		local := *w.config
		local.Source = config.Source{}
		if engine, err = newEngine(ctx, &local, engineOptions{look: true, logger: logger}); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, engine.Close()) }()
	}
	var only []string
	for _, target := range among {
		if slices.ContainsFunc(w.config.Targets, func(t config.Target) bool { return t.Name == target.Name }) {
			only = append(only, target.Name)
		}
	}
	if len(only) == 0 {
		return nil, nil
	}
	result, err := engine.Pass(ctx, reconcile.PassOptions{DryRun: true, JudgeLive: true, Unmanaged: true, Only: only})
	if err == nil && result.FetchErr != nil {
		err = result.FetchErr
	}
	return result, err
}

// addHistory adds what the state knows of earlier runs, if there is a state.
func addHistory(ctx context.Context, c *config.Config, audit *reconcile.Audit) error {
	file, err := stateFile(c)
	if err != nil {
		return err
	}
	store, err := state.OpenReadOnly(ctx, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer store.Close()
	for i := range audit.Targets {
		last, err := store.Runs(ctx, audit.Targets[i].Name, 1)
		if err != nil {
			return fmt.Errorf("read the last run of target %s: %w", audit.Targets[i].Name, err)
		}
		if len(last) > 0 {
			audit.Targets[i].LastRun = &last[0]
		}
	}
	audit.Trend, err = reconcile.Trend(ctx, store, trendRuns)
	return err
}
