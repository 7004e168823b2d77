package git

import (
	"container/heap"
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Marks of a commit in a walk from two ends.
const (
	fromTip  = 1 << iota // the tip descends from it, or is it
	fromBase             // the base descends from it, or is it
	stale                // an ancestor of a common ancestor
)

// span is what a walk back from a tip and a base found.
type span struct {
	// descends is set where the tip is the base or descends from it.
	descends bool
	// fresh are the tip's ancestors, itself included, that are not the
	// base's, parents before children.
	fresh []*object.Commit
	// common are the newest commits that both descend from, newest first.
	common []plumbing.Hash
	// cut is set where the walk met the boundary of a shallow clone, and
	// freshCut where a fresh commit lies on it, so that there may be more.
	cut, freshCut bool
}

// walker goes back through history from the newest commit to the oldest, as
// far as is needed to tell what belongs to which end.
type walker struct {
	store   *store
	shallow map[plumbing.Hash]bool
	commits map[plumbing.Hash]*object.Commit
	marks   map[plumbing.Hash]int
	queue   commitQueue
	span    span
}

// between walks back from tip and base. Each decision holds whatever the dates
// of the commits say, except that a wrong date may put an old commit among
// the fresh ones.
func between(ctx context.Context, s *store, tip, base plumbing.Hash) (*span, error) {
	shallow, err := s.shallow()
	if err != nil {
		return nil, err
	}
	w := &walker{store: s, shallow: shallow, commits: map[plumbing.Hash]*object.Commit{}, marks: map[plumbing.Hash]int{}}
	for hash, mark := range map[plumbing.Hash]int{tip: fromTip, base: fromBase} {
		if err := w.mark(hash, mark); err != nil {
			return nil, err
		}
	}
	if tip == base {
		w.marks[tip] = fromTip | fromBase
	}
	var common []*object.Commit
	for w.undecided() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		commit := heap.Pop(&w.queue).(*object.Commit)
		marks := w.marks[commit.Hash]
		if marks == fromTip|fromBase && !slices.ContainsFunc(common, func(c *object.Commit) bool { return c.Hash == commit.Hash }) {
			common = append(common, commit)
		}
		if marks&(fromTip|fromBase) == fromTip|fromBase {
			marks |= stale
		}
		if err := w.parents(commit, marks); err != nil {
			return nil, err
		}
	}
	for _, commit := range common {
		if w.marks[commit.Hash]&stale == 0 {
			w.span.common = append(w.span.common, commit.Hash)
		}
	}
	w.span.descends = w.marks[base]&fromTip != 0
	w.span.fresh = w.sorted(tip)
	w.span.freshCut = slices.ContainsFunc(w.span.fresh, w.onBoundary)
	return &w.span, nil
}

// undecided reports whether an unread commit can still change the outcome.
func (w *walker) undecided() bool {
	return slices.ContainsFunc(w.queue, func(c *object.Commit) bool { return w.marks[c.Hash]&stale == 0 })
}

func (w *walker) parents(commit *object.Commit, marks int) error {
	if w.onBoundary(commit) {
		w.span.cut = true
		return nil
	}
	for _, parent := range commit.ParentHashes {
		if err := w.mark(parent, marks); err != nil {
			return err
		}
	}
	return nil
}

// onBoundary reports whether a commit's parents are missing on purpose.
func (w *walker) onBoundary(commit *object.Commit) bool {
	return w.shallow[commit.Hash] && len(commit.ParentHashes) > 0
}

// mark adds marks to a commit, and queues it where they are new to it.
func (w *walker) mark(hash plumbing.Hash, marks int) error {
	if w.marks[hash]&marks == marks {
		return nil
	}
	commit, known := w.commits[hash]
	if !known {
		var err error
		if commit, err = w.store.commit(hash); err != nil {
			return err
		}
		w.commits[hash] = commit
	}
	w.marks[hash] |= marks
	if !slices.Contains(w.queue, commit) {
		heap.Push(&w.queue, commit)
	}
	return nil
}

// sorted is the commits that only the tip descends from, parents first.
func (w *walker) sorted(tip plumbing.Hash) []*object.Commit {
	var order []*object.Commit
	type step struct {
		hash plumbing.Hash
		done bool // its parents are in order
	}
	seen := map[plumbing.Hash]bool{}
	stack := []step{{hash: tip}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if top.done {
			order = append(order, w.commits[top.hash])
			continue
		}
		if seen[top.hash] || w.marks[top.hash] != fromTip {
			continue
		}
		seen[top.hash] = true
		stack = append(stack, step{top.hash, true})
		for _, parent := range w.commits[top.hash].ParentHashes {
			stack = append(stack, step{hash: parent})
		}
	}
	return order
}

// commitQueue is a heap with the newest commit first.
type commitQueue []*object.Commit

func (q commitQueue) Len() int           { return len(q) }
func (q commitQueue) Less(i, j int) bool { return q[i].Committer.When.After(q[j].Committer.When) }
func (q commitQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *commitQueue) Push(x any)        { *q = append(*q, x.(*object.Commit)) }
func (q *commitQueue) Pop() any {
	last := len(*q) - 1
	commit := (*q)[last]
	*q = (*q)[:last]
	return commit
}

// mergeBase is the newest commit that both a and b descend from.
func mergeBase(ctx context.Context, s *store, a, b plumbing.Hash) (plumbing.Hash, bool, error) {
	walked, err := between(ctx, s, a, b)
	if err != nil {
		return plumbing.ZeroHash, false, fmt.Errorf("looking for the merge base of %s and %s: %w", a, b, err)
	}
	if len(walked.common) == 0 {
		return plumbing.ZeroHash, walked.cut, nil
	}
	return walked.common[0], walked.cut, nil
}
