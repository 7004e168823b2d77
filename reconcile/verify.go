package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// verify goes by the health of what is in effect: it deletes what has ended and is
// to go then, and judges what is live where it is not what is desired.
func (t *targetPass) verify(ctx context.Context) error {
	if err := t.clearAll(ctx); err != nil {
		return fmt.Errorf("clear away what has ended: %w", err)
	}
	return t.judgeLive(ctx)
}

// judgeLive judges the live twins of what is not in line, and adds what is
// found there and not in the plan.
func (t *targetPass) judgeLive(ctx context.Context) error {
	c := policy.Case{
		Phase: policy.PhaseLive, Now: t.Reconciler.options.Now(), Context: t.view.context.Without(t.name),
		Targets: []policy.Target{policyTarget(t.want.target)}, Live: t.observed.Live,
	}
	for _, change := range t.plan.Changes {
		record := t.changes[change.ID.Key()]
		if record != nil && record.State != StateApplied && change.Before != nil && change.Beyond == "" {
			c.Subjects = append(c.Subjects, policy.Subject{ID: change.ID, Resource: change.Before, Live: change.Before})
		}
	}
	if len(c.Subjects) == 0 {
		return nil
	}
	live, err := t.view.judge.Judge(ctx, c)
	if err != nil {
		return fmt.Errorf("judge what is live: %w", err)
	}
	t.waive(live.Findings, c.Now)
	have := map[string]bool{}
	for i := range t.report.Findings {
		have[sameness(&t.report.Findings[i])] = true
	}
	for _, f := range live.Findings {
		if !have[sameness(&f)] && (f.Target == "" || f.Target == t.name) {
			t.report.Findings = append(t.report.Findings, f)
		}
	}
	return nil
}

// conclude says how the run went, and records it.
func (t *targetPass) conclude(ctx context.Context, err error) Run {
	run := &t.record
	run.Ended = t.Reconciler.options.Now()
	t.keepWait()
	run.Health = t.unhealthy
	if err == nil {
		t.judgeRollout()
		run.Quarantined = t.state.Bad.Revision
	}
	if ctx.Err() != nil {
		t.skipRest()
	}
	t.recordChanges(run)
	t.recordFindings()
	if run.Outcome == OutcomeRunning {
		run.Outcome, run.Message = t.outcome(ctx, err)
		run.Mistake = run.Outcome == OutcomeFailed && (errors.Is(err, drivers.ErrSettings) || err == nil && t.onlyMistaken())
	}
	repeat := t.repeats()
	if !t.options.DryRun {
		// The record is kept even where the run was stopped.
		if err := t.save(context.WithoutCancel(ctx)); err != nil {
			run.Outcome, run.Message, run.Mistake, repeat = OutcomeFailed, err.Error(), false, false
		}
	}
	ended := *run
	t.Reconciler.emit(Event{Kind: EventEnded, Run: run.ID, Target: t.name, Revision: run.Revision, Ended: &ended, Repeat: repeat})
	return *run
}

// repeats reports whether the run found and did just what the one before did.
// It then takes that one's place in the record, or else passes in which nothing
// happens would push out those in which something did.
func (t *targetPass) repeats() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before, known := t.last[t.name]
	run := t.record
	same := known && !t.begun && !slices.ContainsFunc(run.Changes, func(c ChangeRecord) bool { return c.State == StateApplied })
	if same {
		run.ID, run.Started, run.Ended = before.ID, before.Started, before.Ended
		same = reflect.DeepEqual(run, before)
	}
	if same {
		t.record.ID = before.ID
	}
	t.last[t.name] = t.record
	return same
}

// skipRest marks what was not begun in a run that was stopped.
func (t *targetPass) skipRest() {
	if t.options.DryRun || t.want == nil || t.want.target.Mode != ModeApply {
		return
	}
	for _, record := range t.changes {
		if record.State == StatePlanned {
			record.State, record.Reason = StateSkipped, "the run ended before it was begun"
		}
	}
}

// recordChanges adds the changes to run, as they stand now.
func (t *targetPass) recordChanges(run *Run) {
	if t.plan == nil {
		return
	}
	for _, record := range t.changes {
		if record.State == StateApplied && record.Action != resource.ActionDelete && record.Action != resource.ActionMove {
			run.InLine++
		}
		run.Changes = append(run.Changes, *record)
	}
	for _, record := range t.cleared {
		run.Changes = append(run.Changes, *record)
	}
	slices.SortStableFunc(run.Changes, func(a, b ChangeRecord) int {
		return resource.Compare(a.Resource.id(), b.Resource.id())
	})
}

