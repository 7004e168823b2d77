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

// rollout makes the writes of one apply: stage by stage, and within a stage
// each once what it needs is in effect and healthy. What waits holds up nothing
// that does not need it.
type rollout struct {
	*targetPass
	journal *journal
	after   map[resource.Key]*resource.Resource // each desired resource as it is once it is in effect
	health  map[resource.Key]drivers.Health     // of those that were asked about
	untold  error                               // why the last look told nothing
}

func (t *targetPass) newRollout(journal *journal) *rollout {
	r := &rollout{targetPass: t, journal: journal, after: map[resource.Key]*resource.Resource{}, health: map[resource.Key]drivers.Health{}}
	for _, change := range t.plan.Changes {
		if change.After != nil && change.Action != resource.ActionMove {
			r.after[change.ID.Key()] = change.After
		}
	}
	return r
}

// carryOut makes the changes. Where a wait is disturbed it leaves the rest as it is: the
// target is looked at anew first.
func (r *rollout) carryOut(ctx context.Context, changes []resource.Change) error {
	if len(changes) == 0 {
		return nil
	}
	stages := r.stages()
	byStage := map[int][]resource.Change{}
	for _, change := range changes {
		stage := stages[change.ID.Key()]
		byStage[stage] = append(byStage[stage], change)
	}
	desired := slices.SortedStableFunc(slices.Values(r.want.resources), func(a, b resource.Resource) int {
		return stages[a.ID.Key()] - stages[b.ID.Key()]
	})
	holds := "" // why the stages from here on are held
	for _, stage := range slices.Sorted(maps.Keys(byStage)) {
		var earlier []resource.Key
		for len(desired) > 0 && stages[desired[0].ID.Key()] < stage {
			earlier = append(earlier, desired[0].ID.Key())
			desired = desired[1:]
		}
		if holds == "" {
			var err error
			if holds, err = r.await(ctx, earlier); err != nil || r.disturbed {
				return err
			}
		}
		if holds != "" {
			r.hold(byStage[stage], func(resource.Change) string { return "waits for an earlier stage: " + holds })
			continue
		}
		if err := r.clearBefore(ctx, stage); err != nil {
			return err
		}
		if err := r.makeStage(ctx, byStage[stage]); err != nil || r.disturbed {
			return err
		}
	}
	return nil
}

// stages are the stages of the desired resources. What is needed is of no later
// stage than what needs it: a hook's namespace comes before the hook.
func (t *targetPass) stages() map[resource.Key]int {
	stages := map[resource.Key]int{}
	staged, ok := t.driver.(drivers.Staged)
	if !ok {
		return stages
	}
	keys := make([]resource.Key, len(t.want.resources))
	for i := range t.want.resources {
		keys[i] = t.want.resources[i].ID.Key()
		stages[keys[i]] = staged.Stage(&t.want.resources[i])
	}
	waves, err := Order(keys, t.needs)
	if err != nil {
		return stages // the gate lets no cycle through
	}
	for _, wave := range slices.Backward(waves) {
		for _, key := range wave {
			for _, need := range t.needs[key] {
				stages[need] = min(stages[need], stages[key])
			}
		}
	}
	return stages
}

// await waits until all of keys are in effect and healthy; else it says of one
// what it is.
func (r *rollout) await(ctx context.Context, keys []resource.Key) (string, error) {
	for wait := r.newHealthWait(); ; {
		if err := r.look(ctx, keys); err != nil {
			return "", err
		}
		pending := ""
		for _, key := range keys {
			why, mayCome := r.unmet(key)
			if why != "" && !mayCome {
				return why, nil
			}
			if pending == "" {
				pending = why
			}
		}
		if pending == "" || !wait.again(ctx) {
			return pending, ctx.Err()
		}
	}
}

// awaitBeforeDeletes waits until what the revision has changed is healthy, and else holds
// the deletes of what left the source with it: it may be what still serves, as long as
// what comes in its place does not, and a rollback may want it.
func (r *rollout) awaitBeforeDeletes(ctx context.Context) error {
	if !r.isToWait() {
		return nil
	}
	holds, err := r.await(ctx, r.together())
	if err == nil && holds != "" && !r.disturbed {
		r.waitsFor = holds
	}
	return err
}

