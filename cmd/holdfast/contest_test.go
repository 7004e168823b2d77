package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Where someone else changes a resource back each time, holdfast says so and
// stops; a new revision is applied all the same.
func TestAContestOverAResourceIsNotGoneOnWith(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	p := s.open()
	defer p.close()
	p.pass()
	for range 3 {
		write(t, filepath.Join(s.root, "a"), "theirs")
		expect(t, only(t, p.pass(), "web"), reconcile.OutcomeOK, "update a applied")
	}
	write(t, filepath.Join(s.root, "a"), "theirs")
	write(t, filepath.Join(s.root, "b"), "once")
	run := only(t, p.pass(), "web")
	expect(t, run, reconcile.OutcomeFlagged, "update a flagged", "update b applied")
	for _, want := range []string{"set it back 3 times", "owner ", "fields spec.content", "next try at ", "ignoreDifferences"} {
		if !strings.Contains(run.Changes[0].Reason, want) {
			t.Errorf("%q is not in: %s", want, run.Changes[0].Reason)
		}
	}
	s.files(map[string]string{"a": "theirs", "b": "two"})
	p.pass()
	told := 0 // at once and once, as the run may go on for long
	for _, event := range p.events {
		if event.Change != nil && event.Change.State == reconcile.StateFlagged {
			told++
		}
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
	// The status tells what the log does: of what, by whom, which fields, and when it is tried again.
	words := []string{"File a: holdfast has set it back 3 times", "owner ", "fields spec.content", "next try at "}
	wantWords(t, run.Message, words...)
	wantWords(t, strings.Join(strings.Fields(s.command(exitClean, "status")), " "), words...)
	if status := s.statusOf(); len(status.LastRun.Unmade) != 1 || status.LastRun.Unmade[0].Retry.IsZero() || status.LastRun.Unmade[0].Resource.Name != "a" {
		t.Errorf("the status says %+v", status.LastRun)
	}
	s.commit(map[string]string{"web/b.yaml": aFile("b", "three")})
	expect(t, only(t, p.pass(), "web"), reconcile.OutcomeOK, "update a applied", "update b applied")
}

// talkative is the host driver of a destination that repeats what it was sent.
type talkative struct {
	*host.Driver
	at, secret string
}

func (d *talkative) says(at string) error {
	if d.at != at {
		return nil
	}
	return fmt.Errorf("the server answered 422: %q is too short: %w", d.secret, drivers.ErrStale)
}

func (d *talkative) Observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	if err := d.says("observe"); err != nil {
		return nil, err
	}
	if d.at == "panic" {
		panic("cannot make sense of " + d.secret)
	}
	return d.Driver.Observe(ctx, request)
}

func (d *talkative) Plan(ctx context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	if err := d.says("plan"); err != nil {
		return nil, err
	}
	return d.Driver.Plan(ctx, request)
}

func (d *talkative) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	if d.at == "change" {
		for i := range changes {
			if err := journal.Intend(ctx, &changes[i], ""); err != nil {
				return err
			}
			if err := journal.Done(ctx, &changes[i], drivers.Result{Err: d.says("change")}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := d.says("apply"); err != nil {
		return err
	}
	return d.Driver.Apply(ctx, plan, changes, journal)
}

func (d *talkative) Health(ctx context.Context, resources []resource.Resource) ([]drivers.Health, error) {
	all, err := d.Driver.Health(ctx, resources)
	for i := range all {
		if d.at == "health" {
			all[i].Status, all[i].Reason = drivers.StatusDegraded, "crashed with the password "+d.secret
		}
	}
	return all, err
}

func TestADriverThatRepeatsSecretsIsNotRepeated(t *testing.T) {
	for _, at := range []string{"observe", "panic", "plan", "change", "apply", "health"} {
		t.Run(at, func(t *testing.T) {
			s := newSite(t, oneTarget)
			s.commit(map[string]string{"web/a.yaml": aFile("a", "canary-5d1c") + "  sensitive: true\n"})
			r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
				return &talkative{d, at, "canary-5d1c"}
			}})
			run := only(t, onePass(t, r), "web")
			text, err := json.Marshal(run)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "canary") || !strings.Contains(run.Message, resource.Mask) || run.Outcome != reconcile.OutcomeFailed {
				t.Errorf("%s", text)
			}
			if at == "change" && run.Changes[0].State != reconcile.StateStale {
				t.Errorf("it is not told from a failure: %+v", run.Changes)
			}
		})
	}
}
