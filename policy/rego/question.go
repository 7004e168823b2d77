package rego

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
)

// entry is a Rego rule that holdfast asks for, and what its answer decides.
type entry struct {
	decision policy.Decision
	path     ast.Ref // data.holdfast.….deny
	set      bool    // whether it is always a set, and so never undefined
}

// dialect is the way in which a policy is written: what its rules are called,
// what they find under input, and what they answer.
type dialect string

const (
	native dialect = "native"
)

// question asks for all that some rules deny and warn of, in one query:
//
//	#0 = data.holdfast.a.deny; #1 = data.holdfast.a.warn; #2 = …
//
// or #0 = {x | x = data.main.deny} where that may be undefined. A question of
// many rules has the rules' own compiled bodies in place of the references,
//
//	#0 = {x | body of the first definition}; #1 = {x | body of the second}; …
//
// because finding a rule by its path costs as much as evaluating it. Neither
// needs compiling. The names of the answers are none that a body can have.
type question struct {
	dialect dialect
	rules   []*rule
	parts   []part
	body    ast.Body
	file    bool // some of its rules read data.conftest.file
}

// part is one entry of one rule, and the variables that its answer is in.
type part struct {
	rule     *rule
	decision policy.Decision
	names    []ast.Var // of the sets that its answer is the union of
	set      bool
	// exceptions is the variable of what the package excepts, "" if it has none.
	exceptions ast.Var
}

// newQuestion asks the rules, by their bodies where definitions gives them.
func newQuestion(d dialect, rules []*rule, definitions func(ast.Ref) []*ast.Rule) *question {
	q := &question{dialect: d, rules: rules}
	excepted := map[string]ast.Var{} // by package
	for _, r := range rules {
		q.file = q.file || r.reads.file
		if _, asked := excepted[r.Policy]; !asked && r.exceptions != nil {
			excepted[r.Policy] = q.ask(r.exceptions, false)
		}
		for _, e := range r.entries {
			p := part{rule: r, decision: e.decision, set: e.set, exceptions: excepted[r.Policy]}
			if e.set && definitions != nil {
				for _, definition := range definitions(e.path) {
					p.names = append(p.names, q.bind(ast.SetComprehensionTerm(definition.Head.Key, definition.Body)))
				}
			} else {
				p.names = []ast.Var{q.ask(e.path, e.set)}
			}
			q.parts = append(q.parts, p)
		}
	}
	return q
}

// ask adds the value of a reference, or the set of it where it may be
// undefined, and gives the variable that it will be in.
func (q *question) ask(path ast.Ref, set bool) ast.Var {
	value := ast.NewTerm(path)
	if !set {
		x := ast.VarTerm("x" + strconv.Itoa(len(q.body)))
		value = ast.SetComprehensionTerm(x, ast.NewBody(ast.Equality.Expr(x, value)))
	}
	return q.bind(value)
}

func (q *question) bind(value *ast.Term) ast.Var {
	name := ast.Var("#" + strconv.Itoa(len(q.body)))
	q.body.Append(ast.Equality.Expr(ast.NewTerm(name), value))
	return name
}

// of is the part's own share of what a question was answered.
func (p *part) of(answer topdown.QueryResult) *ast.Term {
	whole := answer[p.names[0]]
	for _, name := range p.names[1:] {
		more, isSet := answer[name].Value.(ast.Set)
		if !isSet || more.Len() == 0 {
			continue
		}
		if so, isSet := whole.Value.(ast.Set); isSet {
			whole = ast.NewTerm(so.Union(more))
		}
	}
	return whole
}