// foreseeWait tells, in a dry run, of what is in effect and not healthy that deletes
// wait for.
func (t *targetPass) foreseeWait(ctx context.Context) error {
	if !t.options.DryRun || !t.isToWait() {
		return nil
	}
	r, together := t.newRollout(nil), t.together()
	if err := r.look(ctx, together); err != nil {
		return err
	}
	for _, key := range together {
		if why, _ := r.unmet(key); why != "" && t.changes[key] == nil {
			t.waitsFor = why
			t.decidePrune()
			return nil
		}
	}
	return nil
}

// isToWait reports whether a delete is to be made that is not, unless it was
// approved, before something else is healthy.
func (t *targetPass) isToWait() bool {
	if !slices.ContainsFunc(t.deletes(), func(change resource.Change) bool { return t.leaves(change.ID) }) || len(t.together()) == 0 {
		return false
	}
	decisions, _ := Prune(t.pruneInput("something"))
	return slices.ContainsFunc(t.deletes(), func(change resource.Change) bool { return !decisions[change.ID.Key()].Allowed })
}

// leaves reports whether something left the source together with changes.
func (t *targetPass) leaves(id resource.ID) bool {
	_, leaves := slices.BinarySearch(t.state.Rollout.Leaving, id.String())
	return leaves
}

// together are what these changes were, as far as it is still desired.
func (t *targetPass) together() []resource.Key {
	if t.state.Rollout.Revision != t.record.Revision {
		return nil
	}
	var changed []resource.Key
	for i := range t.want.resources {
		id := t.want.resources[i].ID
		if _, is := slices.BinarySearch(t.state.Rollout.Changed, id.String()); is {
			changed = append(changed, id.Key())
		}
	}
	return changed
}

// makeStage makes the changes of one stage, in rounds: those of which the needs are met.
func (r *rollout) makeStage(ctx context.Context, pending []resource.Change) error {
	for wait := r.newHealthWait(); len(pending) > 0; {
		var needs []resource.Key
		for _, change := range pending {
			needs = append(needs, r.needs[change.ID.Key()]...)
		}
		if err := r.look(ctx, needs); err != nil {
			return err
		}
		ready, waiting, out := r.divide(pending)
		r.hold(out, r.why)
		pending = waiting
		switch {
		case len(ready) > 0:
			if err := r.applyChanges(ctx, r.journal, ready); err != nil {
				return err
			}
			running := r.planned(ready)
			if slices.ContainsFunc(ready, func(change resource.Change) bool {
				return !change.Drift && r.changes[change.ID.Key()].State != StatePlanned
			}) {
				r.waitsUntil = time.Time{} // the revision has got on
			}
			if len(running) < len(ready) {
				wait = r.newHealthWait()
			} else if !wait.again(ctx) {
				if ctx.Err() != nil || r.disturbed {
					return ctx.Err()
				}
				r.giveUp(running)
				continue
			}
			pending = append(pending, running...)
		case len(out) > 0 || wait.again(ctx):
		case ctx.Err() != nil || r.disturbed:
			return ctx.Err()
		default: // what depends on these is held in the next round
			r.hold(r.due(waiting), r.why)
			pending = r.planned(waiting)
		}
	}
	return nil
}

// planned are those of the changes that are still to be made: they wait, or what
// they are to take the place of still runs.
func (r *rollout) planned(changes []resource.Change) []resource.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(change resource.Change) bool {
		return r.changes[change.ID.Key()].State != StatePlanned
	})
}

// giveUp ends the wait for what still runs.
func (r *rollout) giveUp(changes []resource.Change) {
	for _, change := range changes {
		record := r.changes[change.ID.Key()]
		record.State = StateSkipped
		if !r.preempted {
			record.State, record.Reason = StateFailed, fmt.Sprintf("%s; it was waited for %s", record.Reason, r.healthTimeout())
		}
		r.changed(record)
	}
}

