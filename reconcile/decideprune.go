package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// day is the time over which deletes are counted.
const day = 24 * time.Hour

// aboutDeletes finds out what was taken away before, and who else is at the destination.
func (t *targetPass) aboutDeletes(ctx context.Context) (err error) {
	t.waitsFor = ""
	if err := t.readOthers(ctx); err != nil {
		return err
	}
	since := t.Reconciler.options.Now().Add(-day)
	t.recent, t.atRevision, err = t.Reconciler.options.Store.Deletions(ctx, t.name, t.record.Revision, since)
	if err != nil {
		return fmt.Errorf("count the deletes of the last day: %w", err)
	}
	return nil
}

// readOthers finds what other targets want or own at the destination, where
// something is to be deleted that they may need: what goes with its namespace is
// not this target's to delete.
func (t *targetPass) readOthers(ctx context.Context) error {
	t.others = nil
	if !t.plansDeletes() {
		return nil
	}
	add := func(id resource.ID, content any, place string) {
		t.others = append(t.others, resource.Resource{ID: t.placed(id, place), Content: content})
	}
	for _, other := range t.neighbours {
		for i := range other.Resources {
			add(other.Resources[i].ID, other.Resources[i].Content, other.Place)
		}
	}
	beside, err := t.beside(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(beside)) {
		owned, err := t.Reconciler.options.Store.Owned(ctx, name)
		if err != nil {
			return fmt.Errorf("read the inventory of target %s: %w", name, err)
		}
		for _, entry := range owned {
			add(entry.ID, nil, beside[name].Place)
		}
	}
	return nil
}

func (t *targetPass) plansDeletes() bool {
	return slices.ContainsFunc(t.plan.Changes, func(change resource.Change) bool { return change.Action == resource.ActionDelete })
}

// placed is an ID with the place of its target, where it leaves that to it.
func (t *targetPass) placed(id resource.ID, place string) resource.ID {
	if placer, ok := t.driver.(drivers.Placer); ok && placer.Unplaced(id) {
		id.Namespace = place
	}
	return id
}

// beside are the other targets of the same destination, as far as the state
// knows: also those that the configuration does not name any more.
func (t *targetPass) beside(ctx context.Context) (map[string]TargetState, error) {
	store := t.Reconciler.options.Store
	names, err := store.Targets(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the targets from the state: %w", err)
	}
	beside := map[string]TargetState{}
	for _, name := range names {
		state, err := store.Target(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("read the state of target %s: %w", name, err)
		}
		if name != t.name && state.Driver == t.want.target.Driver && state.Destination == t.driver.Destination() {
			beside[name] = state
		}
	}
	return beside, nil
}

// decidePrune marks what may not be taken away. It is asked again after the
// writes, by when more may be unsettled; what the plan holds counts as it did.
func (t *targetPass) decidePrune() {
	decisions, act := Prune(t.pruneInput(t.waitsFor))
	t.begins = Act{}
	for key, decision := range decisions {
		record := t.changes[key]
		if decision.Allowed && decision.Approval == act.Digest {
			t.begins = act
		}
		if !decision.Allowed && record.State == StatePlanned {
			record.State, record.Reason, record.Approval = StateFlagged, decision.Reason, decision.Approval
			if decision.Kept && !t.atomic() { // where all is done or nothing, it would go with the rest
				record.State = StateKept
			}
		}
	}
	if t.atomic() {
		t.holdTogether()
	}
}

// pruneInput is what decides; waitsFor is what is not healthy of what changed when
// something left the source.
func (t *targetPass) pruneInput(waitsFor string) PruneInput {
	waits := map[resource.Key]string{}
	if waitsFor != "" {
		for _, change := range t.plan.Changes {
			if t.leaves(change.ID) {
				waits[change.ID.Key()] = waitsFor
			}
		}
	}
	return PruneInput{
		Target: t.name, Changes: t.plan.Changes, Owned: t.owned, Enabled: t.want.target.Prune,
		Desired: len(t.want.resources), Unread: t.unread, Unsettled: t.unsettled(), MaxDelete: t.view.spec.MaxDelete,
		Recent: t.recent, AtRevision: t.atRevision, Approvals: t.view.spec.Approvals, Waits: waits,
		Begun: t.state.Begun, NeededBy: t.neededBy(), Now: t.Reconciler.options.Now(),
	}
}

// begin remembers an approved act before the first of it is done, so that after
// a stop the rest of it needs no other approval.
func (t *targetPass) begin(ctx context.Context) error {
	if t.begins.Digest == "" || t.begins.Digest == t.state.Begun.Digest {
		return nil
	}
	t.state.Begun = t.begins
	if err := t.Reconciler.options.Store.SetTarget(ctx, t.name, t.state); err != nil {
		return fmt.Errorf("record the approved act: %w", err)
	}
	return nil
}

// neededBy turns the edges between all that is desired, all that would go, and
// what others have, around.
func (t *targetPass) neededBy() map[resource.Key][]resource.ID {
	if !t.plansDeletes() {
		return nil // nobody will ask, and all that is desired is much to go over
	}
	all := slices.Concat(t.want.resources, t.others)
	for _, change := range t.plan.Changes {
		if change.Action == resource.ActionDelete {
			all = append(all, *change.Before)
		}
	}
	var edges map[resource.Key][]resource.Key
	if dependencies, ok := t.driver.(drivers.Dependencies); ok {
		edges = dependencies.DependsOn(all)
	}
	neededBy := map[resource.Key][]resource.ID{}
	for i := range all {
		key := all[i].ID.Key()
		for _, need := range slices.Concat(edges[key], t.needs[key]) {
			neededBy[need] = append(neededBy[need], all[i].ID)
		}
	}
	return neededBy
}

// unsettled names a create or update that is not going to be, or is not, in effect.
func (t *targetPass) unsettled() string {
	for _, change := range t.plan.Changes {
		switch change.Action {
		case resource.ActionCreate, resource.ActionUpdate, resource.ActionReplace:
			if record := t.changes[change.ID.Key()]; record.State != StatePlanned && record.State != StateApplied {
				return fmt.Sprintf("%s is %s", change.ID, record.State)
			}
		}
	}
	for _, undecided := range t.report.Undecided {
		if undecided.Resource != nil && t.changes[undecided.Resource.Key()] != nil {
			return fmt.Sprintf("rule %s is undecided on %s", undecided.Rule, undecided.Resource)
		}
	}
	return ""
}

// holdTogether holds all changes of an atomic target if one is held.
func (t *targetPass) holdTogether() {
	for _, state := range []State{StateBlocked, StateFlagged} {
		if !t.anyIs(state) {
			continue
		}
		for _, record := range t.changes {
			if record.State == StatePlanned {
				record.State, record.Reason = state, "the target's changes are made together or not at all"
			}
		}
		return
	}
}

func (t *targetPass) anyIs(state State) bool { return t.count(state) > 0 }

func (t *targetPass) count(state State) int {
	n := 0
	for _, record := range t.changes {
		if record.State == state {
			n++
		}
	}
	return n
}
