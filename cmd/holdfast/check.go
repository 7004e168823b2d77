package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/policy"
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
	formats                     []string
}

func (f *checkFlags) register(cmd *cobra.Command) {
	f.registerSelection(cmd)
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
		RunE: func(cmd *cobra.Command, paths []string) error { return a.check(cmd.Context(), &f, paths) },
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base", "", "hold findings against the merge base of this revision and HEAD")
	flags.BoolVar(&f.failOnWarn, "fail-on-warn", false, "warnings block too")
	flags.BoolVar(&f.failOnUncovered, "fail-on-uncovered", false, "a resource that no rule looked at blocks")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show waived and existing findings, and all that was not evaluated")
	flags.StringArrayVar(&f.formats, "format", []string{"text"}, "text or json, as NAME or NAME=FILE (repeatable)")
	return cmd
}

func (a *app) check(ctx context.Context, f *checkFlags, paths []string) error {
	outputs, err := parseFormats(f.formats, []string{"text", "json"})
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
	for _, out := range outputs {
		if err := a.write(out, func(w io.Writer) error {
			if out.name == "json" {
				return report.JSON(w, &checked.Report)
			}
			options := a.textOptions(f.verbose)
			if out.file != "" {
				options.Color, options.Width = false, 0
			}
			return report.Text(w, &checked.Report, options)
		}); err != nil {
			return err
		}
	}
	return ended(checkCode(&checked.Report, f.failOnUncovered))
}

func checkCode(r *reconcile.Report, failOnUncovered bool) int {
	switch {
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

// judge checks the paths as the flags say.
func (a *app) judge(ctx context.Context, f *checkFlags, paths []string, logger *slog.Logger) (*reconcile.Checked, *workspace, error) {
	request := reconcile.CheckRequest{Now: time.Now()}
	if f.now != "" {
		now, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return nil, nil, mistake(fmt.Errorf("--now %q: expected a time such as 2026-12-31T12:00:00Z", f.now))
		}
		request.Now = now
	}
	exclude, err := absolutes(f.policies, f.data, f.inventory)
	if err != nil {
		return nil, nil, err
	}
	w, err := openWorkspace(ctx, paths, f.config, exclude)
	if err != nil {
		return nil, nil, err
	}
	if err := f.ignoreFiles(w); err != nil {
		return nil, nil, err
	}
	request.Inputs = w.inputs
	if request.Context, err = f.context(ctx); err != nil {
		return nil, nil, err
	}
	if request.Policy, request.Waivers, err = f.policy(w.config, os.DirFS(rootOr(w.root))); err != nil {
		return nil, nil, err
	}
	if f.base != "" {
		if err := f.addBase(ctx, w, &request); err != nil {
			return nil, nil, err
		}
	}
	renderer := newRenderer(0)
	timeout := config.DefaultEvaluationTimeout
	if w.config != nil {
		renderer, timeout = newRenderer(w.config.Limits.MaxFileSize), w.config.Limits.EvaluationTimeout
	}
	checker := reconcile.Checker{Renderer: renderer, Locator: renderer, Compiler: newCompiler(timeout, logger), Drivers: builtinDrivers()}
	checked, err := checker.Check(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	checked.Revision = w.revision().ID
	return checked, w, nil
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

// ignoreFiles leaves out what --ignore matches, in the form in which paths are shown.
func (f *checkFlags) ignoreFiles(w *workspace) error {
	if f.ignore == "" {
		return nil
	}
	pattern, err := regexp.Compile(f.ignore)
	if err != nil {
		return mistake(fmt.Errorf("--ignore: %w", err))
	}
	for i := range w.inputs {
		input := &w.inputs[i]
		for p := range input.Parts {
			before := input.Parts[p].Exclude
			input.Parts[p].Exclude = func(file string) bool {
				return before != nil && before(file) || pattern.MatchString(input.Display(file))
			}
		}
	}
	return nil
}

func (f *checkFlags) context(ctx context.Context) ([]reconcile.Input, error) {
	if len(f.inventory) == 0 {
		return nil, nil
	}
	beside := &workspace{}
	for _, given := range f.inventory {
		absolute, err := filepath.Abs(given)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", given, err)
		}
		if _, err := os.Stat(absolute); err != nil {
			return nil, mistake(fmt.Errorf("--inventory %s: %w", given, errors.Unwrap(err)))
		}
		if err := beside.addLoose(ctx, given, absolute, nil); err != nil {
			return nil, err
		}
	}
	return beside.inputs, nil
}

// policy is what to judge by: the configuration's policies, if there is one, and the flags'.
func (f *checkFlags) policy(c *config.Config, source fs.FS) (policy.Input, []policy.Waiver, error) {
	input := policy.Input{Builtin: true}
	var waivers []policy.Waiver
	if c != nil {
		spec, err := specOf(c, source)
		if err != nil {
			return input, nil, err
		}
		input, waivers = spec.Policy, spec.Waivers
	}
	if f.noBuiltin {
		input.Builtin = false
	}
	if f.profile != "" {
		input.Profile = f.profile
	}
	input.AllowEmpty = f.allowEmpty
	input.Select = policy.Selection{Rules: f.rules, Categories: f.categories, Controls: f.controls}
	var err error
	if input.Policies, err = addFromDisk(input.Policies, f.policies, isRego); err != nil {
		return input, nil, err
	}
	others, err := addFromDisk(nil, f.policies, isData)
	if err != nil {
		return input, nil, err
	}
	if err := refuseGatekeeper(others); err != nil {
		return input, nil, err
	}
	input.Data, err = addFromDisk(input.Data, f.data, isData)
	return input, waivers, err
}

func addFromDisk(files []policy.File, names []string, match func(string) bool) ([]policy.File, error) {
	for _, name := range names {
		from, within := onDisk(name)
		found, err := from.collect(within, match)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// addBase holds the request against the base. What the configuration at the
// base excludes, permits and sets counts, and not what the change makes of it.
func (f *checkFlags) addBase(ctx context.Context, w *workspace, request *reconcile.CheckRequest) error {
	base, governing, err := w.base(ctx, f.base)
	if err != nil {
		return err
	}
	w.excluding = governing
	var source fs.FS = os.DirFS(rootOr(w.root))
	for i := range base.Inputs {
		if w.roots[i] == w.root {
			source = base.Inputs[i].Snapshot
		}
	}
	if base.Policy, base.Waivers, err = f.policy(governing, source); err != nil {
		return fmt.Errorf("the base: %w", err)
	}
	request.Base = base
	return nil
}

// write puts what render gives to standard output, or whole into a file.
func (a *app) write(out output, render func(io.Writer) error) error {
	if out.file == "" {
		return render(a.stdout)
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
