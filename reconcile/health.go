package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// awaitHealth waits for the health of what is in effect, until it is settled
// either way, time is up, or there is something newer to do.
func (t *targetPass) awaitHealth(ctx context.Context) error {
	healther, ok := t.driver.(drivers.Healther)
	if !ok || t.preempted {
		t.verified = !t.preempted
		return nil
	}
	var inEffect []resource.Resource
	for _, change := range t.plan.Changes {
		record := t.changes[change.ID.Key()]
		if change.After != nil && change.Action != resource.ActionMove && (record == nil || record.State == StateApplied) {
			inEffect = append(inEffect, *change.After)
		}
	}
	bounded, cancel := context.WithTimeout(ctx, t.healthTimeout())
	defer cancel()
	told := false
	for wait := t.newHealthWait(); ; {
		health, err := t.healthOf(bounded, healther, inEffect)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && bounded.Err() == nil:
			return t.veil.of(err)
		case err == nil:
			t.unhealthy, t.told, told = t.unhealthyOf(health), health, true
		case !told:
			return fmt.Errorf("%w: health was not told within %s", drivers.ErrUnreachable, t.healthTimeout())
		}
		settled := !slices.ContainsFunc(t.unhealthy, func(h HealthRecord) bool { return h.Status == drivers.StatusProgressing })
		if settled || !wait.again(ctx) {
			t.verified = ctx.Err() == nil && !t.preempted && !t.disturbed
			return ctx.Err()
		}
	}
}

func (t *targetPass) healthTimeout() time.Duration {
	return cmp.Or(t.want.target.HealthTimeout, DefaultHealthTimeout)
}

// healthWait paces the looks at health, of which the last comes when the target's
// time for it is up.
type healthWait struct {
	pass    *targetPass
	pace    *backoff.ExponentialBackOff
	watched bool // what the target owns is, since the wait began
	// recorded is when it was last recorded what is waited for.
	recorded time.Time
}

func (t *targetPass) newHealthWait() *healthWait {
	pace := backoff.NewExponentialBackOff()
	pace.InitialInterval, pace.MaxInterval = 200*time.Millisecond, 5*time.Second
	now := time.Now()
	if t.waitsUntil.IsZero() {
		t.waitsUntil = now.Add(t.healthTimeout())
		if wait, same := t.earlierWait(); same {
			t.waitsUntil = wait.until
		}
	}
	if !t.disturbedAt.IsZero() { // what was told is seen by now, and what is told all the time takes a share of it
		t.calmUntil = now.Add(min(max(4*now.Sub(t.disturbedAt), shortestCalm), longestCalm))
		t.disturbedAt = time.Time{}
	}
	return &healthWait{pass: t, pace: pace}
}

// A wait that was disturbed is not disturbed again for a while.
const shortestCalm, longestCalm = time.Second, 15 * time.Second

// recordEach is how old the record of what is waited for may get.
const recordEach = 15 * time.Second

// again waits until health is to be looked at once more. It answers false where
// it is not: time is up, now or in an earlier wait of the run, there is something
// newer to do, or there may be something at the target that was not seen.
func (w *healthWait) again(ctx context.Context) bool {
	left := time.Until(w.pass.waitsUntil)
	if left <= 0 || w.pass.late {
		w.pass.late = true
		return false
	}
	if !w.watched {
		w.pass.follow(ctx)
		w.watched = true
	}
	if time.Since(w.recorded) > recordEach {
		w.pass.recordWait(ctx)
		w.recorded = time.Now()
	}
	pause, disturbance := min(w.pace.NextBackOff(), left), w.pass.disturbance.c
	if calm := time.Until(w.pass.calmUntil); calm > 0 {
		pause, disturbance = min(pause, calm), nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-w.pass.options.Preempt:
		w.pass.preempted = true
		return false
	case <-disturbance:
		w.pass.disturbed, w.pass.disturbedAt = true, time.Now()
		return false
	case <-timer.C:
		return true
	}
}

// undisturbed takes it that all that was told so far is seen by the look at the
// target that begins now.
func (t *targetPass) undisturbed() {
	select {
	case <-t.disturbance.c:
	default:
	}
	t.disturbed = false
}

// unwell reports whether a status is one that a run fails for. Of what nobody
// can tell the health it is shown that it is not known, and no more: else kinds
// without any notion of health could never be had.
func unwell(status drivers.Status) bool {
	return status != drivers.StatusHealthy && status != drivers.StatusUnknown
}

// unhealthyOf are those of the list that are not known to be healthy, the gravest first.
func (t *targetPass) unhealthyOf(health []drivers.Health) []HealthRecord {
	var records []HealthRecord
	for _, h := range health {
		if h.Status != drivers.StatusHealthy {
			records = append(records, HealthRecord{Resource: Ref(h.ID), Status: h.Status, Reason: t.veil.text(h.Reason)})
		}
	}
	gravity := func(h HealthRecord) int {
		return slices.Index([]drivers.Status{drivers.StatusDegraded, drivers.StatusProgressing, drivers.StatusUnknown}, h.Status)
	}
	slices.SortStableFunc(records, func(a, b HealthRecord) int { return gravity(a) - gravity(b) })
	return records
}

// unwell are the resources for which the run is not ok.
func (t *targetPass) unwell() []HealthRecord {
	return slices.DeleteFunc(slices.Clone(t.unhealthy), func(h HealthRecord) bool { return !unwell(h.Status) })
}

// healthMessage says what is not well, "" if nothing is.
func (t *targetPass) healthMessage() string { return healthMessage(t.unwell()) }

func healthMessage(records []HealthRecord) string {
	if len(records) == 0 {
		return ""
	}
	first := records[0]
	message := fmt.Sprintf("%s is %s", first.Resource.id(), first.Status)
	if first.Reason != "" {
		message += ": " + first.Reason
	}
	if len(records) > 1 {
		message += fmt.Sprintf(" (and %d more)", len(records)-1)
	}
	return message
}

// unhealthyMessage says as well how many changes were held back by that.
func (t *targetPass) unhealthyMessage(held int) string {
	message := t.healthMessage()
	if held > 0 {
		message += fmt.Sprintf("; %s held back until it is healthy", count(held, "change"))
	}
	if t.noWayBack != "" {
		message += "; the target is not rolled back: " + t.noWayBack
	}
	return message
}
