package main

import (
	"errors"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// A process that ends in the midst of an approved prune goes on with it: the
// rest is of what was approved.
func TestAnApprovedPruneGoesOnAfterAStop(t *testing.T) {
	s := newSite(t, "approvals: [approvals/]\n"+oneTarget)
	s.commit(map[string]string{"web/a.yaml": many(20)})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": many(15)})
	run := only(t, s.pass(), "web")
	s.commit(map[string]string{"approvals/a.yaml": approvalOf(run.Changes[0].Approval)})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		return &interfered{Driver: d, before: "a17", meddle: func() error { return errors.New("the power is gone") }}
	}})
	if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeFailed {
		t.Fatalf("%s: %s", run.Outcome, run.Message)
	}
	if run := only(t, onePass(t, r), "web"); run.Outcome != reconcile.OutcomeOK {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
	s.files(contents(15))
}

func approvalOf(digest string) string {
	return "approvals:\n  - {target: web, digest: \"" + digest + "\", owner: ada, reason: they are gone, expires: 2099-12-31}\n"
}

// What something that stays depends on is not taken away.
func TestWhatSomethingThatStaysNeedsIsNotPruned(t *testing.T) {
	s := newSite(t, oneTarget)
	folder := "apiVersion: host.holdfast.dev/v1\nkind: Directory\nmetadata: {name: d}\nspec: {path: /d}\n"
	inside := "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x, annotations: {holdfast.dev/prune: never}}\nspec: {path: /d/x, content: kept}\n"
	s.commit(map[string]string{"web/a.yaml": many(30), "web/d.yaml": folder, "web/x.yaml": inside})
	s.pass()
	s.commit(map[string]string{"web/d.yaml": "", "web/x.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete d kept", "delete x kept")
}
