package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func (t *targetPass) observe(ctx context.Context) (err error) {
	if t.owned, err = t.Reconciler.options.Store.Owned(ctx, t.name); err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	t.observed, err = t.driver.Observe(ctx, drivers.ObserveRequest{Desired: t.want.resources, Owned: t.owned})
	if err != nil {
		return t.veil.of(err)
	}
	t.veil.add(t.observed.Live)
	if t.options.DryRun || t.want.target.Mode != ModeApply {
		return nil
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
	if err := t.takeMade(ctx); err != nil {
		return err
	}
	if len(pending) > 0 {
		t.owned, err = store.Owned(ctx, t.name)
	}
	return err
}

// takeMade enters in the inventory what was created by a process that did not
// live to be told so.
func (t *targetPass) takeMade(ctx context.Context) error {
	var made []drivers.Owned
	for i := range t.owned {
		entry := &t.owned[i]
		uid, ok := t.observed.Made[entry.ID.Key()]
		if !ok {
			continue
		}
		at := slices.IndexFunc(t.observed.Live, func(res resource.Resource) bool { return res.ID.Key() == entry.ID.Key() })
		if at < 0 {
			continue
		}
		entry.UID, entry.Pending, entry.Prune = uid, false, pruneWord(&t.observed.Live[at])
		made = append(made, *entry)
	}
	if len(made) == 0 {
		return nil
	}
	if err := t.Reconciler.options.Store.Own(ctx, t.name, made...); err != nil {
		return fmt.Errorf("own what was made: %w", err)
	}
	return nil
}

func (t *targetPass) isLive(key resource.Key) bool {
	return slices.ContainsFunc(t.observed.Live, func(res resource.Resource) bool { return res.ID.Key() == key })
}

func (t *targetPass) makePlan(ctx context.Context) (err error) {
	if t.neighbours, t.unread, err = t.elsewhere(ctx); err != nil {
		return err
	}
	for _, other := range t.neighbours {
		t.veil.add(other.Resources)
	}
	t.plan, err = t.driver.Plan(ctx, drivers.PlanRequest{
		Snapshot: t.view.snapshot, Dir: t.want.target.Path, Desired: t.want.resources,
		Owned: t.owned, Observed: t.observed, Elsewhere: t.neighbours, Ended: t.endedDigests(),
	})
	if err != nil {
		return t.veil.of(err)
	}
	t.neighbours = t.bounded(t.neighbours)
	t.veil.addChanges(t.plan.Changes)
	t.record.Plan = t.plan.Digest
	t.record.NotApplied, t.record.Resources = nil, len(t.want.resources)-len(t.plan.NotApplied)
	for _, left := range t.plan.NotApplied {
		t.record.NotApplied = append(t.record.NotApplied, NotApplied{Ref(left.ID), left.Reason, t.location(left.ID)})
	}
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
			change.Drift = known && !entry.Pending && entry.Tombstone.IsZero() && entry.Digest == change.Desired && !change.HandedOver
		}
		if !change.Drift {
			change.ChangedBy = ""
		}
		change.ChangedBy = t.veil.text(change.ChangedBy)
	}
}

// elsewhere are the other targets at the same destination, and why it is not
// known of all of them what they want, if it is not. Those that the configuration
// does not name any more want nothing: what they own, others may have.
func (t *targetPass) elsewhere(ctx context.Context) (others []drivers.Neighbour, unread string, err error) {
	if len(t.held) > 0 {
		unread = "the newest revision cannot be enforced"
	}
	all := slices.SortedFunc(maps.Values(t.view.targets), byName)
	if t.back { // the others are not, or not all of them
		all = append(all, slices.SortedFunc(maps.Values(t.newest.targets), byName)...)
	}
	for _, other := range all {
		name := other.target.Name
		if name == t.name || other.target.Driver != t.want.target.Driver {
			continue
		}
		destination, place, err := t.Reconciler.destination(ctx, other.target)
		switch {
		case err == nil && destination != t.driver.Destination():
			continue
		case err != nil:
			// It may be another place: no reason to refuse what both want.
			unread = fmt.Sprintf("the destination of target %s cannot be told", name)
			continue
		case t.isBehind(name):
			unread = fmt.Sprintf("target %s, which writes to the same place, is still at work at an earlier revision", name)
		case len(other.unfit) > 0:
			unread = fmt.Sprintf("target %s, which writes to the same place, cannot be read at this revision", name)
		}
		others = append(others, drivers.Neighbour{Target: name, Place: place, Settings: other.target.Settings, Resources: other.resources})
	}
	for _, name := range t.orphans {
		state, err := t.Reconciler.options.Store.Target(ctx, name)
		if err != nil {
			return nil, "", fmt.Errorf("read the state of target %s: %w", name, err)
		}
		if state.Destination == t.driver.Destination() {
			others = append(others, drivers.Neighbour{Target: name, Place: state.Place})
		}
	}
	return others, unread, nil
}

