package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
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
	watches := driverWatches{told: newTidings(), running: map[string]driverWatch{}}
	defer watches.stop()
	next := newSchedule()
	defer r.working.Wait()
	defer r.due.Store(0)
	for {
		r.expect(r.passBound())
		began := r.options.Now()
		preempt, passed := newer.during()
		result, err := r.Pass(ctx, PassOptions{Preempt: preempt, Late: watches.told.add, Due: next.due(began)})
		passed()
		if ctx.Err() != nil {
			return nil
		}
		r.emit(Event{Kind: EventPassed, Revision: result.Revision.ID})
		if err != nil {
			r.options.Logger.Error("pass", "err", err)
		}
		watches.follow(ctx, r)
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
		case <-watches.told.c:
		case <-timer.C:
		}
		timer.Stop()
		next.tell(watches.told.take())
	}
}

// ErrNoTarget: no target has that name.
var ErrNoTarget = errors.New("no such target")

// Sync has the loop fetch and go over the targets at once, as if the source had
// told of something new. With a target's name it does so only if there is that
// target.
func (r *Reconciler) Sync(target string) error {
	r.mu.Lock()
	known := target == "" || slices.Contains(r.targets, target)
	r.mu.Unlock()
	if !known {
		return fmt.Errorf("target %q: %w", target, ErrNoTarget)
	}
	r.newer.send()
	return nil
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

// forward passes on what is told, until ctx or from ends.
func forward(ctx context.Context, from <-chan struct{}, tell func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-from:
			if !open {
				return
			}
			tell()
		}
	}
}

// during gives a channel that closes when the signal comes before the returned
// function is called. The signal is not used up by it.
func (s *signal) during() (<-chan struct{}, func()) {
	preempt, done := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		select {
		case <-s.c:
			close(preempt)
			s.send()
		case <-done:
		}
	})
	return preempt, func() { close(done); group.Wait() }
}

// tidings wake the loop, and say what for.
type tidings struct {
	*signal
	mu      sync.Mutex
	targets map[string]bool
}

func newTidings() *tidings { return &tidings{signal: newSignal(), targets: map[string]bool{}} }

// add says that there is something at a target.
func (n *tidings) add(target string) {
	n.mu.Lock()
	n.targets[target] = true
	n.mu.Unlock()
	n.send()
}

// take gives the targets of which something was told since the last time.
func (n *tidings) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	targets := slices.Collect(maps.Keys(n.targets))
	clear(n.targets)
	return targets
}

// driverWatches are the watches for drift, one for each driver that can.
type driverWatches struct {
	told    *tidings
	running map[string]driverWatch
}

type driverWatch struct {
	driver drivers.Driver
	owned  []drivers.Owned
	stop   context.CancelFunc
}

// follow starts a watch for each open driver, and anew where what it owns has changed.
func (w *driverWatches) follow(ctx context.Context, r *Reconciler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, watch := range w.running {
		if _, open := r.open[name]; !open {
			watch.stop()
			delete(w.running, name)
		}
	}
	for name, open := range r.open {
		watcher, ok := open.Driver.(drivers.Watcher)
		if !ok || r.busy[name] { // a driver is not called while it is at work
			continue
		}
		owned, err := r.options.Store.Owned(ctx, name)
		if err != nil {
			r.options.Logger.Warn("watch for drift", "target", name, "err", err)
			continue
		}
		current, running := w.running[name]
		if running && current.driver == open.Driver && slices.EqualFunc(current.owned, owned, sameEntry) {
			continue
		}
		if running {
			current.stop()
			delete(w.running, name)
		}
		watchCtx, stop := context.WithCancel(ctx)
		drifted, err := watcher.Watch(watchCtx, owned)
		if err != nil {
			stop()
			r.options.Logger.Warn("watch for drift; it will be seen at the next interval", "target", name, "err", err)
			continue
		}
		w.running[name] = driverWatch{open.Driver, owned, stop}
		go forward(watchCtx, drifted, func() { w.told.add(name) })
	}
}

func (w *driverWatches) stop() {
	for _, watch := range w.running {
		watch.stop()
	}
}
