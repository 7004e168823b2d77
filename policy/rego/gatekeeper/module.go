package gatekeeper

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// regoSource is the source of the engine Rego.
type regoSource struct {
	Rego    string   `json:"rego"`
	Libs    []string `json:"libs"`
	Version string   `json:"version"`
}

// program is a template's Rego, compiled with its libs and nothing else.
type program struct {
	source   regoSource
	snippets []snippet // the template's module, then its libs
	compiler *ast.Compiler
	body     ast.Body // answer = data.gatekeeper_template.violation
	reads    reads
}

const maxErrors = 20 // of one template

var (
	// templatePackage is the package that a template's module is put into, as
	// Gatekeeper does, so that its author's name for it cannot matter.
	templatePackage = ast.MustParseRef("data.gatekeeper_template")
	answerVar       = ast.Var("answer")
	inventoryRef    = ast.MustParseRef("data.inventory")
	libRef          = ast.MustParseRef("data.lib")
)

// compileRego compiles a template's module and its libs, or is nil if they are
// mistaken. Steps lead to where source stands.
func (l *loader) compileRego(t *template, source regoSource, steps []any) *program {
	p := &program{source: source}
	c := moduleCompiler{program: p, options: l.options, found: l.found, version: ast.RegoV0}
	if source.Version == "v1" { // as in Gatekeeper anything else means v0
		c.version = ast.RegoV1
	}
	before := len(l.found.list)
	p.snippets = append(p.snippets, t.doc.snippet(source.Rego, append(slices.Clone(steps), "rego")...))
	for i, lib := range source.Libs {
		p.snippets = append(p.snippets, t.doc.snippet(lib, append(slices.Clone(steps), "libs", i)...))
	}
	modules := map[string]*ast.Module{}
	for i := range p.snippets {
		if m := c.parse(i); m != nil {
			c.check(i, m)
			modules[strconv.Itoa(i)] = m
		}
	}
	if len(l.found.list) > before {
		return nil
	}
	modules[checkModule] = checkedAnswer()
	p.compiler = ast.NewCompiler().WithCapabilities(l.options.Capabilities).SetErrorLimit(maxErrors)
	if p.compiler.Compile(modules); p.compiler.Failed() {
		c.mistakes(p.compiler.Errors)
		return nil
	}
	p.body = ast.NewBody(ast.Equality.Expr(ast.NewTerm(answerVar), ast.NewTerm(templatePackage.Append(ast.StringTerm("violation")))))
	p.reads = readsOf(p.compiler)
	return p
}

// checkModule is the key and file of a module that nothing evaluates. It uses
// violation as Gatekeeper does, so that the compiler's types tell of a
// violation that can never have a message.
const checkModule = "check"

func checkedAnswer() *ast.Module {
	return ast.MustParseModuleWithOpts(`package gatekeeper_check

answer contains {"msg": r.msg, "details": object.get(r, "details", {})} if {
	data.gatekeeper_template.violation[r]
}
`, ast.ParserOptions{RegoVersion: ast.RegoV1})
}

// moduleCompiler checks the modules of one program.
type moduleCompiler struct {
	program *program
	options Options
	version ast.RegoVersion
	found   *problems
}

// parse is nil if the module is not Rego.
func (c *moduleCompiler) parse(i int) *ast.Module {
	s := c.program.snippets[i]
	module, err := ast.ParseModuleWithOpts(strconv.Itoa(i), s.text, ast.ParserOptions{RegoVersion: c.version})
	switch {
	case err != nil && c.version == ast.RegoV0 && c.parses(s.text, ast.RegoV1):
		c.found.add(s.place(1, 1), "this is Rego v1, and is read as v0: put it below code, with the engine Rego, and say version: v1 in its source")
	case err != nil:
		c.mistakes(err)
	case module == nil:
		c.found.add(s.place(1, 1), "there is no Rego here")
	}
	return module
}

func (c *moduleCompiler) parses(text string, version ast.RegoVersion) bool {
	_, err := ast.ParseModuleWithOpts("", text, ast.ParserOptions{RegoVersion: version})
	return err == nil
}

