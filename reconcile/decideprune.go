package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// day is the time over which deletes are counted.
const day = 24 * time.Hour

// countDeletes finds out what was taken away before.
func (t *targetPass) countDeletes(ctx context.Context) (err error) {
	since := t.Reconciler.options.Now().Add(-day)
	t.recent, t.atRevision, err = t.Reconciler.options.Store.Deletions(ctx, t.name, t.record.Revision, since)
	if err != nil {
		return fmt.Errorf("count the deletes of the last day: %w", err)
	}
	return nil
}

// decidePrune marks what may not be taken away. It is asked again after the
// writes, by when more may be unsettled; what the plan holds counts as it did.
func (t *targetPass) decidePrune() {
	decisions, act := Prune(PruneInput{
		Target: t.name, Changes: t.plan.Changes, Owned: t.owned, Enabled: t.want.target.Prune,
		Desired: len(t.want.resources), Unread: t.unread, Unsettled: t.unsettled(), MaxDelete: t.view.spec.MaxDelete,
		Recent: t.recent, AtRevision: t.atRevision, Approvals: t.view.spec.Approvals,
		Begun: t.state.Begun, NeededBy: t.neededBy(), Now: t.Reconciler.options.Now(),
	})
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

// neededBy turns the edges between all that is desired, and all that would go, around.
func (t *targetPass) neededBy() map[resource.Key][]resource.ID {
	all := slices.Clone(t.want.resources)
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
