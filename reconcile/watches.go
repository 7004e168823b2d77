package reconcile

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/holdfast-dev/holdfast/drivers"
)

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

// tell has a target gone over again: by the run that is at work there, where it
// waits for health or comes to do so, or else by another one.
func (r *Reconciler) tell(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.busy[target]; t != nil {
		t.disturbance.send()
		return
	}
	r.told.add(target)
}

// driverWatches are the watches for drift while the loop runs, one for each
// driver that can.
type driverWatches struct {
	mu      sync.Mutex
	running map[string]driverWatch // by target; nil while the loop does not run
}

type driverWatch struct {
	driver drivers.Driver
	owned  []drivers.Owned
	stop   context.CancelFunc
}

func (w *driverWatches) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = map[string]driverWatch{}
}

func (w *driverWatches) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, watch := range w.running {
		watch.stop()
	}
	w.running = nil
}

// drop ends the watch of a target.
func (w *driverWatches) drop(target string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if watch, running := w.running[target]; running {
		watch.stop()
		delete(w.running, target)
	}
}

// follow has what the target owns watched from now on, anew where that is not
// what it was.
func (t *targetPass) follow(ctx context.Context) {
	watcher, ok := t.driver.(drivers.Watcher)
	t.watches.mu.Lock()
	defer t.watches.mu.Unlock()
	if t.watches.running == nil || !ok {
		return
	}
	log := t.Reconciler.options.Logger.With("target", t.name)
	owned, err := t.Reconciler.options.Store.Owned(ctx, t.name)
	if err != nil {
		log.Warn("watch for drift", "err", err)
		return
	}
	current, running := t.watches.running[t.name]
	if running && current.driver == t.driver && slices.EqualFunc(current.owned, owned, sameEntry) {
		return
	}
	if running {
		current.stop()
		delete(t.watches.running, t.name)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives the run
	drifted, err := watcher.Watch(ctx, owned)
	if err != nil {
		stop()
		log.Warn("watch for drift; it will be seen at the next interval", "err", err)
		return
	}
	t.watches.running[t.name] = driverWatch{t.driver, owned, stop}
	go forward(ctx, drifted, func() { t.tell(t.name) })
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
