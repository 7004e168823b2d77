package rego

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// TestOptions say what Test runs.
type TestOptions struct {
	// Library holds the helpers that policies share. With Builtin its own
	// tests run too.
	Library fs.FS
	Builtin bool
	// Policies are the team's own modules with their tests, *_test.rego.
	Policies []policy.File
	Data     []policy.File
	Params   map[string]any
	// Parse and Read are as in Options and policy.Input.
	Parse   func(parser, name string, content []byte) (any, error)
	Read    func(name string) ([]byte, error)
	Run     string        // a regular expression over package.test; "" for all
	Timeout time.Duration // of one test (default 5s)
}

// Status is how a test ended.
type Status string

// The statuses. A skipped test is one whose name begins with todo_test_.
const (
	Passed  Status = "pass"
	Failed  Status = "fail"
	Errored Status = "error"
	Skipped Status = "skip"
)

// TestResult is one test's end.
type TestResult struct {
	Package  string            `json:"package"`
	Name     string            `json:"name"`
	Status   Status            `json:"status"`
	Duration time.Duration     `json:"duration"`
	Location resource.Location `json:"location"`
	Error    string            `json:"error,omitempty"`
	// FailedAt is the expression that did not hold, and where it stands.
	FailedAt   resource.Location `json:"failedAt,omitzero"`
	Expression string            `json:"expression,omitempty"`
	Output     string            `json:"output,omitempty"` // what print wrote
}

// FileCoverage says which lines of a policy the tests ran.
type FileCoverage struct {
	File    string  `json:"file"`
	Percent float64 `json:"percent"`
	// Missed are the first and last lines of the parts that no test ran.
	Missed [][2]int `json:"missed,omitempty"`
}

// TestReport is the outcome of all tests, sorted by package and name.
type TestReport struct {
	Tests    []TestResult   `json:"tests"`
	Coverage []FileCoverage `json:"coverage"`
	Percent  float64        `json:"percent"` // of all lines of the policies under test
}

// OK reports whether no test failed.
func (r *TestReport) OK() bool {
	return !slices.ContainsFunc(r.Tests, func(t TestResult) bool { return t.Status == Failed || t.Status == Errored })
}

// Test runs the test_ rules of the policies, compiled as they are for judging.
// Policies that do not compile are resource.Problems.
func Test(ctx context.Context, opts TestOptions) (*TestReport, error) {
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	if _, err := regexp.Compile(opts.Run); err != nil {
		return nil, resource.Problems{{Msg: "--run: " + err.Error()}}
	}
	modules, rules, w, err := loadTests(opts)
	if err != nil {
		return nil, err
	}
	data, err := w.dataset(ctx)
	if err != nil {
		return nil, err
	}
	defer data.store.Abort(context.WithoutCancel(ctx), data.txn)

	var found problems
	if compiled := compile(modules, w.data, &found); found.err() == nil {
		checkRefs(compiled, rules, w.params.values, &found)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	t := testRun{opts: opts, modules: modules, natives: nativePackages(modules), data: w.data, store: data.store, txn: data.txn}
	files := configFiles{parse: opts.Parse, read: opts.Read}
	t.functions = files.testFunctions()
	coverage := cover.New()
	results, err := t.run(ctx, opts.Run, coverage)
	if err != nil {
		return nil, err
	}
	report := &TestReport{Tests: []TestResult{}}
	for _, result := range results {
		report.Tests = append(report.Tests, t.describe(result))
	}
	if err := t.explain(ctx, report); err != nil {
		return nil, err
	}
	report.cover(coverage, t.underTest())
	return report, ctx.Err()
}

// testRun runs tests, more than once if need be.
type testRun struct {
	opts      TestOptions
	modules   []*module
	natives   map[string]bool // the packages that are of native policies
	functions []*tester.Builtin
	data      ast.Object
	store     storage.Store
	txn       storage.Transaction
}

// run runs the tests that the expression picks, sorted by package and name:
// with a trace of each, or for their coverage, because OPA has not both at once.
// An error of a function ends a test of native policies; in other packages it
// is undefined, as it is when these judge.
func (t *testRun) run(ctx context.Context, pick string, coverage *cover.Cover) ([]*tester.Result, error) {
	var results []*tester.Result
	for _, strict := range t.strictness() {
		all, err := t.runAll(ctx, pick, coverage, strict)
		if err != nil {
			return nil, err
		}
		for _, result := range all {
			if t.natives[strings.TrimPrefix(result.Package, "data.")] == strict {
				results = append(results, result)
			}
		}
	}
	slices.SortFunc(results, func(a, b *tester.Result) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Name, b.Name))
	})
	return results, nil
}

// strictness is whether there are tests of native policies, and of others.
func (t *testRun) strictness() []bool {
	var found []bool
	for _, m := range t.modules {
		if strict := t.natives[m.pkg()]; hasTests(m) && !slices.Contains(found, strict) {
			found = append(found, strict)
		}
	}
	return found
}

// hasTests reports whether the module has tests. Those of conftest's users stand
// in any file, also beside the rules.
func hasTests(m *module) bool {
	return slices.ContainsFunc(m.parsed.Rules, func(r *ast.Rule) bool {
		return strings.HasPrefix(ruleName(r), tester.TestPrefix) || strings.HasPrefix(ruleName(r), tester.SkipTestPrefix)
	})
}

