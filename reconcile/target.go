package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// attempts bounds how often a target is planned anew in one pass because it
// changed between plan and apply, without anything having been made; and all is
// planned no more often than manyAttempts.
const attempts, manyAttempts = 3, 20

// targetPass is one pass over one target.
type targetPass struct {
	*Reconciler
	ended chan struct{} // closed when record is final
	// disturbance is sent to when there may be something at the target that the
	// run has not seen.
	disturbance *signal
	work        *work
	name        string
	options     PassOptions
	orphans     []string    // targets that the configuration does not name any more
	state       TargetState // as it was before
	newest      *view       // nil if it cannot be understood
	view        *view       // what is enforced; nil if there is nothing that can be
	want        *desired
	held        resource.Problems // why view is not the newest revision
	away        bool              // which is a fault of the world
	record      Run

	driver  drivers.Driver
	claimed *drivers.Holding // what was kept at the destination when the pass began
	veil    veil
	owned   []drivers.Owned
	needs   map[resource.Key][]resource.Key
	// neighbours are the other targets at the destination, others what they want or own
	// there where it matters.
	neighbours []drivers.Neighbour
	others     []resource.Resource
	observed   *drivers.Observation
	plan       *drivers.Plan
	report     *policy.Report
	blocked    map[resource.Key]string
	changes    map[resource.Key]*ChangeRecord
	unhealthy  []HealthRecord
	intents    int // how many there were

	told    []drivers.Health // what was told of all that is in effect, nil if nothing was
	endings endings
	cleared map[resource.Key]*ChangeRecord // the deletes of what has ended

	// recent and atRevision are the deletes that counted before this attempt.
	recent, atRevision int
	unread             string    // why it is not known what others want at the destination
	waitsFor           string    // what is not healthy that deletes wait for
	begins             Act       // that an approval allows, of which something is to be done
	begun              bool      // it is recorded that the run is under way
	preempted          bool      // a wait for health was ended by something new
	late               bool      // the time for waiting for health is up
	disturbed          bool      // a wait for health was ended by what was told of the target
	disturbedAt        time.Time // when, until there is another wait
	calmUntil          time.Time // before which no wait is disturbed
	waitsUntil         time.Time // the end of all waits for health, but for what is got on with meanwhile
	verified           bool      // health was looked at, to the end
	suspended          bool      // by the newest revision, whatever is enforced
	back               bool      // view is the last healthy revision, as the newest is in quarantine
	noWayBack          string    // why it is not, although it should be
}

// run is the recipe.
func (t *targetPass) run(ctx context.Context) Run {
	if t.view == nil {
		return t.conclude(ctx, nil)
	}
	t.describe()
	ctx, cancel := context.WithTimeout(ctx, t.runTimeout())
	defer cancel()
	if err := t.recordFirst(ctx); err != nil {
		return t.conclude(ctx, err)
	}
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
			err = t.fault(t.veil.text(fmt.Sprint(fault)), "target", t.name, "run", t.record.ID)
		}
	}()
	t.veil.add(t.want.resources)
	if err := t.claim(ctx); err != nil {
		return t.veil.of(err)
	}
	for try := (tries{}); ; {
		if err := t.prepare(ctx); err != nil {
			return err
		}
		if t.options.DryRun || t.want.target.Mode != ModeApply {
			if t.options.JudgeLive || !t.options.DryRun {
				return t.judgeLive(ctx)
			}
			return nil
		}
		if err := t.make(ctx); err != nil {
			return err
		}
		if !t.disturbed && !t.preempted && t.anyIs(StateStale) && try.another(t.count(StateApplied)) {
			continue
		}
		if !t.disturbed {
			if err := t.awaitHealth(ctx); err != nil {
				return fmt.Errorf("verify: %w", err)
			}
		}
		if !t.disturbed {
			return t.verify(ctx)
		}
		try = tries{}
	}
}

// tries count how often a target is planned anew because it changed: all of
// them, and those in a row in which nothing was made.
type tries struct{ all, idle, made int }

// another reports whether there is one more, now that so many changes were made.
func (t *tries) another(made int) bool {
	t.all++
	t.idle++
	if made > t.made {
		t.made, t.idle = made, 0
	}
	return t.idle < attempts && t.all < manyAttempts
}

// make makes what may be made.
func (t *targetPass) make(ctx context.Context) error {
	if err := t.recordStart(ctx); err != nil {
		return err
	}
	if err := t.beginRollout(ctx); err != nil {
		return err
	}
	if err := t.apply(ctx); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	return nil
}

// recordStart records that the run is under way, once there is something to do, so
// that the status shows it.
func (t *targetPass) recordStart(ctx context.Context) error {
	if t.begun || !t.anyIs(StatePlanned) {
		return nil
	}
	t.begun = true
	if err := t.Reconciler.options.Store.SaveRun(ctx, t.record); err != nil {
		return fmt.Errorf("record that the run has begun: %w", err)
	}
	return nil
}

