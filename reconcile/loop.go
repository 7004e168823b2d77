package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources"
)

// jitter is the share by which waits differ, so that many installations do not
// ask one server at the same instant.
const jitter = 0.1

// Run passes over all targets until ctx ends: at once when the source has
// something new or a driver sees drift, and otherwise after the shortest
// interval of the targets. It returns nil when ctx ended and the changes in
// hand were finished.
func (r *Reconciler) Run(ctx context.Context) error {
	newer, drift := r.newer, newSignal()
	if watcher, ok := r.options.Source.(sources.Watcher); ok {
		changed, err := watcher.Watch(ctx)
		if err != nil {
			return fmt.Errorf("watch the source: %w", err)
		}
		go newer.forward(ctx, changed)
	}
	watches := driverWatches{wake: drift, running: map[string]driverWatch{}}
	defer watches.stop()
	retry := backoff.NewExponentialBackOff()
	retry.InitialInterval, retry.MaxInterval, retry.RandomizationFactor = time.Second, time.Minute, 0.25
	defer r.working.Wait()
	defer r.due.Store(0)
	for {
		r.expect(r.passBound())
		preempt, passed := newer.during()
		result, err := r.Pass(ctx, PassOptions{Preempt: preempt, Late: drift.send})
		passed()
		if ctx.Err() != nil {
			return nil
		}
		r.emit(Event{Kind: EventPassed, Revision: result.Revision.ID})
		if err != nil {
			r.options.Logger.Error("pass", "err", err)
		}
		watches.follow(ctx, r)
		wait := r.interval(result)
		if err != nil || result.failed() {
			wait = min(wait, retry.NextBackOff())
		} else {
			retry.Reset()
		}
		r.expect(wait)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-newer.c:
		case <-drift.c:
		case <-timer.C:
		}
		timer.Stop()
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

func (result *Result) failed() bool {
	return result.FetchErr != nil || slices.ContainsFunc(result.Runs, func(run Run) bool { return run.Outcome == OutcomeFailed })
}

// interval is the shortest of the targets', with jitter.
func (r *Reconciler) interval(result *Result) time.Duration {
	shortest := time.Duration(0)
	if v := r.views[result.Revision.ID]; v != nil {
		for _, want := range v.targets {
			interval := cmp.Or(want.target.Interval, DefaultInterval)
			if shortest == 0 || interval < shortest {
				shortest = interval
			}
		}
	}
	shortest = cmp.Or(shortest, DefaultInterval)
	return time.Duration(float64(shortest) * (1 + jitter*(2*rand.Float64()-1)))
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

func (s *signal) forward(ctx context.Context, from <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-from:
			if !ok {
				return
			}
			s.send()
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

// driverWatches are the watches for drift, one for each driver that can.
type driverWatches struct {
	wake    *signal
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
		go w.wake.forward(watchCtx, drifted)
	}
}

func (w *driverWatches) stop() {
	for _, watch := range w.running {
		watch.stop()
	}
}
