package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// clearBefore deletes what has ended well and is to be gone before a stage, of which
// all that comes earlier is in effect and healthy.
func (r *rollout) clearBefore(ctx context.Context, stage int) error {
	return r.clear(ctx, func(key resource.Key, end drivers.End) bool {
		health, told := r.health[key]
		return end.Well && end.Before <= stage && told && health.Status == drivers.StatusHealthy
	})
}

// clearAll deletes what has ended and is to be gone by now, once health was told.
func (t *targetPass) clearAll(ctx context.Context) error {
	if len(t.ending().of) == 0 || t.told == nil {
		return nil
	}
	status := map[resource.Key]drivers.Status{}
	for _, health := range t.told {
		status[health.ID.Key()] = health.Status
	}
	planned := map[resource.Key]bool{}
	for i := range t.plan.Changes {
		planned[t.plan.Changes[i].ID.Key()] = true
	}
	stages, reached := t.stages(), drivers.LastStage // all below that is in effect and well
	for i := range t.want.resources {
		id := t.want.resources[i].ID
		key, record := id.Key(), t.changes[id.Key()]
		if !planned[key] && !t.cannotReach(id) {
			continue // the driver has nothing to do for it
		}
		told, known := status[key]
		if !known || unwell(told) || record != nil && record.State != StateApplied {
			reached = min(reached, stages[key])
		}
	}
	before := len(t.cleared)
	err := t.clear(ctx, func(key resource.Key, end drivers.End) bool {
		well := end.Well && end.Before <= reached && status[key] == drivers.StatusHealthy
		return well || end.Ill && status[key] == drivers.StatusDegraded
	})
	if err != nil || len(t.cleared) == before {
		return err
	}
	return t.keep(ctx)
}

// clear deletes those of what is there and has an end that are due, and are
// the very objects of the inventory.
func (t *targetPass) clear(ctx context.Context, due func(resource.Key, drivers.End) bool) error {
	going := map[resource.Key]*resource.Change{}
	for key, change := range t.ending().of {
		record := t.changes[key]
		isThere := record == nil && change.Before != nil || record != nil && record.State == StateApplied
		if isThere && t.cleared[key] == nil && due(key, t.ending().ends[key]) {
			going[key] = change
		}
	}
	if len(going) == 0 {
		return nil
	}
	owned, err := t.Reconciler.options.Store.Owned(ctx, t.name)
	if err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	var deletes []resource.Change
	for _, entry := range owned { // in their order
		change := going[entry.ID.Key()]
		if change == nil || entry.Pending || entry.Digest != change.Desired {
			continue
		}
		before := change.Before
		if before == nil {
			before = change.After
		}
		deletes = append(deletes, resource.Change{ID: change.ID, Action: resource.ActionDelete, Before: before, Precondition: entry.UID})
	}
	slices.Reverse(deletes)
	if len(deletes) == 0 {
		return nil
	}
	return t.veil.of(t.driver.(drivers.Ending).Clear(ctx, deletes, &endJournal{t}))
}

// endJournal is the journal of deletes of what has ended. What is on disk before
// such a delete is that the thing has ended: it is then not made again, and is
// deleted by the next pass if this one does not come to it. Nobody's leave is
// needed, and no limit counts it.
type endJournal struct{ *targetPass }

// Intend implements drivers.Journal.
func (j *endJournal) Intend(ctx context.Context, change *resource.Change, _ string) error {
	j.intents++
	key := change.ID.Key()
	name, desired := endedName(key), j.ending().of[key].Desired
	if j.state.Ended[name].Digest != desired {
		j.state.remember(name, Ended{Digest: desired})
	}
	if err := j.Reconciler.options.Store.SetTarget(ctx, j.name, j.state); err != nil {
		return fmt.Errorf("record that %s has ended: %w", change.ID, err)
	}
	return nil
}

// Done implements drivers.Journal.
func (j *endJournal) Done(ctx context.Context, change *resource.Change, result drivers.Result) error {
	key := change.ID.Key()
	record := &ChangeRecord{
		Resource: Ref(change.ID), Action: change.Action, State: StateApplied, Location: j.location(change.ID),
		Reason: "it has ended well, and goes by its delete policy",
	}
	if failed := j.state.Ended[endedName(key)].Failed; failed != "" {
		record.Reason = "it has ended ill, and goes by its delete policy: " + failed
	}
	if j.cleared == nil {
		j.cleared = map[resource.Key]*ChangeRecord{}
	}
	j.cleared[key] = record
	defer j.changed(record)
	if err := j.veil.of(result.Err); err != nil {
		record.State, record.Reason = StateFailed, err.Error()
		return nil
	}
	if err := j.Reconciler.options.Store.Disown(ctx, j.name, key); err != nil {
		return fmt.Errorf("record that %s is gone: %w", change.ID, err)
	}
	return nil
}
