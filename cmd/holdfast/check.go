package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// checkFlags are what check and audit have in common.
type checkFlags struct {
	config                      string
	policies, data, inventory   []string
	noBuiltin                   bool
	profile                     string
	controls, categories, rules []string
	ignore                      string
	base                        string
	now                         string
	failOnWarn, failOnUncovered bool
	allowEmpty, verbose         bool
	conftest                    conftestFlags
	sourced                     bool // without PATH the source of --config is looked at
	formats                     []string
	cache                       cacheFlags
}

func (f *checkFlags) register(cmd *cobra.Command) {
	f.registerSelection(cmd)
	f.cache.register(cmd)
	f.conftest.register(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.inventory, "inventory", nil, "resources that rules may look at but that are not judged (repeatable)")
	flags.StringVar(&f.ignore, "ignore", "", "leave out files whose path matches this regular expression")
	flags.StringVar(&f.now, "now", "", "the run's clock, as RFC 3339 (default: now)")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "permit that no rule is loaded or selected")
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Judge files or folders before they are merged",
		Long: `check judges manifests by the built-in library and your own policies, without looking at any
destination. PATH is a file or folder; without one it is the repository of holdfast.yaml. No
configuration is needed.

With --base only findings that the change brings block; older ones are reported as existing.

` + exitHelp,
		Example: `  holdfast check .
  holdfast check deploy/ --policy policies/ --format json
  holdfast check --base origin/main
  holdfast check . --control pss/restricted`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if cmd.Flags().Changed("base") && f.base == "" {
				return mistake(errors.New("--base is empty; name a branch or commit, such as origin/main"))
			}
			return a.check(cmd.Context(), &f, paths)
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base", "", "hold findings against the merge base of this revision and HEAD")
	flags.BoolVar(&f.failOnWarn, "fail-on-warn", false, "warnings block too")
	flags.BoolVar(&f.failOnUncovered, "fail-on-uncovered", false, "a resource that no rule looked at blocks")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show waived and existing findings, and all that was not evaluated")
	flags.StringArrayVar(&f.formats, "format", []string{"text"}, oneOf(formatNames())+", as NAME or NAME=FILE (repeatable)")
	return cmd
}

func (a *app) check(ctx context.Context, f *checkFlags, paths []string) error {
	outputs, err := parseFormats(f.formats, formatNames())
	if err != nil {
		return err
	}
	logger, err := a.logger(slog.LevelWarn)
	if err != nil {
		return err
	}
	stop := a.progress("checking")
	checked, _, err := a.judge(ctx, f, paths, logger)
	stop()
	if err != nil {
		if exitCode(err) != exitMistake {
			return err
		}
		// The report comes whatever the exit code, for those who parse it.
		checked = &reconcile.Checked{Report: reconcile.Mistaken(problemsOf(err))}
	}
	if f.failOnWarn {
		checked.FailOnWarn()
	}
	if err := a.writeCheck(outputs, f, checked); err != nil {
		return err
	}
	return ended(checkCode(&checked.Report, f.failOnUncovered))
}

func checkCode(r *reconcile.Report, failOnUncovered bool) int {
	switch {
	case slices.ContainsFunc(r.Errors, func(p resource.Problem) bool { return p.Fault }):
		return exitFault
	case len(r.Errors) > 0:
		return exitMistake
	case r.Summary.Blocking > 0, failOnUncovered && len(r.Coverage.Uncovered) > 0:
		return exitBlocked
	}
	return exitClean
}

// problemsOf are the user's mistakes in an error, one line each.
func problemsOf(err error) resource.Problems {
	if problems := (resource.Problems)(nil); errors.As(err, &problems) {
		return problems
	}
	return resource.Problems{{Msg: err.Error()}}
}

// open sets out what is looked at: the paths, or what the configuration names
// as its source where that is to be audited.
func (f *checkFlags) open(ctx context.Context, paths, exclude []string, logger *slog.Logger) (*workspace, error) {
	if f.sourced && len(paths) == 0 && f.config != "" {
		if w, err := openSource(ctx, f.config, logger); w != nil || err != nil {
			return w, err
		}
	}
	return openWorkspace(ctx, view{paths: paths, config: f.config, exclude: exclude, read: f.cache.readFolder(logger)})
}

