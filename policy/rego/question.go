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
// It has nothing but references to packages, so that it needs no compiling.
type question struct {
	dialect dialect
	rules   []*rule
	parts   []part
	body    ast.Body
}

// part is one entry of one rule, and the variable that its answer is in.
type part struct {
	rule     *rule
	decision policy.Decision
	name     ast.Var
}

func newQuestion(d dialect, rules []*rule) *question {
	q := &question{dialect: d, rules: rules}
	for _, r := range rules {
		for _, e := range r.entries {
			name := ast.Var("v" + strconv.Itoa(len(q.parts)))
			q.parts = append(q.parts, part{r, e.decision, name})
			q.body.Append(ast.Equality.Expr(ast.NewTerm(name), ast.NewTerm(e.path)))
		}
	}
	return q
}