// check refuses what Gatekeeper refuses: a template without violation, a lib
// that is not below lib, imports and references that leave the template; and
// what is impure.
func (c *moduleCompiler) check(i int, m *ast.Module) {
	if i == 0 {
		m.Package.Path = templatePackage
		if !slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return r.Head.Name == "violation" || headName(r) == "violation" }) {
			c.found.add(c.program.snippets[0].place(1, 1), "the template has no rule violation")
		}
	} else if path := m.Package.Path; !path.HasPrefix(libRef) || len(path) == len(libRef) {
		c.found.add(c.place(m.Package.Location), "the package of a lib begins with lib., this is %s", strings.TrimPrefix(path.String(), "data."))
	}
	for _, imported := range m.Imports {
		path, ok := imported.Path.Value.(ast.Ref)
		if !ok || !path.HasPrefix(libRef) && !path[0].Equal(ast.VarTerm("future")) {
			c.found.add(c.place(imported.Location), "%s cannot be imported; a template may import data.lib.… and future.…", imported.Path)
		}
	}
	for _, rule := range m.Rules {
		walkRefs(rule, func(ref ast.Ref, at *ast.Location) {
			if at == nil {
				at = rule.Location
			}
			if why, banned := c.options.Impure[ref.String()]; banned {
				c.found.add(c.place(at), "%s may not be used in a policy: %s", ref, why)
			}
			if ref[0].Equal(ast.DefaultRootDocument) && !ref.HasPrefix(inventoryRef) && !ref.HasPrefix(libRef) {
				c.found.add(c.place(at), "%s cannot be reached from a template; it may read data.inventory and its libs, data.lib.…", ref)
			}
		})
	}
}

func headName(r *ast.Rule) string {
	name, _ := r.Head.Ref()[0].Value.(ast.Var)
	return string(name)
}

// walkRefs calls f with each reference below node, once, and its place.
func walkRefs(node any, f func(ast.Ref, *ast.Location)) {
	ast.WalkTerms(node, func(t *ast.Term) bool {
		if ref, ok := t.Value.(ast.Ref); ok && len(ref) > 0 {
			at := t.Location
			if at == nil {
				at = ref[0].Location
			}
			f(ref, at)
		}
		return false
	})
}

func (c *moduleCompiler) place(at *ast.Location) resource.Location { return c.program.place(at) }

// place is where a location of OPA's is in the YAML file. OPA knows the
// snippets by their numbers.
func (p *program) place(at *ast.Location) resource.Location {
	if at == nil {
		return p.snippets[0].place(1, 1)
	}
	i, err := strconv.Atoi(at.File)
	if err != nil || i < 0 || i >= len(p.snippets) {
		return p.snippets[0].place(1, 1)
	}
	return p.snippets[i].place(max(at.Row, 1), max(at.Col, 1))
}

// mistakes takes in what OPA's parser or compiler has against a module.
func (c *moduleCompiler) mistakes(err error) {
	var many ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &many):
		seen := map[resource.Location]bool{}
		for _, e := range many {
			at := c.place(e.Location)
			if e.Location != nil && e.Location.File == "" {
				c.found.add(at, "violation must be a set of objects with msg: write violation[{\"msg\": …}] { … }, or with version v1 violation contains {\"msg\": …} if { … }")
				break
			}
			if e.Code == ast.ParseErr && seen[at] {
				continue // the parser says some things twice, in two wordings
			}
			seen[at] = true
			c.found.add(at, "%s", readable(e))
		}
	case errors.As(err, &one):
		c.found.add(c.place(one.Location), "%s", readable(one))
	default:
		c.found.add(c.place(nil), "%s", err)
	}
}

var unsafeVar = regexp.MustCompile(`^var (\S+) is unsafe$`)

// readable is OPA's message for people who have never seen OPA's source.
func readable(e *ast.Error) string {
	msg, _, _ := strings.Cut(strings.TrimSpace(e.Message), "\n")
	if name := unsafeVar.FindStringSubmatch(msg); name != nil {
		return fmt.Sprintf("%s is never given a value: it is misspelt, or stands under \"not\" or in a call before anything binds it", name[1])
	}
	if e.Code == ast.ParseErr {
		return "not valid Rego: " + msg
	}
	return msg
}
