package rego

import (
	"context"
	"fmt"
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
	memory   *memory  // nil for none
	base     *dataset // without anything of the case
	alone    *dataset // without the resources
	around   *surroundings
	liveGaps *unknowns // of what is live
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

	topics func() (subjects, live topics) // once all are known
	whole  func() (*ast.Term, error)      // the input of --combine, likewise
}

// batch is a policy.Batch with what came of it.
type batch struct {
	*policy.Batch
	raws      []raw // of the rules that are asked as the batches come
	undecided []policy.Undecided
	skipped   map[*rule]int
	recalled  *record // what is remembered of the batch, nil if nothing
	whole     bool    // whether all of recalled still holds
	key       digest  // where it is kept, if it lasts, once keyed
	keyed     bool
	lasts     bool
	wider     []wider // of the rules that look at other resources

	mu      sync.Mutex  // guards what follows
	left    int         // tasks that are not done yet
	held    bool        // whether the contents are loaded until they are
	terms   []*ast.Term // the subjects' contents, nil where nobody looked at them yet or will any more
	digests []string    // of the contents, "" where nobody asked
}

// Open implements policy.Judge.
func (j *judge) Open(ctx context.Context, c policy.Case, kept policy.Memory) (policy.Session, error) {
	return j.open(ctx, c, kept)
}

func (j *judge) open(ctx context.Context, c policy.Case, kept policy.Memory) (*session, error) {
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
		liveGaps: &unknowns{},
		around:   surroundingsOf(c.Context, kept),
	}
	s.ctx, s.end = context.WithCancel(ctx)
	s.topics = sync.OnceValues(s.indexTopics)
	s.whole = sync.OnceValues(s.combined)
	for _, r := range j.rules {
		s.timeouts[r] = &atomic.Int32{}
	}
	for _, t := range c.Targets {
		s.targets[t.Name] = targetTerm(t)
	}
	if shared := s.around.redactor; shared != nil {
		s.redactor = &resource.Redactor{Beside: shared}
	}
	for i := range c.Live {
		s.hide(&c.Live[i])
		s.liveGaps.add(&c.Live[i])
	}
	base, err := j.world.dataset(ctx)
	if err != nil {
		return nil, err
	}
	live := newForest()
	s.plantLive(live)
	s.base, s.alone = base, base.with(live)
	if kept != nil {
		s.memory = newMemory(kept, s)
	}
	return s, nil
}

