package rego

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxTimeouts is how often a rule may run into its deadline within one Judge
// before it is given up, so that it cannot cost its deadline for each of
// thousands of resources.
const maxTimeouts = 3

// togetherTimeout bounds the evaluation of all rules at once. Rules that are
// slower than that get their whole deadline each.
const togetherTimeout = 200 * time.Millisecond

// worker evaluates one thing at a time and keeps in its batch what comes of it.
type worker struct {
	*session
	ctx  context.Context
	b    *batch
	data *dataset
	gaps *unknowns // what evaluations can meet beside their subject
	lane *lane
	// probes find out what is read of values that are known only after apply;
	// nil as long as there are none.
	probes *probing
}

// worker is one that is to go to rest.
func (s *session) worker(ctx context.Context, b *batch, data *dataset) *worker {
	w := &worker{session: s, ctx: ctx, b: b, data: data, gaps: s.liveGaps}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.lanes) - 1; last >= 0 {
		w.lane, s.lanes = s.lanes[last], s.lanes[:last]
	} else {
		w.lane = newLane(s.ctx)
	}
	return w
}

// rest hands the lane to the next worker, as its goroutine has grown by now.
func (s *session) rest(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.lane != nil {
		s.lanes = append(s.lanes, w.lane)
	}
}

// evaluation is what rules are asked about, and the one of them that is asked.
type evaluation struct {
	rule   *rule
	input  *ast.Term
	at     int                // of the subject in the batch, -1 for a wider scope
	target string             // "" for scope snapshot
	file   string             // that the document is written in
	seen   *policy.Subject    // what is seen in the subject's place, nil where that is itself
	review *gatekeeper.Review // what constraints see
	cache  topdown.VirtualCache
}

