package rego

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
)

// question asks for all that some rules deny and warn of, in one query:
//
//	deny0 = data.holdfast.a.deny; warn0 = data.holdfast.a.warn; deny1 = …
//
// It has nothing but references to packages, so that it needs no compiling.
type question struct {
	rules []*rule
	parts []part
	body  ast.Body
}

// part is one decision of one rule, and the variable that its answer is in.
type part struct {
	rule     *rule
	decision policy.Decision
	name     ast.Var
}

func newQuestion(rules []*rule) *question {
	q := &question{rules: rules}
	for i, r := range rules {
		for _, d := range r.Decisions {
			name := ast.Var(string(d) + strconv.Itoa(i))
			q.parts = append(q.parts, part{r, d, name})
			q.body.Append(ast.Equality.Expr(ast.NewTerm(name), ast.NewTerm(r.path.Append(ast.StringTerm(string(d))))))
		}
	}
	return q
}
