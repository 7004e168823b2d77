package drivertest

import (
	"context"
	"errors"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func testLifecycle(w *world) {
	if live := w.observe(w.all(1)...).Live; len(live) > 0 {
		w.t.Fatalf("%d live resources at an empty destination", len(live))
	}
	for _, version := range []int{1, 2} {
		all := w.all(version)
		w.bring(all...)
		w.wantHolds(all...)
		w.wantInLine(all...)
		w.restart()
		w.wantInLine(all...)
	}
	if live := w.observe(w.all(2)...).Live; len(live) != Resources {
		w.t.Errorf("%d live resources, want %d", len(live), Resources)
	}
	w.Disturb(w.t, w.Resource(0, 2).ID)
	if w.Holds(w.t, ptr(w.Resource(0, 2))) {
		w.t.Fatal("the harness's Disturb has no effect")
	}
	kept := w.all(2)[:1]
	w.bring(kept...)
	w.wantHolds(kept...)
	for n := 1; n < Resources; n++ {
		if id := w.Resource(n, 2).ID; w.Live(w.t, id) != "" {
			w.t.Errorf("%s is still there once it was deleted", id)
		}
	}
	w.wantInLine(kept...)
	w.bring()
	if plan := w.plan(); len(plan.Changes) > 0 {
		w.t.Errorf("%d changes where nothing is desired and nothing is left", len(plan.Changes))
	}
}

func ptr(res resource.Resource) *resource.Resource { return &res }

// stale applies a plan that no longer fits, and wants id untouched and stale.
func (w *world) stale(plan *drivers.Plan, id resource.ID) {
	w.t.Helper()
	live, all := w.Live(w.t, id), w.Fingerprint(w.t)
	j, err := w.apply(plan, w.effects(plan), nil)
	if err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	if err := j.errors()[id.Key()]; !errors.Is(err, drivers.ErrStale) {
		w.t.Errorf("%s ended with %v, want ErrStale", id, err)
	}
	if w.Live(w.t, id) != live {
		w.t.Errorf("%s was touched", id)
	}
	if w.atomic() && w.Fingerprint(w.t) != all {
		w.t.Error("one change was stale, and others were done by an atomic driver")
	}
}

func testStaleUpdate(w *world) {
	w.bring(w.all(1)...)
	plan := w.plan(w.all(2)...)
	w.Disturb(w.t, w.Resource(1, 1).ID)
	w.stale(plan, w.Resource(1, 1).ID)
	if others := w.all(2); !w.atomic() {
		w.wantHolds(others[0], others[2], others[3])
	}
}

func testStaleCreate(w *world) {
	all := w.all(1)
	plan := w.plan(all...)
	w.bring(all[:1]...)
	w.stale(plan, all[0].ID)
	if !w.atomic() {
		w.wantHolds(all[1:]...)
	}
}

func testStaleDelete(w *world) {
	all := w.all(1)
	w.bring(all...)
	plan := w.plan(all[:Resources-1]...)
	gone := all[Resources-1].ID
	w.Disturb(w.t, gone)
	w.stale(plan, gone)
	if w.Live(w.t, gone) == "" {
		w.t.Error("it was deleted")
	}
}

func testIntentFirst(w *world) {
	all := w.all(1)
	plan := w.plan(all...)
	// The journal compares each resource with what it was when Apply began.
	j, err := w.apply(plan, w.effects(plan), nil)
	if err != nil || len(j.intents) != Resources || len(j.ends) != Resources {
		w.t.Fatalf("%d intentions and %d ends (%v), want %d each", len(j.intents), len(j.ends), err, Resources)
	}
	for i, id := range j.intents {
		if uid := j.uids[i]; uid != "" && uid != w.owned[id.Key()].UID {
			w.t.Errorf("%s was foretold to be %q and is %q", id, uid, w.owned[id.Key()].UID)
		}
	}
}

var errRefused = errors.New("the state cannot be written")

func testIntentFails(w *world) {
	plan := w.plan(w.all(1)...)
	before := w.Fingerprint(w.t)
	j, err := w.apply(plan, w.effects(plan), &journal{refuse: errRefused})
	if !errors.Is(err, errRefused) {
		w.t.Errorf("apply answers %v, want the journal's error", err)
	}
	if len(j.intents) > w.hand() {
		w.t.Errorf("%d changes were tried when nothing could be recorded", len(j.intents))
	}
	if w.Fingerprint(w.t) != before {
		w.t.Error("something was done without its intention recorded")
	}
}

func testDoneFails(w *world) {
	plan := w.plan(w.all(1)...)
	failed, late := false, 0
	j, err := w.apply(plan, w.effects(plan), &journal{
		intended: func() {
			if failed {
				late++
			}
		},
		done: func() error { failed = true; return errRefused },
	})
	if late >= w.hand() {
		w.t.Errorf("%d changes were begun after the journal failed", late)
	}
	if !errors.Is(err, errRefused) || len(j.ends) == 0 {
		w.t.Errorf("apply answers %v, want the journal's error", err)
	}
	w.bring(w.all(1)...)
	w.wantHolds(w.all(1)...)
}

func testSubset(w *world) {
	all := w.all(1)
	plan := w.plan(all...)
	before := w.Fingerprint(w.t)
	// The first in order, which needs no other.
	given := w.effects(plan)[:1]
	j, err := w.apply(plan, given, nil)
	if w.atomic() {
		if err == nil && j.errors()[given[0].ID.Key()] == nil {
			w.t.Error("an atomic driver did a part of its plan")
		}
		if w.Fingerprint(w.t) != before {
			w.t.Error("an atomic driver changed the destination for a part of its plan")
		}
		return
	}
	if err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	for i := range all {
		if isGiven := all[i].ID.Key() == given[0].ID.Key(); (w.Live(w.t, all[i].ID) != "") != isGiven {
			w.t.Errorf("%s was given: %t, is there: %t", all[i].ID, isGiven, !isGiven)
		}
	}
	if len(j.ends) != 1 {
		w.t.Errorf("%d changes were done, want the one that was given", len(j.ends))
	}
}

func testFailure(w *world) {
	failing := w.Failing("unused")
	desired := append(w.all(1), failing)
	plan := w.plan(desired...)
	before := w.Fingerprint(w.t)
	// It comes first, where the others must not suffer from it, and last where
	// they must not be done without it.
	var first, last []resource.Change
	for _, change := range w.effects(plan) {
		if isFailing := change.ID.Key() == failing.ID.Key(); isFailing != w.atomic() {
			first = append(first, change)
		} else {
			last = append(last, change)
		}
	}
	changes := append(first, last...)
	j, err := w.apply(plan, changes, nil)
	if w.atomic() {
		if err == nil && j.errors()[failing.ID.Key()] == nil {
			w.t.Error("nothing says that it failed")
		}
		for key, err := range j.errors() {
			if err == nil {
				w.t.Errorf("%s is recorded as done by an atomic driver that failed", key.Name)
			}
		}
		if w.Fingerprint(w.t) != before {
			w.t.Error("an atomic driver failed, and did some of it")
		}
		return
	}
	if err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	if j.errors()[failing.ID.Key()] == nil {
		w.t.Error("nothing says that it failed")
	}
	w.wantHolds(w.all(1)...)
	if len(j.ends) != len(desired) {
		w.t.Errorf("%d changes ended, want %d", len(j.ends), len(desired))
	}
}

func testCanceledBefore(w *world) {
	plan := w.plan(w.all(1)...)
	before := w.Fingerprint(w.t)
	ctx, cancel := context.WithCancel(w.t.Context())
	cancel()
	j, _ := w.applyUnder(ctx, plan, w.effects(plan), nil)
	if len(j.intents)+len(j.ends) > 0 || w.Fingerprint(w.t) != before {
		w.t.Errorf("%d changes were begun under a context that had ended", len(j.intents))
	}
}

// testCanceledMidway ends the context once the first change is in hand.
func testCanceledMidway(w *world) {
	all := w.all(1)
	plan := w.plan(all...)
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	j, _ := w.applyUnder(ctx, plan, w.effects(plan), &journal{intended: cancel})
	if len(j.ends) != len(j.intents) || len(j.ends) == 0 {
		w.t.Errorf("%d changes were begun and %d finished", len(j.intents), len(j.ends))
	}
	if len(j.intents) > w.hand() && !w.atomic() { // the plan of an atomic driver is one change
		w.t.Errorf("%d changes were begun after the context had ended", len(j.intents)-1)
	}
	for _, e := range j.ends {
		if e.result.Err != nil {
			w.t.Errorf("the change in hand, %s, ended with %v", e.id, e.result.Err)
		}
		for i := range all {
			if all[i].ID.Key() == e.id.Key() {
				w.wantHolds(all[i])
			}
		}
	}
}

// testKilled kills an apply that creates, updates and deletes, at the
// intention and at the record of each of its changes.
func testKilled(w *world) {
	desired := append(w.all(2)[:2:2], w.Resource(3, 1))
	setUp := func() { w.bring(w.all(1)[:3]...) }
	setUp()
	changes := len(w.effects(w.plan(desired...)))
	w.bring(desired...)
	want := w.Fingerprint(w.t)
	for _, atDone := range []bool{false, true} {
		for nth := 1; nth <= changes; nth++ {
			w.bring()
			setUp()
			w.kill(desired, atDone, nth)
			w.restart()
			w.bring(desired...)
			w.wantHolds(desired...)
			w.wantInLine(desired...)
			if got := w.Fingerprint(w.t); got != want {
				w.t.Errorf("killed at change %d of %d (at its record: %t), it ends as\n%s\nand not as\n%s", nth, changes, atDone, got, want)
			}
		}
	}
}

func (w *world) kill(desired []resource.Resource, atDone bool, nth int) {
	w.t.Helper()
	defer func() {
		if reason := recover(); reason != errKilled {
			panic(reason)
		}
	}()
	count := func() {
		if nth--; nth == 0 {
			panic(errKilled)
		}
	}
	j := &journal{intended: count}
	if atDone {
		j = &journal{done: func() error { count(); return nil }}
	}
	plan := w.plan(desired...)
	if _, err := w.apply(plan, w.effects(plan), j); err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	w.t.Fatal("the apply was not killed")
}
