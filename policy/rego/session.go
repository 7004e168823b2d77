package rego

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// session implements policy.Session. Rules that need no more than the subject
// itself are asked as the batches come; those that look at other resources,
// when all are known.
type session struct {
	*judge
	c        policy.Case // Subjects is empty
	phase    *ast.Term
	alone    *dataset   // without the resources
	liveGaps []unknowns // of what is live
	timeouts map[*rule]*atomic.Int32
	givenUp  atomic.Bool // some rule ran into its deadline too often
	plans    sync.Map    // of group and kind to *plan

	ctx context.Context // of the lanes
	end context.CancelFunc

	mu       sync.Mutex // guards what follows
	lanes    []*lane    // that nobody uses
	targets  map[string]*ast.Term
	redactor *resource.Redactor // nil as long as nothing is sensitive
	batches  []*batch

	topics func() map[resource.Key][]topic // once all are known
}

// batch is a policy.Batch with what came of it.
type batch struct {
	*policy.Batch
	terms     []*ast.Term // the subjects' contents, nil where nobody will look at them any more
	raws      []raw
	undecided []policy.Undecided
	skipped   map[*rule]int
}

// Open implements policy.Judge.
func (j *judge) Open(ctx context.Context, c policy.Case, _ policy.Memory) (policy.Session, error) {
	return j.open(ctx, c)
}

func (j *judge) open(ctx context.Context, c policy.Case) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.Now.IsZero() {
		c.Now = time.Unix(0, 0) // OPA would take the machine's clock
	}
	c.Subjects = nil
	s := &session{
		judge: j, c: c,
		phase:    ast.StringTerm(string(c.Phase)),
		timeouts: make(map[*rule]*atomic.Int32, len(j.rules)),
		targets:  map[string]*ast.Term{},
	}
	s.ctx, s.end = context.WithCancel(ctx)
	s.topics = sync.OnceValue(s.indexTopics)
	for _, r := range j.rules {
		s.timeouts[r] = &atomic.Int32{}
	}
	for _, t := range c.Targets {
		s.targets[t.Name] = targetTerm(t)
	}
	for i := range c.Context {
		s.hide(&c.Context[i])
	}
	for i := range c.Live {
		s.hide(&c.Live[i])
		s.liveGaps = appendGaps(s.liveGaps, &c.Live[i])
	}
	var err error
	s.alone, err = j.world.dataset(ctx, caseData{live: s.liveTree()})
	return s, err
}

// Judge implements policy.Judge.
func (j *judge) Judge(ctx context.Context, c policy.Case) (*policy.Report, error) {
	s, err := j.open(ctx, c)
	if err != nil {
		return nil, err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(j.opts.Workers)
	const size = 64
	for chunk := range slices.Chunk(c.Subjects, size) {
		b := &policy.Batch{Index: len(s.batches), Subjects: chunk}
		kept := s.take(b)
		group.Go(func() error { return s.ask(inner, kept) })
	}
	if err := group.Wait(); err != nil {
		s.end()
		return nil, err
	}
	return s.Report(ctx)
}

// Judge implements policy.Session.
func (s *session) Judge(ctx context.Context, b *policy.Batch) error {
	err := s.ask(ctx, s.take(b))
	if err != nil {
		s.end()
	}
	return err
}

func (s *session) take(given *policy.Batch) *batch {
	b := &batch{Batch: given, terms: make([]*ast.Term, len(given.Subjects))}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, b)
	return b
}

// ask asks the rules that need no more than the subject itself, and lets go
// of what no other will look at.
func (s *session) ask(ctx context.Context, b *batch) error {
	if b.Load != nil {
		if err := b.Load(); err != nil {
			return err
		}
		defer b.Unload()
	}
	s.see(b)
	w := s.worker(ctx, b, s.alone)
	defer s.rest(w)
	for i := range b.Subjects {
		plan := s.plan(b.Subjects[i].ID.GroupKind())
		if len(plan.alone) == 0 && !plan.kept {
			continue
		}
		content := b.content(i)
		for _, q := range plan.alone {
			if err := w.subject(i, content, q); err != nil {
				return err
			}
		}
		if plan.kept {
			b.terms[i] = content
		}
	}
	return nil
}

// content is the content of a subject as Rego sees it, null for what is to be deleted.
func (b *batch) content(i int) *ast.Term {
	if res := b.Subjects[i].Resource; res != nil {
		return toTerm(res.Content)
	}
	return ast.InternedNullTerm
}

// see notes what is sensitive in the batch, and targets that only it names.
func (s *session) see(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.Subjects {
		subject := &b.Subjects[i]
		if _, known := s.targets[subject.ID.Target]; !known {
			s.targets[subject.ID.Target] = targetTerm(policy.Target{Name: subject.ID.Target})
		}
		s.hide(subject.Resource)
		s.hide(subject.Live)
		if subject.Change != nil {
			s.hide(subject.Change.Before)
			s.hide(subject.Change.After)
		}
	}
}

