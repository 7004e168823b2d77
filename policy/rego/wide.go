package rego

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
)

// task is the evaluation of rules that look at several resources: about a
// subject of a batch, or, if at is -1, about a target or all there is.
type task struct {
	b      *batch
	at     int
	rule   *rule  // of a wider scope, else nil
	target string // of a wider scope
}

func (s *session) tasks(wide *batch) []task {
	var tasks []task
	for _, r := range s.rules {
		switch r.Scope {
		case policy.ScopeTarget:
			for _, name := range slices.Sorted(maps.Keys(s.targets)) {
				tasks = append(tasks, task{wide, -1, r, name})
			}
		case policy.ScopeSnapshot:
			tasks = append(tasks, task{wide, -1, r, ""})
		}
	}
	for _, b := range s.batches {
		b.left = 0
		for i := range b.Subjects {
			if len(s.planOf(&b.Subjects[i]).across) > 0 {
				tasks = append(tasks, task{b: b, at: i})
				b.left++
			}
		}
	}
	return tasks
}

// seenWhole reports whether some of the questions is for constraints, which see
// the content itself beside what Rego sees of it.
func seenWhole(questions []*question) bool {
	return slices.ContainsFunc(questions, func(q *question) bool { return q.dialect == constraints })
}

// hold loads the batch's contents until its last task is done.
func (b *batch) hold() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held {
		return nil
	}
	err := b.Load()
	b.held = err == nil
	return err
}

// done counts a task of the batch.
func (b *batch) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left--; b.left == 0 && b.held {
		b.held = false
		b.Unload()
	}
}

// run does the tasks side by side.
func (s *session) run(ctx context.Context, tasks []task, forest *forest) error {
	if len(tasks) == 0 {
		return nil
	}
	gaps := s.gaps()
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(s.opts.Workers, len(tasks)) {
		group.Go(func() error {
			w := s.worker(ctx, nil, nil)
			w.gaps = gaps
			defer s.rest(w)
			for {
				at := int(next.Add(1)) - 1
				if at >= len(tasks) {
					return nil
				}
				if err := s.do(w, &tasks[at], forest); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// do does a task, or recalls what came of it if all that it read is as it was.
func (s *session) do(w *worker, t *task, forest *forest) error {
	defer t.b.done()
	answered := wider{at: t.at, rule: t.rule, target: t.target}
	if s.memory != nil && !s.meetsGaps(w, t) && s.memory.recallWider(s, t, forest, &answered) {
		t.b.join(&batch{wider: []wider{answered}})
		return nil
	}
	store := &reading{Store: s.base.store, forest: forest}
	if s.memory != nil {
		store.seen = map[string]struct{}{}
	}
	w.b, w.data = &batch{Batch: t.b.Batch}, &dataset{store, s.base.txn}
	if err := s.askWider(w, t); err != nil {
		return err
	}
	if store.fault != nil {
		return store.fault
	}
	answered.take(s, w.b, store, forest)
	w.b.raws, w.b.wider = nil, []wider{answered}
	t.b.join(w.b)
	return nil
}

// meetsGaps reports whether something that is asked for the task can meet a
// value that is known only after apply.
func (s *session) meetsGaps(w *worker, t *task) bool {
	if t.rule != nil {
		return len(w.gaps.metBy(t.rule)) > 0
	}
	return slices.ContainsFunc(s.planOf(&t.b.Subjects[t.at]).across, func(q *question) bool {
		return slices.ContainsFunc(q.rules, func(r *rule) bool { return len(w.gaps.metBy(r)) > 0 })
	})
}

func (s *session) askWider(w *worker, t *task) error {
	if t.rule != nil {
		return w.wide(t.rule, t.target)
	}
	content, err := s.content(t.b, t.at)
	if err != nil {
		return err
	}
	questions := s.planOf(&t.b.Subjects[t.at]).across
	if t.b.Load != nil && seenWhole(questions) {
		if err := t.b.hold(); err != nil {
			return err
		}
	}
	for _, q := range questions {
		if err := w.subject(t.at, content, q); err != nil {
			return err
		}
	}
	return nil
}

// join takes in what came of a task.
func (b *batch) join(part *batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wider = append(b.wider, part.wider...)
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
