package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// PassOptions say what a pass may do.
type PassOptions struct {
	// DryRun plans and judges, and writes nothing: not to a target, not to the state.
	DryRun bool
	// JudgeLive judges what is live where it differs from what is desired, in a
	// dry run too.
	JudgeLive bool
	// Unmanaged lists, and judges, what is at the destinations and nobody manages.
	Unmanaged bool
	// Only are the targets to go over; empty for all.
	Only []string
	// Preempt, when it is closed, ends waits for health: there is something new
	// to do. Targets that then do not come to their end are left behind: they go
	// on, and later passes leave them out until they have ended.
	Preempt <-chan struct{}
	// Due chooses the targets to go over where the newest revision is that of
	// the last pass over all; nil for all.
	Due func(target string) bool
}

// Result is how a pass went.
type Result struct {
	Revision sources.Revision
	// Runs are in the order of the targets' dependencies; then come further ones,
	// of targets that were rolled back, or drifted while others were at work.
	Runs []Run
	// Unfit is what is wrong with the newest revision as a whole; the runs are
	// then at the last good ones. FetchErr is why there was no newest one.
	Unfit    resource.Problems
	FetchErr error
	Orphans  []string
	// Unmanaged is one for each destination of which the driver can tell, where
	// that was asked for.
	Unmanaged []Unmanaged
}

// Pass goes once over the targets. Its error is for what concerns all of them;
// what befalls one target is in its Run.
func (r *Reconciler) Pass(ctx context.Context, options PassOptions) (result *Result, err error) {
	defer func() {
		if fault := recover(); fault != nil { // a commit that it trips over must not keep out the one that mends it
			err = r.fault(fault)
		}
	}()
	result = &Result{}
	newest, err := r.look(ctx, result)
	if err != nil {
		return result, err
	}
	work, err := r.gather(ctx, newest, options, result)
	if err != nil {
		return result, err
	}
	c := &crew{
		Reconciler: r, newest: newest, options: options, result: result,
		done: make(chan *targetPass), leave: make(chan struct{}),
	}
	err = c.runAll(ctx, work)
	for _, w := range c.works {
		result.take(w)
	}
	if err == nil {
		err = r.forgetOrphans(ctx, result, newest != nil && !options.DryRun)
	}
	if options.Unmanaged {
		r.listUnmanaged(ctx, work, result)
	}
	for _, v := range r.views {
		v.context.Release() // until the next pass nothing is judged but for what was left behind
	}
	return result, err
}

// take adds the runs that have ended.
func (result *Result) take(w *work) {
	for _, wave := range w.waves {
		for _, name := range wave {
			if w.targets[name].hasEnded() {
				result.Runs = append(result.Runs, w.targets[name].record)
			}
		}
	}
}

// look fetches and understands. It is nil, with the reason in result, where
// the newest revision is unfit, where something that it names cannot be had, or
// where the source is away and nothing was read before.
func (r *Reconciler) look(ctx context.Context, result *Result) (*view, error) {
	snapshot, err := r.fetch(ctx, result)
	if snapshot == nil {
		return nil, err
	}
	v, err := r.view(ctx, snapshot)
	if unfit := (*Unfit)(nil); errors.As(err, &unfit) {
		result.Unfit = unfit.Problems
		r.emit(Event{Kind: EventUnfit, Revision: result.Revision.ID, Message: unfit.Error()})
		return nil, nil
	}
	if away := (*unread)(nil); errors.As(err, &away) && ctx.Err() == nil {
		result.FetchErr = away.err
		r.emit(Event{Kind: EventFetchFailed, Revision: result.Revision.ID, Message: away.Error(), Err: away.err})
		return nil, nil
	}
	return v, err
}

// fetch is the newest snapshot or, where the source is away, the one before, nil
// if there is none.
func (r *Reconciler) fetch(ctx context.Context, result *Result) (sources.Snapshot, error) {
	r.looking.Lock()
	defer r.looking.Unlock()
	snapshot, err := r.options.Source.Fetch(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		result.FetchErr = err
		r.emit(Event{Kind: EventFetchFailed, Message: err.Error(), Err: err})
		if r.newest == nil {
			return nil, nil
		}
		snapshot = r.newest
	}
	result.Revision = snapshot.Revision()
	if result.FetchErr == nil {
		known := r.newest != nil && r.newest.Revision().ID == result.Revision.ID
		r.emit(Event{Kind: EventFetched, Revision: result.Revision.ID, Source: result.Revision, New: !known})
	}
	r.newest = snapshot
	return snapshot, nil
}

