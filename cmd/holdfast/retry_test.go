package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// interfered is the host driver where something happens once before an apply
// of the named change.
type interfered struct {
	*host.Driver
	before string
	meddle func() error // what it answers ends the apply
}

func (i *interfered) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	for n, change := range changes {
		if change.ID.Name != i.before || i.meddle == nil {
			continue
		}
		if err := i.Driver.Apply(ctx, plan, changes[:n], journal); err != nil {
			return err
		}
		err := i.meddle()
		i.meddle = nil
		if err != nil {
			return err
		}
		return i.Driver.Apply(ctx, plan, changes[n:], journal)
	}
	return i.Driver.Apply(ctx, plan, changes, journal)
}

func onePass(t *testing.T, r *reconcile.Reconciler) *reconcile.Result {
	t.Helper()
	result, err := r.Pass(t.Context(), reconcile.PassOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// What changes between plan and apply is planned and judged anew within the
// pass, after other changes were made.
func TestWhatChangesBetweenPlanAndApplyIsPlannedAnew(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		return &interfered{Driver: d, before: "b", meddle: func() error {
			write(t, filepath.Join(s.root, "b"), "someone's")
			return nil
		}}
	}})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "create a applied", "update b applied")
	s.files(map[string]string{"a": "one", "b": "two"})
}

// A replace counts once, whether it is still to be made or was made in this run.
func TestAReplaceCountsOnceTowardsTheLimit(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": many(20), "web/b.yaml": aFile("b", "one")})
	s.pass()
	moved := "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: b}\nspec: {path: /elsewhere, content: one}\n"
	s.commit(map[string]string{"web/a.yaml": many(19), "web/b.yaml": moved})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a19 applied", "replace b applied")
}

// Someone else's hold on the destination is respected when it appears in the
// midst of a run as well.
func TestAHoldThatAppearsDuringARunIsRespected(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	var inner *host.Driver
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		inner = d
		return &interfered{Driver: d, before: "a", meddle: func() error {
			if holding, err := d.Holding(t.Context()); err != nil || holding == nil {
				t.Errorf("the destination is not claimed before the first effect: %v %v", holding, err)
			}
			return d.Hold(t.Context(), drivers.Holding{Holder: "other", Target: "web"})
		}}
	}})
	if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeFailed {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
	if holding, err := inner.Holding(t.Context()); err != nil || holding.Holder != "other" {
		t.Errorf("the hold of the other was overwritten: %+v %v", holding, err)
	}
}

// hushed is the host driver where health is never told.
type hushed struct{ *host.Driver }

func (h *hushed) Health(ctx context.Context, _ []resource.Resource) ([]drivers.Health, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestHealthThatIsNotToldInTimeIsNotHealth(t *testing.T) {
	s := newSite(t, oneTarget+"    healthTimeout: 1s\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver { return &hushed{d} }})
	if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeFailed {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
}

// A rename whose new form is held back does not lose the object from the inventory.
func TestARenameThatIsHeldBackKeepsItsOwner(t *testing.T) {
	s := newSite(t, "policies: {paths: [policies/]}\n"+oneTarget)
	s.commit(map[string]string{"policies/bad.rego": denyBad, "web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	renamed := "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: c}\nspec: {path: /b, content: bad}\n"
	s.commit(map[string]string{"web/b.yaml": renamed})
	if run := only(t, s.pass(), "web"); run.Outcome != reconcile.OutcomeBlocked {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
	s.commit(map[string]string{"web/b.yaml": ""})
	s.pass()
	s.files(map[string]string{"a": "one"})
}

func TestACycleOfResourcesIsTheUsersMistake(t *testing.T) {
	s := newSite(t, oneTarget)
	good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	s.commit(map[string]string{
		"web/b.yaml": aFile("b", "two", "  annotations: {holdfast.dev/depends-on: File/c}"),
		"web/c.yaml": aFile("c", "three", "  annotations: {holdfast.dev/depends-on: File/b}"),
	})
	result := s.pass()
	run := only(t, result, "web")
	expect(t, run, reconcile.OutcomeHeld)
	if run.Revision != good || passCode(result) != exitMistake {
		t.Errorf("at %s, exit code %d: %s", run.Revision, passCode(result), run.Message)
	}
}

// tardy is the host driver of a machine that did not answer one request in time.
type tardy struct{ *host.Driver }

func (*tardy) Observe(context.Context, drivers.ObserveRequest) (*drivers.Observation, error) {
	return nil, fmt.Errorf("%w: look: %w", drivers.ErrUnreachable, context.DeadlineExceeded)
}

// The time of one request is not that of the run.
func TestARequestThatIsNotAnsweredInTimeIsSaidToBeOne(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver { return &tardy{d} }})
	if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeFailed || !strings.Contains(run.Message, drivers.ErrUnreachable.Error()) {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
}

// unreachable is the host driver of a machine that does not answer.
type unreachable struct{ *host.Driver }

func (u *unreachable) Observe(context.Context, drivers.ObserveRequest) (*drivers.Observation, error) {
	return &drivers.Observation{Unreachable: map[string]error{"": drivers.ErrUnreachable}}, nil
}

func (u *unreachable) Plan(context.Context, drivers.PlanRequest) (*drivers.Plan, error) {
	return &drivers.Plan{}, nil
}

// A delete that was under way is not taken for done because nobody can look.
func TestWhatCannotBeReachedIsNotTakenForDeleted(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	p := s.open()
	owned, err := p.store.Owned(t.Context(), "web")
	if err != nil || len(owned) != 1 {
		t.Fatal(owned, err)
	}
	intent := reconcile.Intent{ID: "1", Run: "1", Target: "web", Revision: "r", Resource: owned[0].ID, Action: resource.ActionDelete, At: time.Now()}
	if err := p.store.Intend(t.Context(), intent, &owned[0]); err != nil {
		t.Fatal(err)
	}
	p.close()
	t.Run("unreachable", func(t *testing.T) {
		away := *s
		away.t = t
		r := away.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver { return &unreachable{d} }})
		if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeFailed {
			t.Errorf("%s: %s", run.Outcome, run.Message)
		}
	})
	p = s.open()
	defer p.close()
	if pending, err := p.store.Pending(t.Context(), "web"); err != nil || len(pending) != 1 {
		t.Errorf("pending: %v %v", pending, err)
	}
}
