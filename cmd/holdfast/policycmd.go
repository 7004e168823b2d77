package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "List, test, document and try policies",
		Example: `  holdfast policy list
  holdfast policy test policies/
  holdfast policy eval dr/single-replica deploy/web.yaml --trace`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.policyListCommand(), a.policyTestCommand(), a.policyDocsCommand(), a.policyEvalCommand())
	return cmd
}

func (a *app) policyListCommand() *cobra.Command {
	var f checkFlags
	var format string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the rules that would judge",
		Long: `list shows the rules that check would judge by: those of the built-in library that the profile
or the selection has, and your own.`,
		Example: `  holdfast policy list
  holdfast policy list --profile strict
  holdfast policy list --control pss/baseline --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.policyList(cmd.Context(), &f, format) },
	}
	f.registerSelection(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (a *app) policyList(ctx context.Context, f *checkFlags, format string) error {
	if _, err := parseFormats([]string{format}, []string{"text", "json"}); err != nil {
		return err
	}
	if format == "json" {
		rules, err := f.documented(ctx, false)
		if err != nil {
			return err
		}
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(append([]policy.Rule{}, rules...))
	}
	judge, _, err := f.compile(ctx)
	if err != nil {
		return err
	}
	rules := judge.Rules()
	table := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tSEVERITY\tDECISION\tPROFILE\tTITLE")
	for _, rule := range rules {
		profile := rule.Profile
		if !rule.Builtin {
			profile = "own"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", rule.ID, rule.Severity, decisions(rule), profile, rule.Title)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	named := "rules"
	if len(rules) == 1 {
		named = "rule"
	}
	_, err = fmt.Fprintf(a.stdout, "\n%d %s. `holdfast explain RULE` tells more of one.\n", len(rules), named)
	return err
}

func decisions(rule policy.Rule) string {
	var names []string
	for _, decision := range rule.Decisions {
		names = append(names, string(decision))
	}
	return strings.Join(names, ",")
}

// registerSelection are the flags that say which rules there are.
func (f *checkFlags) registerSelection(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration file (default: holdfast.yaml here or above)")
	flags.StringArrayVar(&f.policies, "policy", nil, "own policies: a file or folder of Rego, or a bundle: .tar.gz, https:// or oci:// (repeatable)")
	flags.StringArrayVar(&f.data, "data", nil, "JSON or YAML to be found under data.* (repeatable)")
	flags.BoolVar(&f.noBuiltin, "no-builtin", false, "without the embedded library")
	flags.StringVar(&f.profile, "profile", "", "starter, recommended or strict (default starter)")
	flags.StringArrayVar(&f.controls, "control", nil, "only rules of this control, such as pss/baseline (repeatable)")
	flags.StringArrayVar(&f.categories, "category", nil, "only rules of this category (repeatable)")
	flags.StringArrayVar(&f.rules, "rule", nil, "only this rule (repeatable)")
}

// compile gives the rules that the flags and the configuration select, and the
// files that they are from.
func (f *checkFlags) compile(ctx context.Context) (policy.Judge, []policy.File, error) {
	w := &workspace{}
	if err := w.findConfig(nil, f.config); err != nil {
		return nil, nil, err
	}
	input, _, err := f.policy(ctx, w.config, rooted(rootOr(w.root)), onDiskNow)
	if err != nil {
		return nil, nil, err
	}
	judge, err := newCompiler(config.DefaultEvaluationTimeout, nil).Compile(ctx, input)
	return judge, input.Policies, err
}

// testFlags are those of policy test.
type testFlags struct {
	checkFlags
	run, format             string
	builtin, verbose, watch bool
	least                   float64
}

func (a *app) policyTestCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "Run the tests of policies",
		Long: `test runs the test_ rules of the *_test.rego files in PATH (default: the policies of holdfast.yaml),
under the same restrictions as when they judge, and shows how much of the policies they cover. It
also runs the suites of tests of Gatekeeper's constraints, as gator verify does; there --run takes
TEST//CASE too.

With --watch it runs them again whenever a policy, a test or data changes, until Ctrl-C. The exit
code is that of the last run.`,
		Example: `  holdfast policy test policies/
  holdfast policy test policies/ --watch
  holdfast policy test --builtin --run security`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if _, err := parseFormats([]string{f.format}, []string{"text", "json"}); err != nil {
				return err
			}
			if !f.watch {
				return a.policyTest(cmd.Context(), &f, paths)
			}
			if f.format != "text" {
				return mistake(fmt.Errorf("--watch writes text only, not %s", f.format))
			}
			return a.watchTests(cmd.Context(), &f, paths)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration file (default: holdfast.yaml here or above)")
	flags.StringArrayVar(&f.data, "data", nil, "JSON or YAML to be found under data.* (repeatable)")
	flags.StringVar(&f.run, "run", "", "only tests whose package.name matches this regular expression")
	flags.BoolVar(&f.builtin, "builtin", false, "the tests of the embedded library too")
	flags.Float64Var(&f.least, "coverage", 0, "the least percentage of lines that must be covered")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show passed tests and coverage by file")
	flags.BoolVar(&f.watch, "watch", false, "run again whenever something changes, until Ctrl-C")
	flags.StringVar(&f.format, "format", "text", "text or json")
	return cmd
}

func (a *app) policyTest(ctx context.Context, f *testFlags, paths []string) error {
	options, err := f.testOptions(ctx, paths)
	if err != nil {
		return err
	}
	suites, err := f.suites(paths)
	if err != nil {
		return err
	}
	options.Run, options.Builtin = f.run, f.builtin
	tested, err := rego.Test(ctx, options)
	if err != nil {
		return err
	}
	if err := runSuites(ctx, suites, options, tested); err != nil {
		return err
	}
	if err := writeTests(a.stdout, tested, f.format, f.verbose); err != nil {
		return err
	}
	if len(tested.Tests) == 0 {
		return mistake(fmt.Errorf("no test was found; tests are rules test_…, best in files *_test.rego, and suites of Gatekeeper's constraints"))
	}
	if !tested.OK() || tested.Percent < f.least {
		return ended(exitBlocked)
	}
	return nil
}

func (f *checkFlags) testOptions(ctx context.Context, paths []string) (rego.TestOptions, error) {
	options := rego.TestOptions{Library: policies.Library, Parse: parseConfiguration(), Read: readBelow(onDiskNow, paths, nil)}
	var err error
	if len(paths) > 0 {
		named, bundled := withBundles(paths)
		bundles, err := namedBundles(ctx, bundled, onDiskNow)
		if err != nil {
			return options, err
		}
		named = slices.DeleteFunc(named, isData) // they are suites
		if options.Policies, err = addFiles(bundles.policies, named, onDiskNow, isPolicyTest); err != nil {
			return options, err
		}
		options.Data, err = addFiles(bundles.data, f.data, onDiskNow, isData)
		return options, err
	}
	w := &workspace{}
	if err := w.findConfig(nil, f.config); err != nil || w.config == nil {
		return options, err
	}
	source := inSource(rooted(w.root))
	options.Read = source.contents
	bundles, err := configuredBundles(ctx, source, w.config)
	if err != nil {
		return options, err
	}
	named, _ := withBundles(w.config.Policies.Paths)
	if options.Policies, err = collectAll(source, named, isPolicyTest); err != nil {
		return options, err
	}
	if options.Data, err = collectAll(source, w.config.Policies.Data, isData); err != nil {
		return options, err
	}
	options.Policies = append(options.Policies, bundles.policies...)
	options.Data = append(options.Data, bundles.data...)
	options.Params = w.config.Policies.Params
	options.Data, err = addFiles(options.Data, f.data, onDiskNow, isData)
	return options, err
}

func writeTests(w io.Writer, tested *rego.TestReport, format string, verbose bool) error {
	if format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(tested)
	}
	counts := map[rego.Status]int{}
	for _, test := range tested.Tests {
		counts[test.Status]++
		if test.Status == rego.Passed && !verbose {
			continue
		}
		title := test.Package + "." + test.Name
		if !isPolicyTest(test.Location.File) {
			title = test.Name // of a suite, whose file stands beside it
		}
		fmt.Fprintf(w, "%-5s %s  %s\n", test.Status, title, test.Location)
		for _, line := range []string{test.Error, test.Output} {
			if line != "" {
				fmt.Fprintf(w, "      %s\n", strings.ReplaceAll(strings.TrimSpace(line), "\n", "\n      "))
			}
		}
		if test.Expression != "" {
			fmt.Fprintf(w, "      %s: %s\n", test.FailedAt, test.Expression)
		}
	}
	if verbose {
		for _, file := range tested.Coverage {
			fmt.Fprintf(w, "%5.1f%%  %s\n", file.Percent, file.File)
		}
	}
	tests := "tests"
	if len(tested.Tests) == 1 {
		tests = "test"
	}
	covered := ""
	if len(tested.Coverage) > 0 {
		covered = fmt.Sprintf("; %.1f%% of the policies' lines covered", tested.Percent)
	}
	_, err := fmt.Fprintf(w, "%d %s: %d passed, %d failed, %d in error, %d skipped%s\n",
		len(tested.Tests), tests, counts[rego.Passed], counts[rego.Failed], counts[rego.Errored], counts[rego.Skipped], covered)
	return err
}