func (t *testRun) runAll(ctx context.Context, pick string, coverage *cover.Cover, strict bool) ([]*tester.Result, error) {
	parsed := map[string]*ast.Module{}
	for _, m := range t.modules {
		parsed[m.key()] = m.parsed
	}
	runner := tester.NewRunner().
		SetCompiler(newCompiler(t.data).WithEnablePrintStatements(true)).
		SetStore(t.store).
		SetModules(parsed).
		SetTimeout(t.opts.Timeout).
		CapturePrintOutput(true).
		RaiseBuiltinErrors(strict).
		AddCustomBuiltins(t.functions).
		Filter(pick)
	if coverage != nil {
		runner.SetCoverageQueryTracer(coverage).SetCoverageRuns(nil)
	} else {
		runner.EnableTracing(true)
	}
	stream, err := runner.RunTests(ctx, t.txn)
	if err != nil {
		var found problems
		found.addAST(err)
		return nil, found.err()
	}
	var results []*tester.Result
	for result := range stream {
		results = append(results, result)
	}
	return results, nil
}

// explain runs the failed tests again, to say which expression did not hold.
func (t *testRun) explain(ctx context.Context, report *TestReport) error {
	failed := map[string]*TestResult{}
	var names []string
	for i := range report.Tests {
		if test := &report.Tests[i]; test.Status == Failed {
			name := "data." + test.Package + "." + test.Name
			failed[name] = test
			names = append(names, "^"+regexp.QuoteMeta(name)+"$")
		}
	}
	if len(names) == 0 {
		return nil
	}
	results, err := t.run(ctx, strings.Join(names, "|"), nil)
	for _, result := range results {
		if test := failed[result.Package+"."+result.Name]; test != nil {
			test.FailedAt, test.Expression = failedAt(result.Trace)
		}
	}
	return err
}

// underTest are the modules whose coverage counts, by file.
func (t *testRun) underTest() map[string]*ast.Module {
	modules := map[string]*ast.Module{}
	for _, m := range t.modules {
		if !isTest(m.name) && m.builtin == t.opts.Builtin {
			modules[m.name] = m.parsed
		}
	}
	return modules
}

// loadTests is the policies with their tests, and the world that they run in.
func loadTests(opts TestOptions) ([]*module, []*rule, world, error) {
	var found problems
	library, err := readShelf(opts.Library)
	if err != nil {
		return nil, nil, world{}, err
	}
	modules := parseFiles(opts.Policies, &found)
	if opts.Builtin {
		builtin, err := builtinTests(opts.Library, &found)
		if err != nil {
			return nil, nil, world{}, err
		}
		modules = append(modules, builtin...)
	}
	modules = takeIn(library, modules, policy.Input{}, &found)
	rules := readRules(modules, false, &found)
	checkPurity(modules, &found)
	w := world{data: readData(opts.Data, &found)}
	w.params = readParams(rules, library.rules(), policy.Input{Params: opts.Params}, &found)
	return modules, rules, w, found.err()
}

// builtinTests are the tests of the library. What they test they refer to.
func builtinTests(library fs.FS, found *problems) ([]*module, error) {
	files, err := regoFiles(library)
	if err != nil {
		return nil, err
	}
	tests := parseFiles(slices.DeleteFunc(files, func(f policy.File) bool { return !isTest(f.Name) }), found)
	for _, m := range tests {
		m.builtin = true
	}
	return tests, nil
}

func (t *testRun) describe(r *tester.Result) TestResult {
	result := TestResult{
		Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Duration: r.Duration,
		Location: place(r.Location), Output: string(r.Output), Status: Passed,
	}
	switch {
	case r.Skip:
		result.Status = Skipped
	case topdown.IsCancel(r.Error):
		result.Status, result.Error = Errored, fmt.Sprintf("it took longer than %s", t.opts.Timeout)
	case r.Error != nil:
		result.Status, result.Error = Errored, evaluationError(r.Error).Error()
	case r.Fail:
		result.Status = Failed
	}
	return result
}

// failedAt is the last expression that did not hold.
func failedAt(trace []*topdown.Event) (resource.Location, string) {
	for _, e := range slices.Backward(trace) {
		expr, ok := e.Node.(*ast.Expr)
		if e.Op != topdown.FailOp || !ok || e.Location == nil || e.Location.File == "" {
			continue
		}
		if _, isEvery := expr.Terms.(*ast.Every); isEvery {
			continue // the one inside it is meant
		}
		return place(e.Location), string(bytes.TrimSpace(e.Location.Text))
	}
	return resource.Location{}, ""
}

// cover counts the lines of the modules that the tests ran.
func (r *TestReport) cover(coverage *cover.Cover, modules map[string]*ast.Module) {
	report := coverage.Report(modules)
	var covered, missed int
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		f := report.Files[name]
		if f == nil || f.CoveredLines+f.NotCoveredLines == 0 {
			continue
		}
		covered, missed = covered+f.CoveredLines, missed+f.NotCoveredLines
		r.Coverage = append(r.Coverage, FileCoverage{
			File: name, Percent: percent(f.CoveredLines, f.NotCoveredLines), Missed: lineRanges(f.NotCovered),
		})
	}
	r.Percent = percent(covered, missed)
}

// lineRanges are the lines of sorted ranges, those that touch made one.
func lineRanges(ranges []cover.Range) [][2]int {
	var lines [][2]int
	for _, part := range ranges {
		if n := len(lines); n > 0 && part.Start.Row <= lines[n-1][1]+1 {
			lines[n-1][1] = max(lines[n-1][1], part.End.Row)
			continue
		}
		lines = append(lines, [2]int{part.Start.Row, part.End.Row})
	}
	return lines
}

func percent(covered, missed int) float64 {
	if covered+missed == 0 {
		return 0
	}
	return 100 * float64(covered) / float64(covered+missed)
}
