// Package reconcile decides. It knows the ports, sources, policy and drivers,
// and nothing of what stands behind them; cmd/holdfast puts the two together.
//
// Checker judges what is written, before merge. Reconciler brings targets in
// line: Pass goes once over all of them, Run is the loop. Start with Pass in
// pass.go, and targetPass.run in target.go, which reads as the recipe: observe,
// plan, judge, gate, apply, verify, record. Order, Gate and Prune are pure
// functions that hold the rules of what may happen; effects stand apart.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Options are the parts that a Reconciler is made of. All but Events are needed.
type Options struct {
	Source   sources.Source
	Renderer sources.Renderer
	Locator  sources.Locator
	Compiler policy.Compiler
	Drivers  []drivers.Kind
	Store    Store
	// Configure reads what a revision asks for. The user's mistakes are resource.Problems.
	Configure func(ctx context.Context, snapshot sources.Snapshot) (*Spec, error)
	Now       func() time.Time
	Logger    *slog.Logger
	// Events is called for each event, from several goroutines; it must not block for long.
	Events func(Event)
	// StopGrace is how long the changes in hand have when all is to stop, 25 seconds if 0.
	StopGrace time.Duration
}

// Reconciler brings targets in line with their source. Its passes are not concurrent.
type Reconciler struct {
	options Options
	views   map[string]*view // by revision; the newest, and the last good ones in use
	newest  sources.Snapshot // the newest that was fetched, for when the source is away
	whole   string           // the revision at which a pass went over all targets, if the last one did
	runs    int
	newer   *signal     // there may be something newer in the source
	asked   atomic.Bool // somebody asked to have a look at it
	looking sync.Mutex  // held while the newest revision is looked for
	told    *tidings    // there may be something at targets that are not at work
	watches driverWatches
	hangs   atomic.Bool  // a target did not come to its end when all was to stop
	due     atomic.Int64 // when the loop must have moved on, in Unix nanoseconds; 0 if it does not run
	secret  []byte       // of all recollections

	mu      sync.Mutex
	open    map[string]openDriver  // by target
	last    map[string]Run         // the run that was recorded last, by target
	busy    map[string]*targetPass // those at work, by target
	targets []string               // the names of those that are gone over
	// contests are the resources that someone else may be changing back.
	contests map[resource.Key]*contest
	// recollections are what the rules answered, by target.
	recollections map[string]*recollection
	// cutShort are the waits for health that something newer ended, by target.
	cutShort map[string]wait

	working sync.WaitGroup // counts the busy ones
}

type openDriver struct {
	drivers.Driver
	target             Target // as it was when the driver was opened
	destination, place string
}

func newOpenDriver(driver drivers.Driver, target Target) openDriver {
	opened := openDriver{Driver: driver, target: target, destination: driver.Destination()}
	if placer, ok := driver.(drivers.Placer); ok {
		opened.place = placer.Place()
	}
	return opened
}

// New makes a Reconciler. Close it after use.
func New(options Options) *Reconciler {
	if options.Events == nil {
		options.Events = func(Event) {}
	}
	return &Reconciler{
		options: options, views: map[string]*view{}, open: map[string]openDriver{}, last: map[string]Run{},
		newer: newSignal(), told: newTidings(), busy: map[string]*targetPass{}, contests: map[resource.Key]*contest{},
		recollections: map[string]*recollection{}, secret: newSecret(), cutShort: map[string]wait{},
	}
}

// Close closes the drivers that passes have opened, once no target is at work. It
// fails where one hangs, and leaves that one's driver open.
func (r *Reconciler) Close() error {
	var errs []error
	if err := r.settle(); err != nil {
		errs = append(errs, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, driver := range r.open {
		if r.busy[name] != nil {
			continue
		}
		errs = append(errs, driver.Close())
		delete(r.open, name)
	}
	return errors.Join(errs...)
}

// fault logs a panic and where it came from, and makes an error of it.
func (r *Reconciler) fault(fault any, about ...any) error {
	r.options.Logger.With(about...).Error("internal error", "fault", fault, "stack", string(debug.Stack()))
	return fmt.Errorf("internal error, a bug in holdfast: %v", fault)
}

// driver is the target's driver, opened, and opened anew where its settings
// changed. Only the target's own pass calls it.
func (r *Reconciler) driver(ctx context.Context, target Target) (drivers.Driver, error) {
	if known, ok := r.opened(target); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.open[target.Name] = newOpenDriver(known.Driver, known.target) // its place may have changed since
		return known.Driver, nil
	}
	r.mu.Lock()
	known, stale := r.open[target.Name]
	delete(r.open, target.Name)
	r.mu.Unlock()
	if stale {
		if err := known.Close(); err != nil {
			r.options.Logger.Warn("close driver", "target", target.Name, "err", err)
		}
	}
	driver, err := r.openDriver(ctx, target)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[target.Name] = newOpenDriver(driver, target)
	return driver, nil
}

// release closes the driver of a target that is not gone over any more, unless
// it is still at work.
func (r *Reconciler) release(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[name] != nil {
		return
	}
	r.watches.drop(name)
	delete(r.recollections, name)
	known, ok := r.open[name]
	if !ok {
		return
	}
	delete(r.open, name)
	if err := known.Close(); err != nil {
		r.options.Logger.Warn("close driver", "target", name, "err", err)
	}
}

// opened is the open driver with the target's settings, if there is one.
func (r *Reconciler) opened(target Target) (openDriver, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.open[target.Name]
	return known, ok && known.target.Driver == target.Driver && reflect.DeepEqual(known.target.Settings, target.Settings)
}

func (r *Reconciler) openDriver(ctx context.Context, target Target) (drivers.Driver, error) {
	kind, err := r.kind(target.Driver)
	if err != nil {
		return nil, err
	}
	driver, err := kind.Open(ctx, drivers.Options{
		Target: target.Name, Settings: target.Settings, Key: r.options.Store.Key(), Logger: r.options.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open driver %s: %w", target.Driver, err)
	}
	return driver, nil
}

// destination is what a target writes to, and where there what leaves it to the
// target's settings, without touching the driver that its own pass may be at work with.
func (r *Reconciler) destination(ctx context.Context, target Target) (destination, place string, err error) {
	known, ok := r.opened(target)
	if !ok {
		driver, err := r.openDriver(ctx, target)
		if err != nil {
			return "", "", err
		}
		known = newOpenDriver(driver, target)
		if err := driver.Close(); err != nil {
			return "", "", fmt.Errorf("close driver %s: %w", target.Driver, err)
		}
	}
	return known.destination, known.place, nil
}
