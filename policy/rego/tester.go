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
	Run      string        // a regular expression over package.test; "" for all
	Timeout  time.Duration // of one test (default 5s)
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
	modules, w, err := loadTests(opts)
	if err != nil {
		return nil, err
	}
	store, txn, err := w.store(ctx, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("preparing the tests: %w", err)
	}
	defer store.Abort(context.WithoutCancel(ctx), txn)

	parsed, underTest := map[string]*ast.Module{}, map[string]*ast.Module{}
	for _, m := range modules {
		parsed[m.key()] = m.parsed
		if !isTest(m.name) && m.builtin == opts.Builtin {
			underTest[m.name] = m.parsed.Copy()
		}
	}
	var found problems
	if compiled := compile(modules, w.data, &found); found.err() == nil {
		checkRefs(compiled, &found)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	coverage := cover.New()
	runner := tester.NewRunner().
		SetCompiler(newCompiler(w.data).WithEnablePrintStatements(true)).
		SetStore(store).
		SetModules(parsed).
		SetTimeout(opts.Timeout).
		SetCoverageQueryTracer(coverage).
		EnableTracing(true).
		CapturePrintOutput(true).
		RaiseBuiltinErrors(true).
		Filter(opts.Run)
	results, err := runner.RunTests(ctx, txn)
	if err != nil {
		found.addAST(err)
		return nil, found.err()
	}
	report := &TestReport{Tests: []TestResult{}}
	for result := range results {
		report.Tests = append(report.Tests, describeTest(result))
	}
	slices.SortFunc(report.Tests, func(a, b TestResult) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Name, b.Name))
	})
	report.cover(coverage.Report(underTest), underTest)
	return report, ctx.Err()
}

// loadTests is the policies with their tests, and the world that they run in.
func loadTests(opts TestOptions) ([]*module, world, error) {
	var found problems
	var library []*module
	if opts.Library != nil {
		files, err := regoFiles(opts.Library)
		if err != nil {
			return nil, world{}, err
		}
		if !opts.Builtin {
			files = withoutTests(files)
		}
		library = parseFiles(files, &found)
		for _, m := range library {
			m.builtin = true
		}
	}
	modules := takeIn(library, parseFiles(opts.Policies, &found), policy.Input{Builtin: opts.Builtin}, &found)
	rules := readRules(modules, &found)
	checkPurity(modules, &found)
	w := world{data: readData(opts.Data, &found)}
	w.params = readParams(rules, readRules(library, &found), opts.Params, &found)
	return modules, w, found.err()
}

func describeTest(r *tester.Result) TestResult {
	t := TestResult{
		Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Duration: r.Duration,
		Location: place(r.Location), Output: string(r.Output), Status: Passed,
	}
	switch {
	case r.Skip:
		t.Status = Skipped
	case r.Error != nil:
		t.Status, t.Error = Errored, evaluationError(r.Error).Error()
	case r.Fail:
		t.Status = Failed
		t.FailedAt, t.Expression = failedAt(r.Trace)
	}
	return t
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

func (r *TestReport) cover(report cover.Report, underTest map[string]*ast.Module) {
	var covered, missed int
	for _, name := range slices.Sorted(maps.Keys(underTest)) {
		f := report.Files[name]
		if f == nil || f.CoveredLines+f.NotCoveredLines == 0 {
			continue
		}
		covered, missed = covered+f.CoveredLines, missed+f.NotCoveredLines
		file := FileCoverage{File: name, Percent: percent(f.CoveredLines, f.NotCoveredLines)}
		for _, part := range f.NotCovered {
			file.Missed = append(file.Missed, [2]int{part.Start.Row, part.End.Row})
		}
		r.Coverage = append(r.Coverage, file)
	}
	r.Percent = percent(covered, missed)
}

func percent(covered, missed int) float64 {
	if covered+missed == 0 {
		return 0
	}
	return 100 * float64(covered) / float64(covered+missed)
}