// judge checks the paths as the flags say. The workspace is to be closed.
func (a *app) judge(ctx context.Context, f *checkFlags, paths []string, logger *slog.Logger) (*reconcile.Checked, *workspace, error) {
	exclude, err := absolutes(f.policies, f.data, f.inventory)
	if err != nil {
		return nil, nil, err
	}
	w, err := f.open(ctx, paths, exclude, logger)
	if err != nil {
		return nil, nil, err
	}
	checked, err := f.judge(ctx, w, logger)
	if err != nil {
		return nil, nil, errors.Join(err, w.close())
	}
	return checked, w, nil
}

func (f *checkFlags) judge(ctx context.Context, w *workspace, logger *slog.Logger) (*reconcile.Checked, error) {
	request, err := f.request(ctx, w)
	if err != nil {
		return nil, err
	}
	renderer, err := newRenderer(w.config)
	if err != nil {
		return nil, err
	}
	timeout := config.DefaultEvaluationTimeout
	if w.config != nil {
		timeout = w.config.Limits.EvaluationTimeout
	}
	checker := reconcile.Checker{Renderer: renderer, Locator: renderer, Compiler: newCompiler(timeout, logger), Drivers: builtinDrivers()}
	store := f.cache.open(w, logger)
	if store != nil {
		checker.Memory = store
	}
	checked, err := checker.Check(ctx, *request)
	saveResults(ctx, store, logger)
	if err != nil {
		return nil, err
	}
	checked.Revision = w.revision().ID
	unknown, err := w.unknownWaivers(ctx, checker.Compiler, checked, request)
	if err != nil {
		return nil, err
	}
	checked.Errors = append(checked.Errors, unknown...)
	checked.Warnings = append(checked.Warnings, f.waiverWarnings(w, checked, request, unknown)...)
	slices.SortStableFunc(checked.Errors, byPlace)
	slices.SortStableFunc(checked.Warnings, byPlace)
	return checked, nil
}

// request is what to judge and by what, as the flags say.
func (f *checkFlags) request(ctx context.Context, w *workspace) (*reconcile.CheckRequest, error) {
	request := &reconcile.CheckRequest{Now: time.Now()}
	if f.now != "" {
		now, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return nil, mistake(fmt.Errorf("--now %q: expected a time such as 2026-12-31T12:00:00Z", f.now))
		}
		request.Now = now
	}
	err := errors.Join(f.ignoreFiles(w), f.conftest.read(w))
	if err != nil {
		return nil, err
	}
	request.Inputs = w.inputs
	if request.Context, err = f.context(ctx, w.read); err != nil {
		return nil, err
	}
	if request.Policy, request.Waivers, err = f.policy(ctx, w.config, w.tree(), onDiskNow); err != nil {
		return nil, err
	}
	if f.base != "" {
		err = f.addBase(ctx, w, request)
	}
	return request, err
}

func byPlace(a, b resource.Problem) int {
	return cmp.Or(
		strings.Compare(a.Location.File, b.Location.File),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Location.Column, b.Location.Column),
	)
}

func rootOr(root string) string {
	if root == "" {
		return "."
	}
	return root
}

func absolutes(lists ...[]string) ([]string, error) {
	var all []string
	for _, list := range lists {
		for _, name := range list {
			absolute, err := filepath.Abs(name)
			if err != nil {
				return nil, fmt.Errorf("find %s: %w", name, err)
			}
			all = append(all, absolute)
		}
	}
	return all, nil
}

// write puts what render gives to standard output, or whole into a file.
func (a *app) write(out output, render func(io.Writer) error) error {
	if out.file == "" {
		return render(a.stdout)
	}
	if info, err := os.Stat(out.file); err == nil && !info.Mode().IsRegular() {
		return writeInto(out.file, render)
	}
	temporary, err := os.CreateTemp(filepath.Dir(out.file), ".holdfast-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", out.file, err)
	}
	defer os.Remove(temporary.Name())
	err = errors.Join(render(temporary), temporary.Chmod(0o644), temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), out.file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", out.file, err)
	}
	return nil
}

// writeInto is for what must not be replaced, such as /dev/null or a pipe.
func writeInto(name string, render func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err == nil {
		err = errors.Join(render(file), file.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