func (ref ResourceRef) id() resource.ID {
	return resource.ID{Scope: ref.Scope, APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
}

func (t *targetPass) recordFindings() {
	if t.report == nil {
		return
	}
	for i := range t.report.Findings {
		f := &t.report.Findings[i]
		if f.Resource != nil {
			if res := t.want.byKey[f.Resource.Key()]; res != nil {
				f.Location = t.Reconciler.options.Locator.Locate(t.view.snapshot, res.Origin, f.Path)
			}
		}
		t.record.Findings = append(t.record.Findings, Record(f))
	}
}

// outcome sums up, the gravest first.
func (t *targetPass) outcome(ctx context.Context, err error) (Outcome, string) {
	states := map[State]int{}
	var reasons []string
	for _, record := range t.record.Changes {
		states[record.State]++
		if record.State == StateFailed || record.State == StateStale {
			reason := record.Reason
			if record.Mistake {
				reason = resource.Problem{Msg: reason, Location: record.Location}.Error()
			}
			reasons = append(reasons, reason)
		}
	}
	problems := resource.Problems(nil)
	switch {
	case errors.As(err, &problems): // the user's mistakes, which only the driver could see
		return OutcomeHeld, err.Error()
	case ctx.Err() != nil && errors.Is(err, context.DeadlineExceeded): // the run's time, not that of one request
		return OutcomeFailed, fmt.Sprintf("not done within %s", t.view.spec.RunTimeout)
	case errors.Is(err, context.Canceled):
		return OutcomeFailed, "stopped before it was done"
	case err != nil:
		return OutcomeFailed, err.Error()
	case len(reasons) > 0:
		return OutcomeFailed, fewOf(reasons)
	case t.away:
		return OutcomeFailed, t.heldMessage()
	case len(t.held) > 0:
		return OutcomeHeld, t.heldMessage()
	case t.back:
		return t.backOutcome()
	case t.observed != nil && len(t.observed.Unreachable) > 0:
		return OutcomeFailed, fmt.Sprintf("%d hosts cannot be reached", len(t.observed.Unreachable))
	case !t.preempted && len(t.unwell()) > 0:
		return OutcomeFailed, t.unhealthyMessage(states[StateBlocked] - t.byPolicy())
	case t.byPolicy() > 0:
		return OutcomeBlocked, fmt.Sprintf("%s held back by policy", count(t.byPolicy(), "change"))
	case states[StateFlagged] > 0:
		return OutcomeFlagged, t.flaggedMessage()
	case states[StatePlanned] > 0:
		return OutcomeFlagged, t.plannedMessage(states[StatePlanned])
	case t.preempted:
		return OutcomeWaiting, cmp.Or(t.healthMessage(), "something newer came before it was done")
	case states[StateBlocked] > 0: // what they need has become healthy since
		return OutcomeFailed, fmt.Sprintf("%s held back until what they need is healthy", count(states[StateBlocked], "change"))
	}
	return OutcomeOK, ""
}

// plannedMessage says why changes are planned and no more.
func (t *targetPass) plannedMessage(n int) string {
	if t.want.target.Mode == ModeApply { // it is a dry run
		return count(n, "change") + " to make"
	}
	return count(n, "change") + " planned and not made, as the mode is flag"
}

// onlyMistaken reports whether the run failed for mistakes of the user and
// for nothing else.
func (t *targetPass) onlyMistaken() bool {
	found := false
	for _, record := range t.record.Changes {
		if record.State == StateStale || record.State == StateFailed && !record.Mistake {
			return false
		}
		found = found || record.State == StateFailed
	}
	return found && !t.away && len(t.observed.Unreachable) == 0 && (t.preempted || len(t.unwell()) == 0)
}

// byPolicy counts the changes that the gate holds; others are held by what they
// need.
func (t *targetPass) byPolicy() int {
	n := 0
	for key, record := range t.changes {
		if _, gated := t.blocked[key]; gated && record.State == StateBlocked {
			n++
		}
	}
	return n
}

func (t *targetPass) heldMessage() string {
	first := max(0, slices.IndexFunc(t.held, func(p resource.Problem) bool { return p.Fault == t.away }))
	message := t.held[first].Error()
	if len(t.held) > 1 {
		message += fmt.Sprintf(" (and %d more)", len(t.held)-1)
	}
	if t.view == nil {
		return message + "; there is no earlier good revision to hold it at, so nothing is done"
	}
	return message + "; held at revision " + t.view.revision.ID
}

// fewOf is the first of the reasons, and how many more there are: the changes have them all.
func fewOf(reasons []string) string {
	const few = 3
	if more := len(reasons) - few; more > 0 {
		return fmt.Sprintf("%s (and %d more)", strings.Join(reasons[:few], "; "), more)
	}
	return strings.Join(reasons, "; ")
}

// count is "1 change" or "3 changes"; the plural is given where it is not made with an s.
func count(n int, singular string, plural ...string) string {
	switch {
	case n == 1:
		return "1 " + singular
	case len(plural) > 0:
		return fmt.Sprintf("%d %s", n, plural[0])
	}
	return fmt.Sprintf("%d %ss", n, singular)
}

// good is the revision to hold the target at where a newer one cannot be
// understood: the last that could be, whatever came of it, unless it was to be taken
// back. That somebody commits a typing error takes nothing back.
func (t *targetPass) good() string {
	switch {
	case len(t.held) > 0 || t.back || t.report == nil:
		return t.state.Good
	case t.want.target.Rollback && t.state.Bad.Revision == t.record.Revision && t.state.Healthy != "":
		return t.state.Healthy
	}
	return t.record.Revision
}

func (t *targetPass) save(ctx context.Context) error {
	store := t.Reconciler.options.Store
	t.state.Orphaned = false
	t.state.Good = t.good()
	if err := store.SetTarget(ctx, t.name, t.state); err != nil {
		return fmt.Errorf("record the state of the target: %w", err)
	}
	if err := store.SaveRun(ctx, t.record); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	return nil
}