// view understands a snapshot once for each revision.
func (r *Reconciler) view(ctx context.Context, snapshot sources.Snapshot) (*view, error) {
	id := snapshot.Revision().ID
	v, err := r.views[id], error(nil)
	if v != nil {
		v, err = r.again(ctx, v)
	} else {
		v, err = r.understand(ctx, snapshot)
	}
	if err != nil {
		return nil, err
	}
	r.views[id] = v
	return v, nil
}

// work is what one pass is to do, or a further part of it.
type work struct {
	targets map[string]*targetPass
	needs   map[string][]string // by target, those that it waits for
	waves   [][]string
	brief   bool // it came up on the way, and does not keep the pass going
	left    bool // the pass went on without those at work; guarded by Reconciler.mu
}

// gather sets out a targetPass for each target: at the newest revision, or
// where that is unfit at the target's last good one.
func (r *Reconciler) gather(ctx context.Context, newest *view, options PassOptions, result *Result) (*work, error) {
	w := &work{targets: map[string]*targetPass{}, needs: map[string][]string{}}
	names, err := r.names(ctx, newest, options, result)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.targets = slices.Clone(names)
	r.mu.Unlock()
	r.emit(Event{Kind: EventTargets, Revision: result.Revision.ID, Targets: slices.Clone(names)})
	names = slices.DeleteFunc(names, r.isBusy)
	some := options.Due != nil && newest != nil && r.whole == result.Revision.ID
	if some {
		names = slices.DeleteFunc(names, func(name string) bool { return !options.Due(name) })
	} else if r.whole = ""; newest != nil {
		r.whole = result.Revision.ID
	}
	used := map[string]bool{}
	for _, name := range names {
		t, err := r.newTargetPass(ctx, w, name, newest, options, result)
		if err != nil {
			return nil, err
		}
		w.targets[name] = t
		if t.view != nil {
			used[t.view.revision.ID] = true
		}
		if len(t.held) == 0 && !t.back { // what is held, or brought back, waits for nobody
			w.needs[name] = t.want.target.DependsOn
		}
	}
	for id := range r.views {
		if !some && !used[id] && id != result.Revision.ID {
			delete(r.views, id)
		}
	}
	w.waves, err = Order(names, w.needs)
	return w, err
}

// names are the targets to go over. Those that only the state still knows are
// orphans where the configuration can be read, and held where it cannot.
func (r *Reconciler) names(ctx context.Context, newest *view, options PassOptions, result *Result) ([]string, error) {
	stored, err := r.options.Store.Targets(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the targets from the state: %w", err)
	}
	var names []string
	if newest != nil {
		names = slices.Concat(newest.waves...)
	}
	for _, name := range stored {
		if newest != nil && newest.targets[name] != nil {
			continue
		}
		orphaned, err := r.orphan(ctx, name, newest != nil, options.DryRun)
		if err != nil {
			return nil, err
		}
		if !orphaned {
			names = append(names, name)
			continue
		}
		forgotten, err := r.forget(ctx, name, newest != nil && !options.DryRun)
		if err != nil {
			return nil, err
		}
		if !forgotten {
			result.Orphans = append(result.Orphans, name)
		}
	}
	if len(options.Only) == 0 {
		return names, nil
	}
	for _, name := range options.Only {
		if !slices.Contains(names, name) {
			return nil, resource.Problems{{Msg: unknownTarget(name, names)}}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(options.Only, name) }), nil
}

func unknownTarget(name string, names []string) string {
	if len(names) == 0 {
		return fmt.Sprintf("no target is called %q; the configuration names none", name)
	}
	return fmt.Sprintf("no target is called %q; there are %s", name, strings.Join(names, ", "))
}

