package reconcile

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// attempts bounds how often a target is planned anew in one pass because it
// changed between plan and apply.
const attempts = 3

// targetPass is one pass over one target.
type targetPass struct {
	*Reconciler
	ended   chan struct{} // closed when record is final
	work    *work
	name    string
	options PassOptions
	state   TargetState // as it was before
	view    *view       // what is enforced; nil if there is nothing that can be
	want    *desired
	held    resource.Problems // why view is not the newest revision
	record  Run

	driver    drivers.Driver
	owned     []drivers.Owned
	needs     map[resource.Key][]resource.Key
	observed  *drivers.Observation
	plan      *drivers.Plan
	report    *policy.Report
	blocked   map[resource.Key]string
	changes   map[resource.Key]*ChangeRecord
	unhealthy []HealthRecord
	intents   int // how many there were
	// recent and atRevision are the deletes that counted before this attempt.
	recent, atRevision int
	unread             string // why it is not known what others want at the destination
	begins             Act    // that an approval allows, of which something is to be done
	preempted          bool   // the wait for health was ended by something new
}

// run is the recipe.
func (t *targetPass) run(ctx context.Context) Run {
	if t.view == nil {
		return t.conclude(ctx, nil)
	}
	t.describe()
	ctx, cancel := context.WithTimeout(ctx, t.view.spec.RunTimeout)
	defer cancel()
	t.emit(Event{Kind: EventStarted, Run: t.record.ID, Target: t.name, Revision: t.record.Revision})
	if reason := t.waits(ctx); reason != "" {
		t.record.Outcome, t.record.Message = OutcomeWaiting, reason
		return t.conclude(ctx, nil)
	}
	return t.conclude(ctx, t.enforce(ctx))
}

func (t *targetPass) enforce(ctx context.Context) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // it is no reason to leave the other targets alone
			t.Reconciler.options.Logger.Error("internal error", "target", t.name, "run", t.record.ID, "fault", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error, a bug in holdfast: %v", fault)
		}
	}()
	if err := t.claim(ctx); err != nil {
		return err
	}
	for range attempts {
		if err := t.prepare(ctx); err != nil {
			return err
		}
		if t.options.DryRun || t.want.target.Mode != ModeApply {
			if t.options.JudgeLive || !t.options.DryRun {
				return t.judgeLive(ctx)
			}
			return nil
		}
		if err := t.apply(ctx); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		if !t.anyIs(StateStale) {
			break
		}
	}
	return t.verify(ctx)
}

// prepare finds out what would be done, and what may be.
func (t *targetPass) prepare(ctx context.Context) error {
	if err := t.observe(ctx); err != nil {
		return fmt.Errorf("observe: %w", err)
	}
	if err := t.makePlan(ctx); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if err := t.judge(ctx); err != nil {
		return fmt.Errorf("judge: %w", err)
	}
	if err := t.gate(); err != nil {
		return err
	}
	if err := t.countDeletes(ctx); err != nil {
		return err
	}
	t.decidePrune()
	return nil
}

func (t *targetPass) describe() {
	target := t.want.target
	t.record.Driver, t.record.Mode = target.Driver, string(target.Mode)
	t.record.Revision, t.record.Ref = t.view.revision.ID, t.view.revision.Ref
	t.record.Resources = len(t.want.resources)
}

// waits says what the target has to wait for, "" if for nothing.
func (t *targetPass) waits(ctx context.Context) string {
	if t.want.target.Suspend {
		return "suspended in the configuration"
	}
	// What is held was applied at this revision before, when its needs were met.
	if t.options.DryRun || len(t.held) > 0 {
		return ""
	}
	for _, name := range t.want.target.DependsOn {
		run, known := Run{}, false
		if dependency := t.work.targets[name]; dependency != nil {
			run, known = dependency.record, true
		} else if runs, err := t.Reconciler.options.Store.Runs(ctx, name, 1); err == nil && len(runs) == 1 {
			run, known = runs[0], true
		}
		if !known || run.Outcome != OutcomeOK || run.Revision != t.view.revision.ID {
			return fmt.Sprintf("target %s is not applied and healthy at this revision", name)
		}
	}
	return ""
}

