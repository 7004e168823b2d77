package rego

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

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
//	v0 = data.holdfast.a.deny; v1 = data.holdfast.a.warn; v2 = …
//
// or v0 = {x | x = data.main.deny} where that may be undefined. It has nothing
// but references to packages, so that it needs no compiling.
type question struct {
	dialect dialect
	rules   []*rule
	parts   []part
	body    ast.Body
	file    bool // some of its rules read data.conftest.file
}

// part is one entry of one rule, and the variable that its answer is in.
type part struct {
	rule     *rule
	decision policy.Decision
	name     ast.Var
	set      bool
	// exceptions is the variable of what the package excepts, "" if it has none.
	exceptions ast.Var
}

func newQuestion(d dialect, rules []*rule) *question {
	q := &question{dialect: d, rules: rules}
	excepted := map[string]ast.Var{} // by package
	for _, r := range rules {
		q.file = q.file || r.reads.file
		if _, asked := excepted[r.Policy]; !asked && r.exceptions != nil {
			excepted[r.Policy] = q.ask(r.exceptions, false)
		}
		for _, e := range r.entries {
			q.parts = append(q.parts, part{
				rule: r, decision: e.decision, name: q.ask(e.path, e.set), set: e.set, exceptions: excepted[r.Policy],
			})
		}
	}
	return q
}

// ask adds the value of a reference, or the set of it where it may be
// undefined, and gives the variable that it will be in.
func (q *question) ask(path ast.Ref, set bool) ast.Var {
	number := strconv.Itoa(len(q.body))
	name, value := ast.Var("v"+number), ast.NewTerm(path)
	if !set {
		x := ast.VarTerm("x" + number)
		value = ast.SetComprehensionTerm(x, ast.NewBody(ast.Equality.Expr(x, value)))
	}
	q.body.Append(ast.Equality.Expr(ast.NewTerm(name), value))
	return name
}