// recordFirst records that a target is gone over for the first time, so that it is seen
// however long that takes.
func (t *targetPass) recordFirst(ctx context.Context) error {
	if t.options.DryRun {
		return nil
	}
	runs, err := t.Reconciler.options.Store.Runs(ctx, t.name, 1)
	if err == nil && len(runs) == 0 {
		t.begun = true
		err = t.Reconciler.options.Store.SaveRun(ctx, t.record)
	}
	if err != nil {
		return fmt.Errorf("record that the target is gone over: %w", err)
	}
	return nil
}

func (t *targetPass) runTimeout() time.Duration {
	if t.view == nil {
		return DefaultRunTimeout
	}
	return t.view.spec.RunTimeout
}

// recordWait records how far the run is that may go on for long, waiting for health.
func (t *targetPass) recordWait(ctx context.Context) {
	if !t.begun {
		return // it may turn out to repeat the one before, in whose place it is recorded
	}
	run := t.record
	run.Health = t.unhealthy
	t.recordChanges(&run)
	_ = t.Reconciler.options.Store.SaveRun(ctx, run) // the end of the run is recorded too, and fails if that cannot be done
}

// prepare finds out what would be done, and what may be.
func (t *targetPass) prepare(ctx context.Context) error {
	t.undisturbed()
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
	if !t.options.DryRun {
		t.standBack()
	}
	if err := t.aboutDeletes(ctx); err != nil {
		return err
	}
	t.decidePrune()
	return t.foreseeWait(ctx)
}

func (t *targetPass) describe() {
	target := t.want.target
	t.record.Driver, t.record.Mode = target.Driver, string(target.Mode)
	t.record.Revision, t.record.Ref = t.view.revision.ID, t.view.revision.Ref
	t.record.Resources = len(t.want.resources)
	t.record.Quarantined = t.state.Bad.Revision
	for _, skipped := range t.want.skipped {
		t.record.NotEvaluated = append(t.record.NotEvaluated, policy.NotEvaluated{What: skipped.What, Reason: skipped.Reason})
	}
}

// waits says what the target has to wait for, "" if for nothing.
func (t *targetPass) waits(ctx context.Context) string {
	if t.suspended || t.want.target.Suspend {
		return "suspended in the configuration"
	}
	// What is held, or brought back, was applied at this revision before, when its needs were met.
	if t.options.DryRun || len(t.held) > 0 || t.back {
		return ""
	}
	for _, name := range t.want.target.DependsOn {
		run, known := Run{}, false
		if dependency := t.work.targets[name]; dependency != nil {
			run, known = dependency.record, true
		} else if runs, err := t.Reconciler.options.Store.Runs(ctx, name, 1); err == nil && len(runs) == 1 {
			run, known = runs[0], true
		}
		if !known || !run.isMet() || run.Revision != t.view.revision.ID {
			return fmt.Sprintf("target %s is not applied and healthy at this revision", name)
		}
	}
	return ""
}

// isMet reports whether all that was desired was in effect and healthy at the end:
// that something which left the source is not deleted yet is nobody else's affair.
func (r *Run) isMet() bool {
	onlyDeletes := !slices.ContainsFunc(r.Changes, func(c ChangeRecord) bool {
		return c.State != StateApplied && c.State != StateKept && c.State != StateBegun && c.Action != resource.ActionDelete
	})
	return r.Outcome == OutcomeOK || r.Outcome == OutcomeFlagged && onlyDeletes && r.InLine == r.Resources
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
	if err := t.keepPlace(); err != nil {
		return err
	}
	keeper, ok := t.driver.(drivers.Keeper)
	if !ok {
		return nil
	}
	t.claimed, err = t.holding(ctx, keeper)
	return err
}

// keepPlace makes sure that what does not say where it is, is still where it was.
func (t *targetPass) keepPlace() error {
	placer, ok := t.driver.(drivers.Placer)
	if !ok {
		return nil
	}
	place, left := placer.Place(), 0
	for _, entry := range t.owned {
		if placer.Unplaced(entry.ID) {
			left++
		}
	}
	if before := t.state.Place; before != "" && before != place && left > 0 {
		return fmt.Errorf("the target's default namespace is now %s, but it owns %s in %s without a namespace of their own: write it into the manifests first, give the target another name so that they stay where they are, or set it back",
			place, count(left, "resource"), before)
	}
	t.state.Place = place
	return nil
}

// holding is the inventory kept at the destination, nil if there is none. That
// another holdfast keeps it is an error.
func (t *targetPass) holding(ctx context.Context, keeper drivers.Keeper) (*drivers.Holding, error) {
	destination := t.driver.Destination()
	holding, err := keeper.Holding(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the inventory kept at %s: %w", destination, t.veil.of(err))
	}
	if holding != nil && holding.Holder != t.Reconciler.options.Store.Identity() {
		return nil, fmt.Errorf("%s is held by another holdfast, %s, since %s: this one stands back; to take over, stop that one and remove its inventory there, the %s",
			destination, holding.Holder, holding.Since.UTC().Format(time.RFC3339), holding.Where)
	}
	return holding, nil
}