// claim opens the driver and makes sure that the destination is this
// installation's to change, and still the one that the inventory is about.
func (t *targetPass) claim(ctx context.Context) (err error) {
	if t.driver, err = t.Reconciler.driver(ctx, t.want.target); err != nil {
		return err
	}
	store := t.Reconciler.options.Store
	if t.owned, err = store.Owned(ctx, t.name); err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	destination := t.driver.Destination()
	t.record.Destination = destination
	if t.state.Destination != "" && t.state.Destination != destination && len(t.owned) > 0 {
		return fmt.Errorf("the target's destination is now %s, but it owns %d resources at %s: give the target another name, so that they stay where they are, or set the destination back",
			destination, len(t.owned), t.state.Destination)
	}
	t.state.Destination, t.state.Driver = destination, t.want.target.Driver
	keeper, ok := t.driver.(drivers.Keeper)
	if !ok {
		return nil
	}
	_, err = t.holding(ctx, keeper)
	return err
}

// holding is the inventory kept at the destination, nil if there is none. That
// another holdfast keeps it is an error.
func (t *targetPass) holding(ctx context.Context, keeper drivers.Keeper) (*drivers.Holding, error) {
	destination := t.driver.Destination()
	holding, err := keeper.Holding(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the inventory kept at %s: %w", destination, err)
	}
	if holding != nil && holding.Holder != t.Reconciler.options.Store.Identity() {
		return nil, fmt.Errorf("%s is held by another holdfast, %s, since %s: this one stands back; stop that one and remove its inventory there to take over",
			destination, holding.Holder, holding.Since.UTC().Format(time.RFC3339))
	}
	return holding, nil
}

func (t *targetPass) observe(ctx context.Context) (err error) {
	if t.owned, err = t.Reconciler.options.Store.Owned(ctx, t.name); err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	t.observed, err = t.driver.Observe(ctx, drivers.ObserveRequest{Desired: t.want.resources, Owned: t.owned})
	if err != nil || t.options.DryRun || t.want.target.Mode != ModeApply {
		return err
	}
	return t.resume(ctx)
}

// resume ends the intents of a process that did not live to do so. What it
// intended is in the inventory already; here only deletes are counted.
func (t *targetPass) resume(ctx context.Context) error {
	store := t.Reconciler.options.Store
	pending, err := store.Pending(ctx, t.name)
	if err != nil {
		return fmt.Errorf("read what was under way: %w", err)
	}
	for _, intent := range pending {
		if _, unreachable := t.observed.Unreachable[intent.Resource.Scope]; unreachable {
			continue // whether it took effect will be seen
		}
		outcome, disown := "interrupted", false
		switch {
		case intent.Action == resource.ActionDelete && !t.isLive(intent.Resource.Key()):
			outcome, disown = OutcomeApplied, true
		case intent.Action == resource.ActionReplace: // it may have taken effect, and then it counts
			outcome = OutcomeApplied
		}
		if err := store.Resolve(ctx, intent, outcome, nil, disown); err != nil {
			return fmt.Errorf("end what was under way: %w", err)
		}
	}
	if len(pending) > 0 {
		t.owned, err = store.Owned(ctx, t.name)
	}
	return err
}

func (t *targetPass) isLive(key resource.Key) bool {
	return slices.ContainsFunc(t.observed.Live, func(res resource.Resource) bool { return res.ID.Key() == key })
}

func (t *targetPass) makePlan(ctx context.Context) (err error) {
	others, unread := t.elsewhere(ctx)
	t.unread = unread
	t.plan, err = t.driver.Plan(ctx, drivers.PlanRequest{
		Snapshot: t.view.snapshot, Dir: t.want.target.Path, Desired: t.want.resources,
		Owned: t.owned, Observed: t.observed, Elsewhere: others,
	})
	if err != nil {
		return err
	}
	t.record.Plan = t.plan.Digest
	t.markDrift()
	return nil
}

// markDrift tells changes that nobody asked for from those of a new revision.
func (t *targetPass) markDrift() {
	owned := map[resource.Key]drivers.Owned{}
	for _, entry := range t.owned {
		owned[entry.ID.Key()] = entry
	}
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		entry, known := owned[change.ID.Key()]
		switch change.Action {
		case resource.ActionCreate, resource.ActionUpdate, resource.ActionReplace:
			change.Drift = known && !entry.Pending && entry.Tombstone.IsZero() && entry.Digest == change.Desired
		}
		if !change.Drift {
			change.ChangedBy = ""
		}
	}
}

