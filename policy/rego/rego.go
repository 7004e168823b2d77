// Package rego is the policy engine: it compiles Rego to a policy.Judge. It is
// the only package that imports OPA.
//
// Compiler.Compile is the recipe, one step a file: parse the modules (parse.go),
// read each policy's METADATA (metadata.go), refuse what is impure or misspelt
// (check.go), read data and parameters (data.go, params.go), choose the rules
// (selection.go), find out what each of them can read (reads.go). The Judge in
// judge.go then asks all rules that are about a resource (question.go, eval.go),
// resource after resource, and turns what they answer into findings (result.go).
// What can go wrong in a rule, errors, deadlines and functions that cannot be
// stopped (lane.go), ends as a finding that denies.
//
// Evaluation goes straight to OPA's topdown evaluator, with queries that were
// compiled once, because a rule costs some microseconds a resource and anything
// around it would be felt.
package rego

import (
	"context"
	"io/fs"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
)

// engineVersion is part of every digest. Raise it when the same rules may give
// other answers than before.
const engineVersion = "1"

// The deadlines of one evaluation where Options sets none.
const (
	defaultTimeout     = 5 * time.Second
	defaultWideTimeout = 30 * time.Second
)

// Options are the engine's settings. The zero value has no built-in library.
type Options struct {
	// Library is the tree of the built-in rules; files *_test.rego are left out.
	Library fs.FS
	// Timeout bounds the evaluation of one rule on one resource (default 5s),
	// WideTimeout that of a rule of scope target or snapshot (default 30s).
	Timeout     time.Duration
	WideTimeout time.Duration
	// Workers is how many resources are judged side by side (default: the
	// number of processors).
	Workers int
	// Parse is the value of a file's content, as the parser of that name reads
	// it or, where parser is "", the one for the file's name. Without it the
	// functions of conftest's policies that parse configurations are undefined.
	Parse  func(parser, name string, content []byte) (any, error)
	Logger *slog.Logger // default: none
}

// Compiler makes Judges of Rego. It is safe for concurrent use.
type Compiler struct {
	opts  Options
	shelf func() (shelf, error) // read once, when it is first needed
}

var _ policy.Compiler = (*Compiler)(nil)

// New is a Compiler with the options.
func New(opts Options) *Compiler {
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	if opts.WideTimeout <= 0 {
		opts.WideTimeout = defaultWideTimeout
	}
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Compiler{opts: opts, shelf: sync.OnceValues(func() (shelf, error) { return readShelf(opts.Library) })}
}

// Compile implements policy.Compiler.
func (c *Compiler) Compile(ctx context.Context, input policy.Input) (policy.Judge, error) {
	var found problems
	own := parseFiles(withoutTests(input.Policies), &found)
	var shelf shelf
	if needsLibrary(own, input) {
		var err error
		if shelf, err = c.shelf(); err != nil {
			return nil, err
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}

	library := shelf.rules()
	loaded := takeIn(shelf, own, input, &found)
	rules := readRules(loaded, input.Combine, &found)
	constraints, passed := readConstraints(input.Constraints, &found)
	rules, silent := passSilent(addConstraints(rules, constraints, &found), &found)
	passed = append(passed, silent...)
	checkPurity(loaded, &found)
	data := readData(input.Data, &found)
	params := readParams(rules, library, input, &found)
	if err := found.err(); err != nil {
		return nil, err
	}

	compiled := compile(loaded, data, &found)
	if err := found.err(); err != nil {
		return nil, err
	}
	checkRefs(compiled, rules, params.values, &found)
	if !input.Builtin {
		library = nil
	}
	selected := choose(rules, library, input, &found)
	if err := found.err(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	files := configFiles{parse: c.opts.Parse, read: input.Read}
	judge, err := newJudge(c.opts, compiled, selected, world{data: data, params: params, functions: files.functions()}, loaded)
	if err != nil {
		return nil, err
	}
	judge.passed, judge.absent = passed, unexpected(library, input)
	return judge, nil
}

// Library is the whole of the built-in library, whatever the profile.
func (c *Compiler) Library() ([]policy.Rule, error) {
	shelf, err := c.shelf()
	if err != nil {
		return nil, err
	}
	return describe(shelf.rules()), nil
}

// Source is the Rego text of a rule of the built-in library or of files, and
// whether there is such a rule.
func (c *Compiler) Source(id string, files []policy.File) (string, bool, error) {
	shelf, err := c.shelf()
	if err != nil {
		return "", false, err
	}
	var found problems
	own := readRules(parseFiles(withoutTests(files), &found), false, &found)
	for _, r := range append(shelf.rules(), own...) {
		if r.ID == id {
			return r.source(), true, nil
		}
	}
	return "", false, found.err()
}

// compile runs OPA's compiler over the modules.
func compile(modules []*module, data ast.Object, found *problems) *ast.Compiler {
	parsed := make(map[string]*ast.Module, len(modules))
	for _, m := range modules {
		parsed[m.key()] = m.parsed
	}
	compiler := newCompiler(data)
	if !slices.ContainsFunc(modules, func(m *module) bool { return !m.builtin }) {
		compiler.WithSkipStages(checksOfLibrary()...)
	}
	if compiler.Compile(parsed); compiler.Failed() {
		found.addAST(compiler.Errors)
	}
	return compiler
}

// checksOfLibrary are the compiler's stages that change nothing and that the
// built-in library, alone, has passed before it was released. They are a third
// of what compiling costs.
func checksOfLibrary() []ast.StageID {
	return []ast.StageID{
		ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageCheckVoidCalls,
		ast.StageParseMetadataBlocks, ast.StageSetAnnotationSet, ast.StageRewriteRegoMetadataCalls,
		ast.StageCheckUndefinedFuncs, ast.StageCheckSafetyRuleHeads, ast.StageCheckRecursion, ast.StageCheckTypes,
		ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins, ast.StageBuildRequiredCapabilities,
	}
}

// newCompiler has no impure function. It leaves out calls of print, because
// what a rule prints may be a secret.
func newCompiler(data ast.Object) *ast.Compiler {
	return ast.NewCompiler().
		WithCapabilities(capabilities()).
		WithPathConflictsCheck(func(path []string) (bool, error) { return inData(data, path), nil }).
		SetErrorLimit(maxProblems)
}

// describe is what the port knows of the rules, in the order of their ids.
func describe(rules []*rule) []policy.Rule {
	described := make([]policy.Rule, len(rules))
	for i, r := range rules {
		described[i] = r.Rule
	}
	slices.SortFunc(described, func(a, b policy.Rule) int { return strings.Compare(a.ID, b.ID) })
	return described
}