// divide tells the changes that can be made from those that have to wait and
// those that cannot be made in this run.
func (r *rollout) divide(changes []resource.Change) (ready, waiting, out []resource.Change) {
	for _, change := range changes {
		met, may := true, true
		for _, need := range r.needs[change.ID.Key()] {
			why, mayCome := r.unmet(need)
			met, may = met && why == "", may && (why == "" || mayCome)
		}
		switch {
		case met:
			ready = append(ready, change)
		case may:
			waiting = append(waiting, change)
		default:
			out = append(out, change)
		}
	}
	return ready, waiting, out
}

// due are the changes that wait for nothing that is still to be made.
func (r *rollout) due(changes []resource.Change) []resource.Change {
	var due []resource.Change
	for _, change := range changes {
		if !slices.ContainsFunc(r.needs[change.ID.Key()], func(need resource.Key) bool {
			record := r.changes[need]
			return record != nil && record.State == StatePlanned
		}) {
			due = append(due, change)
		}
	}
	return due
}

// why names the need for which a change cannot be made; one that cannot be met
// rather than one that may be.
func (r *rollout) why(change resource.Change) string {
	reason := ""
	for _, need := range r.needs[change.ID.Key()] {
		why, mayCome := r.unmet(need)
		if why != "" && (reason == "" || !mayCome) {
			reason = "depends on " + why
		}
		if why != "" && !mayCome {
			break
		}
	}
	return reason
}

// hold marks changes that are not made: held back, or left to the next run
// where that is due at once.
func (r *rollout) hold(changes []resource.Change, why func(resource.Change) string) {
	for _, change := range changes {
		record := r.changes[change.ID.Key()]
		record.State, record.Reason = StateBlocked, why(change)
		if r.preempted {
			record.State = StateSkipped
		}
	}
}

// unmet says what something is that others need, "" if it is in effect and
// healthy, and whether it may become so without another run.
func (r *rollout) unmet(key resource.Key) (why string, mayCome bool) {
	after := r.after[key]
	if after == nil {
		if res := r.want.byKey[key]; res != nil && r.cannotReach(res.ID) {
			return fmt.Sprintf("%s, which cannot be reached", res.ID), false
		}
		return "", false // the driver has nothing to do for it, or it is not of this target and nothing is known of it
	}
	record := r.changes[key]
	switch {
	case record != nil && record.State == StatePlanned:
		return fmt.Sprintf("%s, which is to come", after.ID), true
	case record != nil && record.State != StateApplied:
		return fmt.Sprintf("%s, which is %s", after.ID, record.State), false
	}
	health, told := r.health[key]
	switch _, asks := r.driver.(drivers.Healther); {
	case !asks || told && !unwell(health.Status):
		return "", false
	case told:
		why = fmt.Sprintf("%s, which is %s", after.ID, health.Status)
		if health.Reason != "" {
			why += ": " + health.Reason
		}
		return why, health.Status == drivers.StatusProgressing
	case r.untold != nil:
		return fmt.Sprintf("%s, of which the health cannot be told: %v", after.ID, r.untold), true
	}
	return fmt.Sprintf("%s, of which the health is not known", after.ID), true
}

func (t *targetPass) cannotReach(id resource.ID) bool {
	_, unreachable := t.observed.Unreachable[id.Scope]
	return unreachable
}

// look asks for the health of those of keys that are in effect and were not
// seen to be healthy before.
func (r *rollout) look(ctx context.Context, keys []resource.Key) error {
	healther, ok := r.driver.(drivers.Healther)
	if !ok {
		return nil
	}
	var ask []resource.Resource
	asked := map[resource.Key]bool{}
	for _, key := range keys {
		why, mayCome := r.unmet(key)
		record := r.changes[key]
		inEffect := r.after[key] != nil && (record == nil || record.State == StateApplied)
		if why != "" && mayCome && inEffect && !asked[key] {
			asked[key] = true
			ask = append(ask, *r.after[key])
		}
	}
	if len(ask) == 0 {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, r.healthTimeout())
	defer cancel()
	told, err := r.healthOf(bounded, healther, ask)
	if r.untold = r.veil.of(err); err != nil {
		return ctx.Err() // it is asked again, as long as there is time
	}
	for _, health := range told {
		health.Reason = r.veil.text(health.Reason)
		r.health[health.ID.Key()] = health
	}
	r.unhealthy = r.unhealthyOf(told)
	return nil
}