func (s *session) hide(r *resource.Resource) {
	if r == nil || len(r.Sensitive) == 0 {
		return
	}
	if s.redactor == nil {
		s.redactor = &resource.Redactor{}
	}
	s.redactor.Add(r)
}

func (s *session) target(name string) *ast.Term {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.targets[name]
}

func targetTerm(t policy.Target) *ast.Term {
	return toTerm(map[string]any{"name": t.Name, "driver": t.Driver, "path": t.Path, "mode": t.Mode})
}

// plan is what to ask about resources of one group and kind.
type plan struct {
	alone  []*question // of rules that need no more than the resource
	across []*question // of rules that look at other resources too
	kept   bool        // whether some rule looks at such resources once all are known
}

func (s *session) plan(groupKind string) *plan {
	if known, ok := s.plans.Load(groupKind); ok {
		return known.(*plan)
	}
	made := &plan{alone: s.questionsFor(groupKind, false), across: s.questionsFor(groupKind, true)}
	made.kept = len(made.across) > 0 || slices.ContainsFunc(s.rules, func(r *rule) bool {
		return r.reads.resources && r.reads.readsKind(groupKind)
	})
	known, _ := s.plans.LoadOrStore(groupKind, made)
	return known.(*plan)
}

// questionsFor are one question for each dialect that has rules about the kind.
func (s *session) questionsFor(groupKind string, across bool) []*question {
	rules := map[dialect][]*rule{}
	for _, r := range s.rules {
		if r.Scope == policy.ScopeResource && r.reads.resources == across && r.matches(groupKind) {
			rules[r.dialect] = append(rules[r.dialect], r)
		}
	}
	var questions []*question
	for _, d := range slices.Sorted(maps.Keys(rules)) {
		questions = append(questions, newQuestion(d, rules[d]))
	}
	return questions
}

// Report implements policy.Session.
func (s *session) Report(ctx context.Context) (*policy.Report, error) {
	defer s.end()
	slices.SortStableFunc(s.batches, func(a, b *batch) int { return a.Index - b.Index })
	wide := &batch{Batch: &policy.Batch{Index: len(s.batches)}}
	tasks, needsResources := s.acrossTasks(wide)
	if len(tasks) > 0 {
		whole := s.alone
		if needsResources {
			var err error
			if whole, err = s.world.dataset(ctx, caseData{live: s.liveTree(), resources: s.resourceTree()}); err != nil {
				return nil, err
			}
		}
		if err := s.run(ctx, tasks, whole); err != nil {
			return nil, err
		}
	}
	return s.report(append(s.batches, wide)), nil
}

// task is an evaluation that needs to know all resources.
type task struct {
	b   *batch
	ask func(*worker) error
}

func (s *session) acrossTasks(wide *batch) (tasks []task, needsResources bool) {
	names := make([]string, 0, len(s.targets))
	for name := range s.targets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, r := range s.rules {
		needsResources = needsResources || r.reads.resources
		switch r.Scope {
		case policy.ScopeTarget:
			for _, name := range names {
				tasks = append(tasks, task{wide, func(w *worker) error { return w.wide(r, name) }})
			}
		case policy.ScopeSnapshot:
			tasks = append(tasks, task{wide, func(w *worker) error { return w.wide(r, "") }})
		}
	}
	for _, b := range s.batches {
		for i := range b.Subjects {
			for _, q := range s.plan(b.Subjects[i].ID.GroupKind()).across {
				tasks = append(tasks, task{b, func(w *worker) error { return w.subject(i, b.terms[i], q) }})
			}
		}
	}
	return tasks, needsResources
}

// run does the tasks side by side.
func (s *session) run(ctx context.Context, tasks []task, data *dataset) error {
	gaps := s.gaps()
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(s.opts.Workers, len(tasks)) {
		group.Go(func() error {
			w := s.worker(ctx, nil, data)
			w.gaps = gaps
			defer s.rest(w)
			for {
				at := int(next.Add(1)) - 1
				if at >= len(tasks) {
					return nil
				}
				b := &batch{Batch: tasks[at].b.Batch, terms: tasks[at].b.terms}
				w.b = b
				err := tasks[at].ask(w)
				s.mu.Lock()
				tasks[at].b.join(b)
				s.mu.Unlock()
				if err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// join takes in what came of a part of the batch.
func (b *batch) join(part *batch) {
	b.raws = append(b.raws, part.raws...)
	b.undecided = append(b.undecided, part.undecided...)
	for r, n := range part.skipped {
		b.skip(r, n)
	}
}

func (b *batch) skip(r *rule, n int) {
	if b.skipped == nil {
		b.skipped = map[*rule]int{}
	}
	b.skipped[r] += n
}

// gaps are all values of the case that are known only after apply.
func (s *session) gaps() []unknowns {
	gaps := slices.Clone(s.liveGaps)
	for _, b := range s.batches {
		for i := range b.Subjects {
			gaps = appendGaps(gaps, b.Subjects[i].Resource)
			gaps = appendGaps(gaps, b.Subjects[i].Live)
		}
	}
	for i := range s.c.Context {
		gaps = appendGaps(gaps, &s.c.Context[i])
	}
	return gaps
}
