package rego

import (
	"context"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// showReview sets what a constraint sees of the subject, or says why it is not
// asked about it.
func (t *tracing) showReview(subject *policy.Subject, content *ast.Term) error {
	c, w := t.rule.constraint, t.worker
	compiler, _, ok := c.Rego()
	if !ok {
		return fmt.Errorf("rule %s is written in CEL: %w", t.rule.ID, policy.ErrNoTrace)
	}
	if _, enforced := c.Decision(w.point()); !enforced {
		t.passed = "its enforcementAction has no effect here"
		return nil
	}
	review, err := w.review(subject, content, t.rule.alone)
	if err == nil && review == nil {
		t.passed = "it is about Kubernetes objects, and this is none"
		return nil
	}
	var applies bool
	if err == nil {
		applies, err = c.Applies(review)
	}
	if err == nil && !applies {
		t.passed = "its match leaves this resource out"
		return nil
	}
	if err == nil {
		t.evaluation.review = review
		t.evaluation.input, err = c.Input(review)
	}
	if t.veil.known != nil && err == nil {
		for _, m := range compiler.Modules {
			learn(t.veil.known, m)
		}
		learn(t.veil.known, t.evaluation.input.Value.(ast.Object).Get(ast.InternedTerm("parameters")))
	}
	if err != nil {
		t.passed = t.veil.redactor.Redact(err.Error())
	}
	return nil
}

// constraintJob evaluates a constraint by its template's own compiler, whose
// places are those of the template's file.
func (t *tracing) constraintJob(ctx context.Context, recorder *recorder, timeout time.Duration) func() result {
	c, w := t.rule.constraint, t.worker
	recorder.compiler, recorder.place, _ = c.Rego()
	query := gatekeeper.Query{
		Review: t.evaluation.review, Point: w.point(), Store: w.data.store, Txn: w.data.txn, Now: w.c.Now,
		Cancel: &deadline{ctx: ctx, at: time.Now().Add(timeout)},
	}
	return func() (r result) {
		defer func() {
			if fault := recover(); fault != nil {
				r = result{err: fmt.Errorf("the evaluator failed: %v", fault)}
			}
		}()
		r.err = c.Trace(ctx, query, recorder)
		return r
	}
}
