package reconcile

import (
	"context"
	"sync"
	"time"
)

// patience is how long a pass waits for targets at work when it is pre-empted.
const patience = 5 * time.Second

// runAll runs the targets, each when those that it depends on have ended. It
// returns when all have, or without those that hang when there is something
// new: they must not hold up the others.
func (r *Reconciler) runAll(ctx context.Context, work *work, options PassOptions) {
	var group sync.WaitGroup
	leave := make(chan struct{})
	for _, t := range work.targets {
		group.Go(func() {
			for _, need := range work.needs[t.name] {
				if before := work.targets[need]; before != nil {
					select {
					case <-before.ended:
					case <-leave:
						return
					}
				}
			}
			if !r.begins(work, t.name) {
				return
			}
			t.record = t.run(ctx)
			close(t.ended)
			if r.ends(work, t.name) {
				options.Late(t.name)
			}
		})
	}
	all := make(chan struct{})
	go func() { group.Wait(); close(all) }()
	select {
	case <-all:
		return
	case <-options.Preempt:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-all:
	case <-timer.C:
		r.leave(work)
		close(leave)
	}
}

// leave ends a pass before its targets have.
func (r *Reconciler) leave(work *work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	work.left = true
}

// isLeft reports whether a pass ended before its targets have.
func (r *Reconciler) isLeft(work *work) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return work.left
}

// begins marks a target as at work, unless the pass has gone on without it.
func (r *Reconciler) begins(work *work, name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if work.left {
		return false
	}
	r.busy[name] = true
	r.working.Add(1)
	return true
}

// ends takes that back, and reports whether the pass has gone on without it.
func (r *Reconciler) ends(work *work, name string) (late bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, name)
	r.working.Done()
	return work.left
}

func (t *targetPass) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

func (r *Reconciler) isBusy(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy[name]
}
