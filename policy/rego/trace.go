package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var _ policy.Tracer = (*judge)(nil)

// Trace implements policy.Tracer. It asks the question that Judge asks, with a
// recorder (record.go) on the evaluator, which is told not to use its index of
// rules: a body that the index passes over would leave no trace of why.
func (j *judge) Trace(ctx context.Context, c policy.Case, ask policy.Ask) (*policy.Trace, error) {
	at := slices.IndexFunc(j.rules, func(r *rule) bool { return r.ID == ask.Rule })
	if at < 0 {
		return nil, fmt.Errorf("rule %s: %w", ask.Rule, policy.ErrNoTrace)
	}
	r := j.rules[at]
	if r.Scope == policy.ScopeResource && (ask.Subject < 0 || ask.Subject >= len(c.Subjects)) {
		return nil, fmt.Errorf("trace: the case has no subject %d", ask.Subject)
	}
	if r.Scope == policy.ScopeResource && !r.reads.resources {
		// What the rule cannot read needs no masking.
		c.Subjects, c.Context, ask.Subject = c.Subjects[ask.Subject:ask.Subject+1], nil, 0
	}
	secrets, err := j.secrets(ctx, c)
	if err != nil {
		return nil, err
	}
	t := &tracing{rule: r, ask: ask, veil: j.veil(c, secrets)}
	if err := t.prepare(ctx, j, c); err != nil {
		return nil, err
	}
	defer t.worker.end() // the session and the goroutines of its lanes
	return t.run(ctx)
}

// secrets are what rules that look for secrets point at, by the content that has them.
func (j *judge) secrets(ctx context.Context, c policy.Case) (map[*resource.Resource][]resource.Path, error) {
	looking := *j
	looking.rules = nil
	for _, r := range j.rules {
		if r.Sensitive && r.Scope == policy.ScopeResource {
			looking.rules = append(looking.rules, r)
		}
	}
	paths := map[*resource.Resource][]resource.Path{}
	if len(looking.rules) == 0 {
		return paths, nil
	}
	report, err := looking.Judge(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, f := range report.Findings {
		if f.Subject != nil && f.Rule != policy.RuleError {
			paths[f.Subject] = append(paths[f.Subject], f.Path)
		}
	}
	return paths, nil
}

// tracing is one Trace in progress.
type tracing struct {
	rule       *rule
	ask        policy.Ask
	veil       *veil
	worker     *worker
	evaluation evaluation
	passed     string // why the rule is not asked about the subject
}

func (t *tracing) prepare(ctx context.Context, j *judge, c policy.Case) error {
	subjects := c.Subjects
	s, err := j.open(ctx, c, nil)
	if err != nil {
		return err
	}
	b := s.take(&policy.Batch{Subjects: subjects})
	s.see(b)
	w := &worker{session: s, ctx: ctx, b: b, data: s.base.with(s.forest()), gaps: s.gaps()}
	t.worker = w
	t.evaluation = evaluation{rule: t.rule, at: -1, target: t.ask.Target, cache: newCache()}
	switch t.rule.Scope {
	case policy.ScopeSnapshot:
		t.evaluation.target = ""
		fallthrough
	case policy.ScopeTarget:
		return w.showWide(&t.evaluation)
	}
	t.evaluation.at, t.evaluation.target = t.ask.Subject, subjects[t.ask.Subject].ID.Target
	content := b.read(t.ask.Subject, newTerms())
	if t.rule.dialect == constraints {
		return t.showReview(&subjects[t.ask.Subject], content)
	}
	w.show(&t.evaluation, t.rule.dialect, content)
	if t.rule.written {
		w.showWritten(&t.evaluation)
	}
	return nil
}

func (t *tracing) run(ctx context.Context) (*policy.Trace, error) {
	trace := &policy.Trace{Input: json.RawMessage("null"), Bodies: []policy.Body{}, Error: t.passed}
	if t.passed != "" {
		return trace, nil
	}
	const form = 2 // levels of keys: input.change.diff
	t.veil.knows(t.evaluation.input.Value, form)
	trace.Input = t.veil.json(t.evaluation.input.Value)
	w := t.worker
	w.lane = newLane(ctx)
	defer func() { w.lane.close() }()
	if trace.WaitsFor = w.waitsFor(&t.evaluation); len(trace.WaitsFor) > 0 {
		return trace, nil
	}
	recorder := &recorder{
		ctx: ctx, compiler: w.compiler, veil: t.veil, data: w.seenFrom(t.evaluation.target),
		frames: map[uint64]*frame{}, keeps: t.keeps, place: place, paths: t.rule.dialect == native,
	}
	timeout := w.timeout(t.rule)
	_, err := w.lane.do(ctx, timeout, t.job(ctx, recorder, timeout))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errStuck):
		// The recorder may still be at work.
		trace.Error = fmt.Sprintf("it took longer than %s", timeout)
		return trace, nil
	case topdown.IsCancel(err):
		trace.Error = fmt.Sprintf("it took longer than %s", timeout)
	case err != nil:
		trace.Error = t.veil.redactor.Redact(evaluationError(err).Error())
	}
	trace.Bodies, trace.Cut = recorder.bodies(), recorder.cut
	return trace, nil
}

// job evaluates the rule, with the recorder listening.
func (t *tracing) job(ctx context.Context, recorder *recorder, timeout time.Duration) func() result {
	w := t.worker
	if t.rule.dialect == constraints {
		return t.constraintJob(ctx, recorder, timeout)
	}
	if q := t.rule.alone; q.file {
		recorder.with = q.ofFile(t.evaluation.file)[0].With[0]
	}
	query := w.query(&t.evaluation, t.rule.alone, timeout).WithIndexing(false).WithQueryTracer(recorder)
	return func() result { return answerOf(ctx, query) }
}

// keeps reports whether a way that gives the element is asked for. The elements
// of other dialects have no path of ours.
func (t *tracing) keeps(msg string, path resource.Path) bool {
	wanted := t.ask.Answer
	if wanted == nil {
		return true
	}
	return (t.rule.dialect != native || path.Equal(wanted.Path)) && t.veil.redactor.Redact(wanted.Msg) == t.veil.redactor.Redact(msg)
}

// lookup is what data holds under the reference, as far as it is no rule's; nil for nothing.
func (r *recorder) lookup(ref ast.Ref) ast.Value {
	if r.with != nil {
		if target := r.with.Target.Value.(ast.Ref); ref.HasPrefix(target) {
			found, err := r.with.Value.Value.Find(ref[len(target):])
			if err != nil {
				return nil
			}
			return found
		}
	}
	path, err := storage.NewPathForRef(ref)
	if err != nil {
		return nil
	}
	found, err := r.data.store.Read(r.ctx, r.data.txn, path)
	if err != nil {
		return nil
	}
	value, err := ast.InterfaceToValue(found)
	if err != nil {
		return nil
	}
	return value
}

// rawJSON is a value in JSON, indented.
func rawJSON(value ast.Value) json.RawMessage {
	plain, err := ast.JSON(value)
	if err != nil {
		return json.RawMessage("null")
	}
	text, err := json.MarshalIndent(plain, "", "  ")
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