// bounded are the other targets with what their settings let them have, as the plan says.
func (t *targetPass) bounded(others []drivers.Neighbour) []drivers.Neighbour {
	if t.plan == nil || len(t.plan.Beyond) == 0 {
		return others
	}
	bounded := slices.Clone(others)
	for i := range bounded {
		bounded[i].Resources = slices.DeleteFunc(slices.Clone(bounded[i].Resources), func(res resource.Resource) bool {
			return t.plan.Beyond[res.ID.Key()]
		})
	}
	return bounded
}

func byName(a, b *desired) int { return strings.Compare(a.target.Name, b.target.Name) }

func (t *targetPass) judge(ctx context.Context) (err error) {
	c := policy.Case{
		Phase: policy.PhasePlan, Now: t.Reconciler.options.Now(), Context: t.view.context.Without(t.name),
		Targets: []policy.Target{policyTarget(t.want.target)}, Live: t.observed.Live,
	}
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		subject := policy.Subject{ID: change.ID, Resource: t.asWritten(change), Live: change.Before, Change: change}
		if change.Action == resource.ActionMove {
			continue // it is judged under the identity that it moves to
		}
		if change.Beyond != "" {
			continue // there is nothing of it to judge
		}
		c.Subjects = append(c.Subjects, subject)
	}
	if t.report, err = t.judged(ctx, c); err != nil {
		return err
	}
	// A rule over the whole snapshot speaks of other targets too; they hear it themselves.
	t.report.Findings = slices.DeleteFunc(t.report.Findings, func(f policy.Finding) bool {
		return f.Target != "" && f.Target != t.name
	})
	t.waive(t.report.Findings, c.Now)
	return nil
}

// asWritten is what a change leads to, with what the source has of it.
func (t *targetPass) asWritten(change *resource.Change) *resource.Resource {
	wanted := t.want.byKey[change.ID.Key()]
	if change.After == nil || wanted == nil || wanted.Written == nil {
		return change.After
	}
	after := *change.After
	after.Written = wanted.Written
	return &after
}

// waive applies the waivers. What a driver gives, a live object most of all,
// need not know its file, by which a waiver's scope goes: it is that of what is wanted.
func (t *targetPass) waive(findings []policy.Finding, now time.Time) {
	for i := range findings {
		f := &findings[i]
		if f.Resource == nil || f.Subject != nil && f.Subject.Origin.File != "" {
			continue
		}
		if res := t.want.byKey[f.Resource.Key()]; res != nil {
			f.Subject = res
		}
	}
	policy.Waive(findings, t.view.spec.Waivers, now)
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
		if change.Refused != "" && (t.options.DryRun || t.want.target.Mode != ModeApply) { // else the apply tells
			record.Refused, record.Reason = true, "it would fail: "+t.veil.text(change.Refused)
			if change.Mistaken {
				t.blame(record, change.ID.Key(), change.At)
			}
		}
		if reason, held := t.blocked[change.ID.Key()]; held {
			record.State, record.Reason = StateBlocked, reason
		}
		if change.Going != "" {
			record.State, record.Reason = StateBegun, t.veil.text(change.Going)
		}
		t.changes[change.ID.Key()] = record
	}
	for key, record := range before { // of an earlier attempt of this pass
		if now := t.changes[key]; (now == nil || now.State == StateBegun) && record.State == StateApplied {
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

// blame marks a change as one that is the user's to mend, and says where.
func (t *targetPass) blame(record *ChangeRecord, key resource.Key, at resource.Path) {
	record.Mistake = true
	if res := t.want.byKey[key]; res != nil {
		record.Location = t.Reconciler.options.Locator.Locate(t.view.snapshot, res.Origin, at)
	}
}

// location is where the desired resource is written.
func (t *targetPass) location(id resource.ID) resource.Location {
	if res := t.want.byKey[id.Key()]; res != nil {
		return t.Reconciler.options.Locator.Locate(t.view.snapshot, res.Origin, nil)
	}
	return resource.Location{}
}
