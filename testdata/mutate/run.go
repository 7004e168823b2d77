package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// module is one file of the library.
type module struct {
	name   string // as it is shown
	source string
	parsed *ast.Module
	pkg    string
	needs  []string // the packages that it refers to
}

func (m *module) isTest() bool { return strings.HasSuffix(m.name, "_test.rego") }

// library is all modules, and the data that their tests see.
type library struct {
	modules []*module
	store   storage.Store
}

// subject is a module that is broken, with the tests that should notice.
type subject struct {
	id      string
	module  *module
	tests   [][]*module // what is compiled and run together, nearest first
	wrong   string      // with its tests before anything is broken
	mutants []*mutant
}

// perRun is how many of a helper's further test modules are run together.
const perRun = 8

func load(dir string) (*library, error) {
	l := &library{}
	params := map[string]any{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".rego" {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := parse(name, string(source))
		if err != nil {
			return err
		}
		m := &module{name: name, source: string(source), parsed: parsed, pkg: parsed.Package.Path.String()}
		l.modules = append(l.modules, m)
		if custom := annotations(m).Custom; custom["params"] != nil {
			declared, ok := custom["params"].(map[string]any)
			if !ok {
				return fmt.Errorf("%s: custom.params is no object", name)
			}
			maps.Copy(params, declared)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, m := range l.modules {
		m.needs = l.references(m)
	}
	l.store = inmem.NewFromObject(map[string]any{"holdfast": map[string]any{"params": params}})
	return l, nil
}

func parse(name, source string) (*ast.Module, error) {
	m, err := ast.ParseModuleWithOpts(name, source, ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
	if err == nil && m == nil {
		err = fmt.Errorf("%s: an empty module", name)
	}
	return m, err
}

func annotations(m *module) *ast.Annotations {
	for _, a := range m.parsed.Annotations {
		if a.Scope == "package" {
			return a
		}
	}
	return &ast.Annotations{}
}

// references are the packages that the module's code names.
func (l *library) references(m *module) []string {
	found := map[string]bool{}
	ast.WalkRefs(m.parsed, func(ref ast.Ref) bool {
		text := ref.String()
		for _, other := range l.modules {
			if other != m && (text == other.pkg || strings.HasPrefix(text, other.pkg+".")) {
				found[other.pkg] = true
			}
		}
		return false
	})
	return slices.Sorted(maps.Keys(found))
}

// closure is the modules with all that they need, but for tests of others.
func (l *library) closure(from []*module) []*module {
	seen := map[*module]bool{}
	for open := slices.Clone(from); len(open) > 0; {
		m := open[0]
		if open = open[1:]; seen[m] {
			continue
		}
		seen[m] = true
		for _, other := range l.modules {
			if slices.Contains(m.needs, other.pkg) {
				open = append(open, other)
			}
		}
	}
	all := slices.Collect(maps.Keys(seen))
	slices.SortFunc(all, func(a, b *module) int { return strings.Compare(a.name, b.name) })
	return all
}

// subjects are the modules to be broken.
func (l *library) subjects(o options) ([]*subject, error) {
	var wanted []string
	for _, file := range o.files {
		if strings.HasSuffix(file, "_test.rego") {
			continue // whoever names *.rego means the policies
		}
		absolute, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, absolute)
	}
	var all []*subject
	some := len(wanted) > 0
	for _, m := range l.modules {
		absolute, err := filepath.Abs(m.name)
		if err != nil {
			return nil, err
		}
		at := slices.Index(wanted, absolute)
		id, isRule := annotations(m).Custom["id"].(string)
		if !isRule {
			id = strings.ReplaceAll(strings.TrimPrefix(m.pkg, "data.holdfast."), ".", "/")
		}
		if m.isTest() || some && at < 0 || !some && !isRule && !o.lib {
			continue
		}
		if at >= 0 {
			wanted = slices.Delete(wanted, at, at+1)
		}
		all = append(all, &subject{id: id, module: m, tests: l.testsOf(m, isRule)})
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("%s: no policy below %s", wanted[0], o.dir)
	}
	if len(all) == 0 {
		return nil, errors.New("no rule to break")
	}
	return all, nil
}

// testsOf are the tests that should notice if the module is broken: of a rule
// those that name it, of a helper those of everything that builds on it.
func (l *library) testsOf(m *module, isRule bool) [][]*module {
	var near, far []*module
	for _, t := range l.modules {
		switch {
		case !t.isTest():
		case slices.Contains(t.needs, m.pkg) && (isRule || strings.HasPrefix(t.pkg, m.pkg)):
			near = append(near, t)
		case !isRule && slices.Contains(l.closure([]*module{t}), m):
			far = append(far, t)
		}
	}
	var all [][]*module
	if len(near) > 0 {
		all = append(all, near)
	}
	return append(all, slices.Collect(slices.Chunk(far, perRun))...)
}

// unsound says what is wrong with the subject's tests before anything is broken, or "".
func (l *library) unsound(ctx context.Context, s *subject) string {
	if len(s.tests) == 0 {
		return "no test"
	}
	// Those of the rules that a helper is used by are looked at as the rules' own.
	for _, tests := range s.tests[:1] {
		failed, err := l.fails(ctx, s, tests, s.module.parsed)
		if err != nil {
			return err.Error()
		}
		if failed != "" {
			return "this test fails as it is: " + failed
		}
	}
	return ""
}

// outcome is what became of a mutant. An invalid one does not compile.
type outcome string

const (
	killed   outcome = "killed"
	survived outcome = "survived"
	invalid  outcome = "invalid"
)

func (l *library) test(ctx context.Context, s *subject, m *mutant) outcome {
	parsed, err := parse(s.module.name, m.source)
	if err != nil {
		return invalid
	}
	for _, tests := range s.tests {
		failed, err := l.fails(ctx, s, tests, parsed)
		if ctx.Err() != nil {
			return killed // it took too long
		}
		if err != nil {
			return invalid
		}
		if failed != "" {
			return killed
		}
	}
	return survived
}

// fails runs the tests with the module in the place of the subject's, and names
// the first that fails, or "". An error says that it does not compile.
func (l *library) fails(ctx context.Context, s *subject, tests []*module, instead *ast.Module) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	modules := map[string]*ast.Module{}
	for _, m := range l.closure(tests) {
		modules[m.name] = m.parsed
	}
	modules[s.module.name] = instead
	wanted := map[string]bool{}
	for _, t := range tests {
		wanted[t.pkg] = true
	}
	for name, m := range modules { // tests of others lend their samples only
		if strings.HasSuffix(name, "_test.rego") && !wanted[m.Package.Path.String()] {
			modules[name] = withoutTests(m)
		}
	}
	txn, err := l.store.NewTransaction(ctx)
	if err != nil {
		return "", err
	}
	defer l.store.Abort(context.WithoutCancel(ctx), txn)
	runner := tester.NewRunner().
		SetCompiler(ast.NewCompiler()).
		SetStore(l.store).
		SetModules(modules).
		SetTimeout(10 * time.Second).
		SetParallel(1).
		RaiseBuiltinErrors(true)
	results, err := runner.RunTests(ctx, txn)
	if err != nil {
		return "", err
	}
	failed := ""
	for result := range results {
		if (result.Fail || result.Error != nil) && failed == "" {
			failed = result.Package + "." + result.Name
			cancel() // the others do not matter
		}
	}
	return failed, nil
}

func withoutTests(m *ast.Module) *ast.Module {
	lean := m.Copy()
	lean.Rules = slices.DeleteFunc(lean.Rules, func(r *ast.Rule) bool {
		return strings.HasPrefix(string(r.Head.Name), tester.TestPrefix)
	})
	return lean
}