// elsewhere are the resources that other targets want at the same destination,
// and why that is not known of all of them, if it is not.
func (t *targetPass) elsewhere(ctx context.Context) (others []resource.Resource, unread string) {
	if len(t.held) > 0 {
		unread = "the newest revision cannot be enforced"
	}
	names := slices.Sorted(maps.Keys(t.view.targets))
	for _, name := range names {
		other := t.view.targets[name]
		if name == t.name || other.target.Driver != t.want.target.Driver {
			continue
		}
		destination, err := t.Reconciler.destination(ctx, other.target)
		switch {
		case err == nil && destination != t.driver.Destination():
			continue
		case err != nil:
			// It may be another place: no reason to refuse what both want.
			unread = fmt.Sprintf("the destination of target %s cannot be told", name)
			continue
		case t.work.targets[name] == nil && t.isBusy(name):
			unread = fmt.Sprintf("target %s, which writes to the same place, is still at work at an earlier revision", name)
		case len(other.unfit) > 0:
			unread = fmt.Sprintf("target %s, which writes to the same place, cannot be read at this revision", name)
		}
		others = append(others, other.resources...)
	}
	return others, unread
}

func (t *targetPass) judge(ctx context.Context) (err error) {
	c := policy.Case{
		Phase: policy.PhasePlan, Now: t.Reconciler.options.Now(), Context: t.view.context(t.name),
		Targets: []policy.Target{policyTarget(t.want.target)}, Live: t.observed.Live,
	}
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		subject := policy.Subject{ID: change.ID, Resource: change.After, Live: change.Before, Change: change}
		if change.Action == resource.ActionMove {
			continue // it is judged under the identity that it moves to
		}
		c.Subjects = append(c.Subjects, subject)
	}
	if t.report, err = t.view.judge.Judge(ctx, c); err != nil {
		return err
	}
	// A rule over the whole snapshot speaks of other targets too; they hear it themselves.
	t.report.Findings = slices.DeleteFunc(t.report.Findings, func(f policy.Finding) bool {
		return f.Target != "" && f.Target != t.name
	})
	policy.Waive(t.report.Findings, t.view.spec.Waivers, c.Now)
	return nil
}

func (t *targetPass) gate() error {
	var edges map[resource.Key][]resource.Key
	if dependencies, ok := t.driver.(drivers.Dependencies); ok {
		edges = dependencies.DependsOn(t.want.resources)
	}
	t.needs, _ = Needs(t.want.resources, edges)
	if problem := cycleAmong(t.want.resources, t.needs); problem != nil {
		return resource.Problems{*problem} // the driver's edges close it, or else it were unfit
	}
	t.blocked = Gate(GateInput{
		Changes: t.plan.Changes, Findings: t.report.Findings, Undecided: t.report.Undecided,
		Needs: t.needs, Atomic: t.atomic(), OnBlock: t.want.target.OnBlock,
	})
	before := t.changes
	t.changes = map[resource.Key]*ChangeRecord{}
	t.record.InLine = 0
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		if change.Action == resource.ActionNone {
			t.record.InLine++
			continue
		}
		record := &ChangeRecord{
			Resource: Ref(change.ID), Action: change.Action, State: StatePlanned, Drift: change.Drift,
			ChangedBy: change.ChangedBy, Diff: change.Diff, Location: t.location(change.ID),
		}
		if reason, held := t.blocked[change.ID.Key()]; held {
			record.State, record.Reason = StateBlocked, reason
		}
		t.changes[change.ID.Key()] = record
	}
	for key, record := range before { // of an earlier attempt of this pass
		if t.changes[key] == nil && record.State == StateApplied {
			t.changes[key] = record
			if record.Action != resource.ActionDelete && record.Action != resource.ActionMove {
				t.record.InLine-- // the new plan finds it in line, as this pass has made it
			}
		}
	}
	return nil
}

func (t *targetPass) atomic() bool {
	atomic, ok := t.driver.(drivers.Atomic)
	return ok && atomic.Atomic()
}

// location is where the desired resource is written.
func (t *targetPass) location(id resource.ID) resource.Location {
	if res := t.want.byKey[id.Key()]; res != nil {
		return t.Reconciler.options.Locator.Locate(t.view.snapshot, res.Origin, nil)
	}
	return resource.Location{}
}
