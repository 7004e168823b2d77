package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

// Run passes over the targets until ctx ends: over all of them at once when the
// source has something new, over one when its driver sees drift, and otherwise
// over each after its interval. It returns nil when ctx ended and the changes in
// hand were finished.
func (r *Reconciler) Run(ctx context.Context) error {
	newer := r.newer
	if watcher, ok := r.options.Source.(sources.Watcher); ok {
		changed, err := watcher.Watch(ctx)
		if err != nil {
			return fmt.Errorf("watch the source: %w", err)
		}
		go forward(ctx, changed, newer.send)
	}
	r.watches.begin()
	defer r.watches.end()
	next := newSchedule()
	defer func() { _ = r.settle() }() // Close tells of those that hang
	defer r.due.Store(0)
	for {
		r.expect(r.passBound())
		began := r.options.Now()
		r.asked.Store(false)
		preempt, passed := newer.during(ctx, r.isNewer)
		result, err := r.Pass(ctx, PassOptions{Preempt: preempt, Due: next.due(began)})
		passed()
		if ctx.Err() != nil {
			return nil
		}
		r.emit(Event{Kind: EventPassed, Revision: result.Revision.ID})
		if err != nil {
			r.options.Logger.Error("pass", "err", err)
		}
		now := r.options.Now()
		next.passed(began, now, result, err, r.intervals(result))
		wait := next.wait(now)
		r.expect(wait)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-newer.c:
			next.all = true
		case <-r.told.c:
		case <-timer.C:
		}
		timer.Stop()
		next.tell(r.told.take())
	}
}

// ErrNoTarget: no target has that name.
var ErrNoTarget = errors.New("no such target")

// Sync has the loop fetch and go over the targets at once, as if the source had
// told of something new. With a target's name it does so only if there is that
// target.
func (r *Reconciler) Sync(target string) error {
	if target != "" && !r.isKnown(target) {
		return fmt.Errorf("target %q: %w", target, ErrNoTarget)
	}
	r.asked.Store(true)
	r.newer.send()
	return nil
}

// isNewer reports whether somebody asked to have a look, or the source has
// another revision than the pass under way: that it may have one is no reason to
// end a wait for health, which else had no end where the source is polled often.
func (r *Reconciler) isNewer(ctx context.Context) bool {
	r.looking.Lock()
	defer r.looking.Unlock()
	if r.asked.Swap(false) {
		return true
	}
	snapshot, err := r.options.Source.Fetch(ctx)
	return err == nil && (r.newest == nil || snapshot.Revision().ID != r.newest.Revision().ID)
}

func (r *Reconciler) isKnown(target string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.targets, target)
}

// stopGrace is how long the changes in hand have when all is to stop. Longer
// than that hangs what no context ends, such as a program that gets credentials.
const stopGrace = 25 * time.Second

// settle waits for the targets at work, and fails with the names of those that
// do not come to their end.
func (r *Reconciler) settle() error {
	ended := make(chan struct{})
	go func() {
		r.working.Wait()
		close(ended)
	}()
	within := cmp.Or(r.options.StopGrace, stopGrace)
	if r.hangs.Load() {
		within = min(within, time.Second) // it was waited for
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-ended:
		return nil
	case <-timer.C:
	}
	r.hangs.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Errorf("stopped without waiting longer for what hangs: target %s", strings.Join(slices.Sorted(maps.Keys(r.busy)), ", "))
}

// grace is how late the loop may be before it counts as stuck.
const grace = time.Minute

func (r *Reconciler) expect(within time.Duration) {
	r.due.Store(r.options.Now().Add(within + grace).UnixNano())
}

// passBound is the longest that a pass may take: each wave has its deadline.
func (r *Reconciler) passBound() time.Duration {
	bound := DefaultRunTimeout
	if r.newest == nil {
		return bound
	}
	if v := r.views[r.newest.Revision().ID]; v != nil {
		bound += time.Duration(len(v.waves)) * v.spec.RunTimeout
	}
	return bound
}

// Alive says what is wrong with the loop; nil while it turns.
func (r *Reconciler) Alive() error {
	due := r.due.Load()
	if due == 0 {
		return errors.New("the loop is not running")
	}
	if late := r.options.Now().Sub(time.Unix(0, due)); late > 0 {
		return fmt.Errorf("the loop has not moved on for %s longer than it may", late.Round(time.Second))
	}
	return nil
}

// signal wakes the loop; any number of sends before it looks count as one.
type signal struct{ c chan struct{} }

func newSignal() *signal { return &signal{make(chan struct{}, 1)} }

func (s *signal) send() {
	select {
	case s.c <- struct{}{}:
	default:
	}
}

// during gives a channel that closes when the signal comes before the returned
// function is called, and it is for something new. The signal is not used up by it.
func (s *signal) during(ctx context.Context, isNew func(context.Context) bool) (<-chan struct{}, func()) {
	preempt := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		came := false
		defer func() {
			if came {
				s.send()
			}
		}()
		for {
			select {
			case <-s.c:
				came = true
				if isNew(ctx) {
					close(preempt)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	})
	return preempt, func() { stop(); group.Wait() }
}