// subject asks the rules of a question about a subject: first all at once,
// which is cheaper by a quarter, and one by one where that is not possible.
func (w *worker) subject(i int, content *ast.Term, q *question) error {
	subject := &w.b.Subjects[i]
	e := evaluation{at: i, target: subject.ID.Target, cache: newCache()}
	if q.dialect == conftest && subject.Resource == nil {
		return nil // there is no document any more
	}
	if q.dialect == constraints {
		review, err := w.review(subject, content, q)
		if err != nil || review == nil {
			return err
		}
		e.review = review
	}
	w.show(&e, q.dialect, content)
	asWritten := e
	if w.showWritten(&asWritten) {
		asWritten.cache = newCache()
	}
	same := asWritten.seen == nil
	if same && len(q.rules) > 1 && q.dialect != constraints && !w.hasGaps(subject) && !w.givenUp.Load() {
		if answer, err := w.evaluate(&e, q, min(w.opts.Timeout, togetherTimeout)); err == nil {
			w.keepAll(&e, q, answer)
			return nil
		}
		e.cache = newCache()
	}
	for _, r := range q.rules {
		of := &e
		if r.written && !same {
			of = &asWritten
		}
		of.rule = r
		if err := w.ask(of); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) hasGaps(s *policy.Subject) bool {
	return len(w.gaps.paths) > 0 || s.Resource != nil && len(s.Resource.Unknown) > 0 || s.Live != nil && len(s.Live.Unknown) > 0
}

// wide asks one rule about a target, or about the snapshot if target is "".
func (w *worker) wide(r *rule, target string) error {
	e := evaluation{rule: r, at: -1, target: target, cache: newCache()}
	if err := w.showWide(&e); err != nil {
		return err
	}
	return w.ask(&e)
}

// show sets what rules of the dialect see of the subject.
func (w *worker) show(e *evaluation, d dialect, content *ast.Term) {
	subject := &w.b.Subjects[e.at]
	if d == conftest {
		e.input, e.file = content, subject.WrittenIn()
		return
	}
	e.input = w.input(subject, content)
}

// showWritten shows the subject as it is written in the source in its place, and
// is false where that is the same. What is encrypted there is then as known as the
// rest, with a key and without.
func (w *worker) showWritten(e *evaluation) bool {
	subject := w.b.Subjects[e.at]
	if subject.Resource == nil || subject.Resource.Written == nil {
		return false
	}
	res := *subject.Resource
	res.Content = res.Written
	res.Unknown = slices.DeleteFunc(slices.Clone(res.Unknown), func(path resource.Path) bool {
		was, _ := resource.Lookup(subject.Resource.Content, path)
		is, _ := resource.Lookup(res.Written, path)
		return !reflect.DeepEqual(was, is)
	})
	subject.Resource = &res
	e.seen, e.input = &subject, w.input(&subject, toTerm(res.Content))
	return true
}

// showWide sets what a rule sees of a target, or of all there is.
func (w *worker) showWide(e *evaluation) (err error) {
	if e.rule.combine {
		e.input, err = w.whole()
		e.file = combinedFile
		return err
	}
	term, null := ast.InternedNullTerm, ast.InternedNullTerm
	if e.rule.Scope == policy.ScopeTarget {
		term = w.target(e.target)
	}
	e.input = ast.NewTerm(w.inputObject(null, null, null, term))
	return nil
}

// input is what rules see of the subject.
func (w *worker) input(s *policy.Subject, content *ast.Term) *ast.Term {
	live, change := ast.InternedNullTerm, ast.InternedNullTerm
	if s.Live != nil {
		live = toTerm(s.Live.Content)
	}
	if s.Change != nil {
		change = toTerm(changeContent(s.Change))
	}
	return ast.NewTerm(w.inputObject(content, live, change, w.target(s.ID.Target)))
}

func (w *worker) inputObject(content, live, change, target *ast.Term) ast.Object {
	return ast.NewObject(
		[2]*ast.Term{ast.InternedTerm("resource"), content},
		[2]*ast.Term{ast.InternedTerm("live"), live},
		[2]*ast.Term{ast.InternedTerm("change"), change},
		[2]*ast.Term{ast.InternedTerm("target"), target},
		[2]*ast.Term{ast.InternedTerm("phase"), w.phase},
	)
}

func changeContent(c *resource.Change) map[string]any {
	diff := make([]any, len(c.Diff))
	for i, d := range c.Diff {
		diff[i] = map[string]any{"path": []any(d.Path), "before": d.Before, "after": d.After}
	}
	return map[string]any{"action": string(c.Action), "diff": diff}
}

// ask evaluates one rule and keeps its findings. Its error is that of the context.
func (w *worker) ask(e *evaluation) error {
	if w.timeouts[e.rule].Load() >= maxTimeouts {
		w.b.skip(e.rule, 1)
		w.fail(e, fmt.Errorf("it was not evaluated here, as it took longer than %s before", w.timeout(e.rule)))
		return nil
	}
	err := w.answer(e)
	if ctxErr := w.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if err != nil {
		e.cache = newCache() // what an aborted evaluation left in it is not to be trusted
		if errors.Is(err, errTimeout) || errors.Is(err, errStuck) {
			err = w.late(e.rule, errors.Is(err, errStuck))
		}
		w.fail(e, err)
		return nil
	}
	return nil
}

// answer asks one rule and keeps what it answers, or that it is undecided.
func (w *worker) answer(e *evaluation) error {
	waitsFor := w.mayWaitFor(e)
	switch {
	case e.rule.constraint != nil && len(waitsFor) > 0:
		w.undecided(e, waitsFor)
		return nil
	case e.rule.constraint != nil:
		return w.constrain(e)
	}
	var answer topdown.QueryResult
	var err error
	if len(waitsFor) == 0 {
		answer, err = w.evaluate(e, e.rule.alone, w.timeout(e.rule))
	} else if waitsFor, answer, err = w.probe(e); len(waitsFor) > 0 {
		w.undecided(e, waitsFor)
		return nil
	}
	if err == nil {
		w.keepAll(e, e.rule.alone, answer)
	}
	return err
}

func (w *worker) undecided(e *evaluation, waitsFor []resource.Path) {
	w.b.undecided = append(w.b.undecided, policy.Undecided{
		Rule: e.rule.ID, Target: e.target, Resource: w.b.topic(e.at).ref(), WaitsFor: waitsFor, Blocks: e.rule.undecidedBlocks,
	})
}

// late counts a rule's deadline, and gives the rule up at the third, or if it
// cannot even be stopped.
func (w *worker) late(r *rule, stuck bool) error {
	count := w.timeouts[r].Add(1)
	if stuck {
		w.opts.Logger.Warn("a rule cannot be stopped and goes on using a processor", "rule", r.ID)
		w.timeouts[r].Store(maxTimeouts)
	}
	if stuck || count >= maxTimeouts {
		w.givenUp.Store(true)
	}
	return fmt.Errorf("it took longer than %s", w.timeout(r))
}

func (w *worker) keepAll(e *evaluation, q *question, answer topdown.QueryResult) {
	for i := range q.parts {
		part := &q.parts[i]
		own := part.of(answer)
		if set, ok := own.Value.(ast.Set); ok && set.Len() == 0 {
			continue
		}
		e.rule = part.rule
		if q.dialect == conftest {
			excepted := part.exceptions != "" && part.rule.excepted(answer[part.exceptions])
			w.keepConftest(e, part, own, excepted)
			continue
		}
		w.keep(e, part.decision, own)
	}
}

func (w *worker) mayWaitFor(e *evaluation) []resource.Path {
	return mayWaitFor(e.rule, w.subjectOf(e), w.gaps)
}

// subjectOf is what the evaluation is about, nil for a wider scope.
func (w *worker) subjectOf(e *evaluation) *policy.Subject {
	if e.at < 0 {
		return nil
	}
	if e.seen != nil {
		return e.seen
	}
	return &w.b.Subjects[e.at]
}

func (j *judge) timeout(r *rule) time.Duration {
	if r.Scope == policy.ScopeResource {
		return j.opts.Timeout
	}
	return j.opts.WideTimeout
}

// seenFrom is the worker's data with the parameters of the target.
func (w *worker) seenFrom(target string) *dataset {
	own, there := w.ownParams[target]
	if !there {
		return w.data
	}
	return &dataset{&ofTarget{w.data.store, own}, w.data.txn}
}

// query is the question about what is evaluated, ready to be asked.
func (w *worker) query(e *evaluation, q *question, timeout time.Duration) *topdown.Query {
	body := q.body
	if q.file {
		body = q.ofFile(e.file)
	}
	data := w.seenFrom(e.target)
	return topdown.NewQuery(body).
		WithCompiler(w.compiler).
		WithStore(data.store).
		WithTransaction(data.txn).
		WithInput(e.input).
		WithTime(w.c.Now).
		WithCancel(&deadline{ctx: w.ctx, at: time.Now().Add(timeout)}).
		WithMetrics(metrics.NoOp()).
		WithVirtualCache(e.cache).
		WithBuiltins(w.world.functions).
		WithStrictBuiltinErrors(q.dialect == native)
}

// evaluate asks the question.
func (w *worker) evaluate(e *evaluation, q *question, timeout time.Duration) (topdown.QueryResult, error) {
	query := w.query(e, q, timeout)
	r, err := w.bounded(timeout, func(ctx context.Context, limit *deadline) result {
		return answerOf(ctx, query.WithCancel(limit))
	})
	if err == nil && r.answer == nil {
		err = errors.New("it has no answer")
	}
	return r.answer, err
}

// bounded does a job that ends at its deadline, or is left behind.
func (w *worker) bounded(timeout time.Duration, job func(context.Context, *deadline) result) (result, error) {
	ctx := w.ctx
	limit := &deadline{ctx: ctx, at: time.Now().Add(timeout)}
	r, err := w.lane.do(ctx, timeout, func() result { return job(ctx, limit) })
	switch {
	case errors.Is(err, errStuck):
		w.lane.close()
		w.lane = newLane(w.session.ctx)
	case topdown.IsCancel(err):
		err = errTimeout
	case err != nil:
		err = evaluationError(err)
	}
	return r, err
}

// evaluationError is OPA's error with its place first and without its code.
func evaluationError(err error) error {
	var e *topdown.Error
	if !errors.As(err, &e) {
		return err
	}
	// What follows the first line shows values, which help nobody at this place.
	msg, _, _ := strings.Cut(e.Message, "\n")
	msg = strings.TrimSuffix(msg, ":")
	if e.Location == nil {
		return errors.New(msg)
	}
	return fmt.Errorf("%s: %s", place(e.Location), msg)
}

// deadline ends an evaluation. The evaluator asks it at each step, and it looks
// at the clock only now and then, so that no timer is needed.
type deadline struct {
	ctx   context.Context
	at    time.Time
	asked uint
	over  bool
}

const clockEvery = 64 // steps of the evaluator, each well under a millisecond

// Cancel implements topdown.Cancel.
func (d *deadline) Cancel() { d.over = true }

// Cancelled implements topdown.Cancel.
func (d *deadline) Cancelled() bool {
	d.asked++
	if d.asked%clockEvery == 0 && !d.over {
		d.over = d.ctx.Err() != nil || time.Now().After(d.at)
	}
	return d.over
}