// orphan reports whether a target that only the state knows is one that went
// from the configuration, and marks it where that is new. What it owns stays
// where it is: a renamed target must not be an outage.
func (r *Reconciler) orphan(ctx context.Context, name string, gone, dryRun bool) (bool, error) {
	state, err := r.options.Store.Target(ctx, name)
	if err != nil {
		return false, fmt.Errorf("read the state of target %s: %w", name, err)
	}
	if state.Orphaned || !gone || dryRun {
		return state.Orphaned || gone, nil
	}
	state.Orphaned = true
	r.emit(Event{Kind: EventOrphaned, Target: name, Message: "not in the configuration any more; what it owns is left in place"})
	return true, r.options.Store.SetTarget(ctx, name, state)
}

// forget lets go of an orphan, if there is nothing left of it but the memory,
// and reports that there is not.
func (r *Reconciler) forget(ctx context.Context, name string, allowed bool) (bool, error) {
	r.release(name)
	owned, err := r.options.Store.Owned(ctx, name)
	if err != nil {
		return false, fmt.Errorf("read the inventory of target %s: %w", name, err)
	}
	pending, err := r.options.Store.Pending(ctx, name)
	if err != nil {
		return false, fmt.Errorf("read what is under way at target %s: %w", name, err)
	}
	if len(owned)+len(pending) > 0 {
		return false, nil
	}
	if !allowed {
		return true, nil
	}
	if err := r.options.Store.Forget(ctx, name); err != nil {
		return false, fmt.Errorf("forget target %s: %w", name, err)
	}
	return true, nil
}

// forgetOrphans forgets those of which the pass has left nothing.
func (r *Reconciler) forgetOrphans(ctx context.Context, result *Result, allowed bool) error {
	var left []string
	for _, name := range result.Orphans {
		forgotten, err := r.forget(ctx, name, allowed)
		if err != nil {
			return err
		}
		if !forgotten || !allowed {
			left = append(left, name)
		}
	}
	result.Orphans = left
	return nil
}

func (r *Reconciler) newTargetPass(ctx context.Context, w *work, name string, newest *view, options PassOptions, result *Result) (*targetPass, error) {
	state, err := r.options.Store.Target(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read the state of target %s: %w", name, err)
	}
	r.runs++
	t := &targetPass{
		Reconciler: r, ended: make(chan struct{}), disturbance: newSignal(), work: w, name: name, state: state, options: options,
		orphans: result.Orphans,
	}
	if result.Revision.ID != "" {
		t.state.Seen, t.state.Signer = result.Revision.ID, result.Revision.Signer
	}
	t.record = Run{
		ID: fmt.Sprintf("%s-%s-%d", name, r.options.Now().UTC().Format("20060102T150405.000"), r.runs), Target: name,
		Started: r.options.Now(), Changes: []ChangeRecord{}, Findings: []FindingRecord{},
	}
	if newest != nil {
		t.view, t.want, t.newest = newest, newest.targets[name], newest
		t.suspended = t.want.target.Suspend
		if len(t.want.unfit) == 0 {
			t.turnBack(ctx)
			return t, nil
		}
		t.held, t.away = t.want.unfit, t.want.away()
	} else {
		t.held = result.Unfit
		if len(t.held) == 0 {
			t.held = resource.Problems{{Msg: fmt.Sprintf("the source cannot be read: %v", result.FetchErr)}}
		}
	}
	t.view, t.want = r.earlier(ctx, name, state.Good)
	return t, nil
}

// earlier is the view of an earlier revision, at which the target was fit; nil
// where there is none or the source cannot serve it any more.
func (r *Reconciler) earlier(ctx context.Context, name, revision string) (*view, *desired) {
	history, ok := r.options.Source.(sources.History)
	if !ok || revision == "" {
		return nil, nil
	}
	var snapshot sources.Snapshot
	var err error
	if v := r.views[revision]; v != nil {
		snapshot = v.snapshot
	} else {
		snapshot, err = history.At(ctx, revision)
	}
	var v *view
	if err == nil {
		v, err = r.view(ctx, snapshot)
	}
	if err != nil {
		r.options.Logger.Warn("an earlier revision cannot be read", "target", name, "revision", revision, "err", err)
		return nil, nil
	}
	if want := v.targets[name]; want != nil && len(want.unfit) == 0 {
		return v, want
	}
	return nil, nil
}

func (r *Reconciler) emit(event Event) {
	event.At = r.options.Now()
	r.options.Events(event)
}
