package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Rollout is the making of a revision's changes at a target.
type Rollout struct {
	// Revision of which changes were begun last.
	Revision string `json:"revision,omitempty"`
	// Ailing is what was not healthy before: the revision has not done that.
	Ailing []string `json:"ailing,omitempty"`
	// Leaving is what left the source together with changes, and Changed what these
	// were, as long as they are not healthy; both sorted.
	Leaving []string `json:"leaving,omitempty"`
	Changed []string `json:"changed,omitempty"`
}

// Quarantine is a revision whose rollout at a target failed health.
type Quarantine struct {
	Revision string    `json:"revision,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Since    time.Time `json:"since,omitzero"`
}

// turnBack makes the target's last healthy revision the one to enforce where
// the newest one is in quarantine here and the target is to be rolled back.
func (t *targetPass) turnBack(ctx context.Context) {
	bad, target := t.state.Bad, t.want.target
	if !target.Rollback || target.Suspend || bad.Revision != t.view.revision.ID {
		return
	}
	if t.state.Healthy == "" {
		t.noWayBack = "there is no earlier revision that was healthy"
		return
	}
	view, want := t.Reconciler.earlier(ctx, t.name, t.state.Healthy)
	if view == nil {
		t.noWayBack = fmt.Sprintf("revision %s cannot be read", t.state.Healthy)
		return
	}
	t.view, t.want, t.back = view, want, true
}

// beginRollout remembers, before the first change that the revision asks for,
// that it was begun here and what was not well before.
func (t *targetPass) beginRollout(ctx context.Context) error {
	before := t.state.Rollout.Revision
	if t.back || len(t.held) > 0 || before == t.record.Revision || !t.asksForMore() && !t.goesOn() {
		return nil
	}
	// A rollout that did not come to a healthy end takes with it what was so before that.
	if before == "" || before == t.state.Healthy {
		t.state.Rollout = Rollout{Ailing: t.ailing(ctx)}
	}
	t.state.Rollout.Revision = t.record.Revision
	t.leaveTogether()
	if err := t.Reconciler.options.Store.SetTarget(ctx, t.name, t.state); err != nil {
		return fmt.Errorf("record that the rollout has begun: %w", err)
	}
	return nil
}

// goesOn reports whether the revision takes on the rollout of an earlier one,
// of which it asks for the same.
func (t *targetPass) goesOn() bool {
	before := t.state.Rollout.Revision
	_, same := t.earlierWait()
	return same && before != "" && before != t.state.Healthy && before != t.state.Bad.Revision
}

// asksForMore reports whether anything is to be made that is no drift.
func (t *targetPass) asksForMore() bool {
	return slices.ContainsFunc(t.plan.Changes, func(change resource.Change) bool {
		record := t.changes[change.ID.Key()]
		return record != nil && record.State == StatePlanned && !change.Drift && change.Action != resource.ActionMove
	})
}

// leaveTogether remembers what leaves together with changes that the revision asks for.
func (t *targetPass) leaveTogether() {
	add := func(known []string, changes []resource.Change) []string {
		for _, change := range changes {
			known = append(known, change.ID.String())
		}
		slices.Sort(known)
		return slices.Compact(known)
	}
	leaving := t.deletes()
	writes := slices.DeleteFunc(t.allowed(func(a resource.Action) bool { return a != resource.ActionDelete && a != resource.ActionMove }),
		func(change resource.Change) bool { return change.Drift })
	if rollout := &t.state.Rollout; len(leaving) > 0 && len(writes) > 0 {
		rollout.Leaving, rollout.Changed = add(rollout.Leaving, leaving), add(rollout.Changed, writes)
	}
}

// ailing are the live resources that are not healthy as they are.
func (t *targetPass) ailing(ctx context.Context) []string {
	healther, ok := t.driver.(drivers.Healther)
	if !ok {
		return nil
	}
	var live []resource.Resource
	for _, change := range t.plan.Changes {
		if change.Before != nil && change.After != nil {
			live = append(live, *change.Before)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, t.healthTimeout())
	defer cancel()
	told, err := healther.Health(ctx, live)
	if err != nil {
		t.Reconciler.options.Logger.Warn("the health before a rollout cannot be told", "target", t.name, "err", t.veil.of(err))
	}
	var names []string
	for _, record := range t.unhealthyOf(told) {
		if unwell(record.Status) {
			names = append(names, record.Resource.id().String())
		}
	}
	return names
}

// judgeRollout marks the revision as bad where the target became unwell by it,
// and as healthy where all of it is in effect and well. What becomes unwell once
// that was so is not the revision's doing.
func (t *targetPass) judgeRollout() {
	revision := t.record.Revision
	if !t.verified || t.back || len(t.held) > 0 {
		return
	}
	to := slices.DeleteFunc(t.unwell(), func(h HealthRecord) bool { return slices.Contains(t.state.Rollout.Ailing, h.Resource.id().String()) })
	switch {
	case len(to) > 0 && t.state.Rollout.Revision == revision && t.state.Healthy != revision:
		if t.state.Bad.Revision != revision {
			t.state.Bad = Quarantine{revision, healthMessage(to), t.Reconciler.options.Now()}
			t.emit(Event{Kind: EventQuarantined, Run: t.record.ID, Target: t.name, Revision: revision, Message: t.state.Bad.Reason})
		}
	case len(t.unwell()) > 0:
	case t.inEffect():
		t.state.Healthy, t.state.Rollout, t.state.Bad = revision, Rollout{Revision: revision}, Quarantine{}
	case t.state.Bad.Revision == revision:
		t.state.Bad = Quarantine{}
	}
}

// inEffect reports whether all that is desired is so.
func (t *targetPass) inEffect() bool {
	return len(t.observed.Unreachable) == 0 && !slices.ContainsFunc(t.plan.Changes, func(change resource.Change) bool {
		record := t.changes[change.ID.Key()]
		return change.After != nil && change.Action != resource.ActionMove && record != nil && record.State != StateApplied
	})
}

// backOutcome is how a run went that brought the target back.
func (t *targetPass) backOutcome() (Outcome, string) {
	message := fmt.Sprintf("revision %s is quarantined: %s; rolled back to %s", t.state.Bad.Revision, t.state.Bad.Reason, t.view.revision.ID)
	switch {
	case t.preempted:
		return OutcomeWaiting, message
	case len(t.unwell()) > 0:
		return OutcomeFailed, message + ", which is not healthy either: " + t.healthMessage()
	case t.observed != nil && t.plan != nil && !t.inEffect():
		return OutcomeHeld, message + ", of which not all is in effect"
	}
	return OutcomeHeld, message
}

// isToGoBack reports whether it turned out in a run that has ended that the
// target is to be brought back.
func (t *targetPass) isToGoBack() bool {
	return t.hasEnded() && !t.back && t.want != nil && t.want.target.Rollback && t.state.Bad.Revision == t.record.Revision
}
