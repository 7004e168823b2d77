package gatekeeper

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Rego is what a rule's template was compiled to, and where a piece of it
// stands in the template's file; false for a template in CEL.
func (r *Rule) Rego() (compiler *ast.Compiler, place func(*ast.Location) resource.Location, ok bool) {
	if r.template.rego == nil {
		return nil, nil, false
	}
	return r.template.rego.compiler, r.template.rego.place, true
}

// Trace asks as Ask does, for somebody who listens to the evaluation. Every
// body of violation is evaluated, also where an index of them would pass over
// one. It is policy.ErrNoTrace for a template in CEL.
func (r *Rule) Trace(ctx context.Context, q Query, tracer topdown.QueryTracer) error {
	if r.template.rego == nil {
		return policy.ErrNoTrace
	}
	query, err := r.query(q)
	if err != nil {
		return err
	}
	err = query.WithIndexing(false).WithQueryTracer(tracer).Iter(ctx, func(topdown.QueryResult) error { return nil })
	if err != nil {
		return r.template.rego.evaluationError(err)
	}
	return nil
}
