package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"
)

// patience is how long a pass waits for targets at work when it is pre-empted.
const patience = 5 * time.Second

// crew are the targets at work in one pass.
type crew struct {
	*Reconciler
	newest  *view
	options PassOptions
	result  *Result
	works   []*work // the pass's own, and then those that came up
	running int     // targets of any work that have not ended
	long    int     // those of them that were not only told of
	done    chan *targetPass
	leave   chan struct{} // closed at the end, be it that not all have ended
	err     error
}

// runAll runs the targets, each when those that it depends on have ended; again
// those that are to be rolled back, and those of which something is told while
// others are at work. It returns when all have ended, or without those that hang
// when there is something new: they must not hold up the others.
func (c *crew) runAll(ctx context.Context, w *work) error {
	defer close(c.leave)
	c.long = len(w.targets)
	c.goOver(ctx, w)
	for c.running > 0 {
		told := c.told.c
		if c.long == 0 {
			told = nil // left to the next pass, which has more to look at
		}
		select {
		case t := <-c.done:
			c.hasDone(ctx, t)
		case <-told:
			c.again(ctx, c.told.take())
		case <-c.options.Preempt:
			c.windUp()
			return c.err
		case <-ctx.Done(): // they see it too, but for what hangs
			c.windUp()
			return c.err
		}
	}
	return c.err
}

// goOver sets the targets of a work to it.
func (c *crew) goOver(ctx context.Context, w *work) {
	c.works = append(c.works, w)
	c.running += len(w.targets)
	for _, t := range w.targets {
		go func() {
			c.carryOut(ctx, t)
			select {
			case c.done <- t:
			case <-c.leave:
			}
		}()
	}
}

func (c *crew) carryOut(ctx context.Context, t *targetPass) {
	for _, need := range t.work.needs[t.name] {
		if before := t.work.targets[need]; before != nil {
			select {
			case <-before.ended:
			case <-c.leave:
				return
			}
		}
	}
	if !c.begins(t) {
		return
	}
	run, began := t.record.ID, t.record.Started
	late := time.AfterFunc(t.runTimeout()+grace, func() {
		c.Reconciler.options.Logger.Error("a target has not come to its end in its time; what it waits for cannot be ended, such as a program that gets credentials",
			"target", t.name, "run", run, "began", began)
	})
	defer late.Stop()
	t.record = t.run(ctx)
	if !c.options.DryRun {
		t.follow(ctx)
	}
	c.ends(t)
}

// hasDone takes in that a target has ended, and goes over it once more if it is
// to be rolled back.
func (c *crew) hasDone(ctx context.Context, t *targetPass) {
	c.running--
	if t.work.brief {
		return
	}
	c.long--
	select {
	case <-c.options.Preempt: // it may be mended already
	default:
		if t.isToGoBack() {
			c.more(ctx, t.name, false)
		}
	}
}

// again goes over the targets of which something was told, but for those that
// are still to come in this pass.
func (c *crew) again(ctx context.Context, names []string) {
	for _, name := range names {
		toCome := slices.ContainsFunc(c.works, func(w *work) bool { return w.targets[name] != nil && !w.targets[name].hasEnded() })
		if toCome || !c.isKnown(name) || len(c.options.Only) > 0 {
			continue
		}
		c.more(ctx, name, true)
	}
}

// more goes over a target once more in this pass. What is brief does not keep
// the pass going.
func (c *crew) more(ctx context.Context, name string, brief bool) {
	w := &work{targets: map[string]*targetPass{}, waves: [][]string{{name}}, brief: brief}
	t, err := c.newTargetPass(ctx, w, name, c.newest, c.options, c.result)
	if err != nil {
		c.err = errors.Join(c.err, err)
		return
	}
	if !brief && !t.back {
		return
	}
	w.targets[name] = t
	if !brief {
		c.long++
	}
	c.goOver(ctx, w)
}

// windUp waits a little for those at work, and goes on without them.
func (c *crew) windUp() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for c.running > 0 {
		select {
		case <-c.done:
			c.running--
		case <-timer.C:
			c.goOn()
			return
		}
	}
}

// goOn ends the pass before its targets have ended.
func (c *crew) goOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.works {
		w.left = true
	}
}

// isLeft reports whether a pass ended before its targets have.
func (r *Reconciler) isLeft(work *work) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return work.left
}

// begins marks a target as at work, unless the pass has gone on without it.
func (r *Reconciler) begins(t *targetPass) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.work.left {
		return false
	}
	r.busy[t.name] = t
	r.working.Add(1)
	return true
}

// ends takes that back, and says so: whoever goes over the target again finds it
// free. Where the pass has gone on without the target, or
// something was told of it that it has not looked at, there is more to do.
func (r *Reconciler) ends(t *targetPass) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, t.name)
	r.working.Done()
	close(t.ended)
	select {
	case <-t.disturbance.c:
		r.told.add(t.name)
	default:
		if t.work.left {
			r.told.add(t.name)
		}
	}
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
	return r.busy[name] != nil
}

// isBehind reports whether another target, left behind by an earlier pass, is
// still at work at what it was to be then.
func (t *targetPass) isBehind(name string) bool {
	if t.work.targets[name] != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	other := t.busy[name]
	return other != nil && other.view != t.view && other.view != t.newest
}