// Judge implements policy.Judge.
func (j *judge) Judge(ctx context.Context, c policy.Case) (*policy.Report, error) {
	s, err := j.open(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(j.opts.Workers)
	const size = 64
	for chunk := range slices.Chunk(c.Subjects, size) {
		b := &policy.Batch{Index: len(s.batches), Subjects: chunk}
		if err := s.expects(b); err != nil {
			s.end()
			return nil, err
		}
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
	err := s.expects(b)
	if err == nil {
		err = s.ask(ctx, s.take(b))
	}
	if err != nil {
		s.end()
	}
	return err
}

// expects refuses a batch with a resource that a rule which is not ready is about.
func (s *session) expects(b *policy.Batch) error {
	if len(s.absent) == 0 {
		return nil
	}
	for i := range b.Subjects {
		if id := b.Subjects[i].ID; s.planOf(&b.Subjects[i]).unready {
			return fmt.Errorf("%s: %w", id, policy.ErrUnexpected)
		}
	}
	return nil
}

func (s *session) take(given *policy.Batch) *batch {
	b := &batch{Batch: given, terms: make([]*ast.Term, len(given.Subjects)), digests: make([]string, len(given.Subjects))}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, b)
	return b
}

// ask asks the rules that need no more than the subject itself, and lets go
// of what no other will look at.
func (s *session) ask(ctx context.Context, b *batch) error {
	var lacking map[*rule]bool // of the rules that are remembered to some part; nil for all
	if s.memory != nil {
		lacking = s.memory.recall(s, b)
	}
	if b.Load != nil && s.needsContents(b, lacking) {
		if err := b.Load(); err != nil {
			return err
		}
		defer b.Unload()
	}
	s.see(b)
	if lacking != nil && len(lacking) == 0 {
		return nil
	}
	w := s.worker(ctx, b, s.alone)
	defer s.rest(w)
	for i := range b.Subjects {
		if err := s.askSubject(w, i, lacking); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) askSubject(w *worker, i int, lacking map[*rule]bool) error {
	b := w.b
	plan := s.planOf(&b.Subjects[i])
	if lacking == nil {
		if len(plan.alone) == 0 && !plan.kept {
			return nil
		}
		content := b.read(i, w.lane.terms)
		if plan.kept {
			b.terms[i] = content
			if s.memory != nil {
				if err := s.memory.note(b, i); err != nil {
					return err
				}
			}
		}
		for _, q := range plan.alone {
			if err := w.subject(i, content, q); err != nil {
				return err
			}
		}
		return nil
	}
	for _, q := range plan.alone {
		for _, r := range q.rules {
			if lacking[r] {
				if err := w.subject(i, b.read(i, w.lane.terms), r.alone); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// needsContents reports whether anything is to be seen of the batch itself:
// some rule is to be asked, or it holds what must be hidden elsewhere.
func (s *session) needsContents(b *batch, lacking map[*rule]bool) bool {
	return lacking == nil || slices.ContainsFunc(b.Subjects, func(subject policy.Subject) bool {
		return subject.Resource != nil && len(subject.Resource.Sensitive) > 0 || len(lacking) > 0 &&
			slices.ContainsFunc(s.planOf(&subject).alone, func(q *question) bool {
				return slices.ContainsFunc(q.rules, func(r *rule) bool { return lacking[r] })
			})
	})
}

// read is the content of a subject as Rego sees it, null for what is to be
// deleted. The content must be there.
func (b *batch) read(i int, terms *terms) *ast.Term {
	if res := b.Subjects[i].Resource; res != nil {
		return terms.of(res.Content)
	}
	return ast.InternedNullTerm
}

// content is read, from the content where it is there and else loaded. To load
// a batch for one of its subjects costs as much as for all, so those that are
// kept are read along with it.
func (s *session) content(b *batch, i int) (*ast.Term, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.terms[i] != nil {
		return b.terms[i], nil
	}
	terms := newTerms()
	if b.Load != nil {
		if err := b.Load(); err != nil {
			return nil, err
		}
		defer b.Unload()
		// Once they are read none of them is asked for again. One that is not
		// kept is read alone: it would be asked for beside them each time.
		if s.planOf(&b.Subjects[i]).kept {
			for j := range b.Subjects {
				if b.terms[j] == nil && s.planOf(&b.Subjects[j]).kept {
					b.terms[j] = b.read(j, terms)
				}
			}
		}
	}
	if b.terms[i] == nil {
		b.terms[i] = b.read(i, terms)
	}
	return b.terms[i], nil
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

// Report implements policy.Session.
func (s *session) Report(ctx context.Context) (*policy.Report, error) {
	defer s.end()
	slices.SortStableFunc(s.batches, func(a, b *batch) int { return a.Index - b.Index })
	forest := s.forest()
	wide := &batch{Batch: &policy.Batch{Index: len(s.batches)}}
	if err := s.run(ctx, s.tasks(wide), forest); err != nil {
		return nil, err
	}
	batches := append(s.batches, wide)
	if s.memory != nil {
		s.memory.keep(s, batches)
	}
	return s.report(batches), nil
}

// forest is all that the rules may see of the case's resources.
func (s *session) forest() *forest {
	f := newForest()
	s.plantLive(f)
	if slices.ContainsFunc(s.rules, func(r *rule) bool { return r.reads.resources }) {
		s.plantResources(f)
	}
	return f
}

// gaps are all values of the case that are known only after apply.
func (s *session) gaps() *unknowns {
	gaps := &unknowns{}
	for i := range s.c.Live {
		gaps.add(&s.c.Live[i])
	}
	for _, b := range s.batches {
		for i := range b.Subjects {
			gaps.add(b.Subjects[i].Resource)
			gaps.add(b.Subjects[i].Live)
		}
	}
	for _, res := range s.around.unknown {
		if left := s.c.Context.Left(); left == "" || res.ID.Target != left {
			gaps.add(res)
		}
	}
	return gaps
}
