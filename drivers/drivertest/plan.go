package drivertest

import (
	"reflect"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func testReadOnly(w *world) {
	all := w.all(1)
	for _, desired := range [][]resource.Resource{all, w.all(2), all[:1], nil} {
		before := w.Fingerprint(w.t)
		w.plan(desired...)
		if after := w.Fingerprint(w.t); after != before {
			w.t.Fatalf("observe and plan changed the destination from\n%s\nto\n%s", before, after)
		}
		w.bring(all...)
	}
}

func testOneChangeEach(w *world) {
	w.bring(w.all(1)[:3]...)
	// 0 is as it was, 1 is new in content, 2 departs, 3 is new.
	desired := []resource.Resource{w.Resource(3, 1), w.Resource(1, 2), w.Resource(0, 1)}
	plan := w.plan(desired...)
	want := map[resource.Key]resource.Action{
		w.Resource(0, 1).ID.Key(): resource.ActionNone, w.Resource(1, 1).ID.Key(): resource.ActionUpdate,
		w.Resource(2, 1).ID.Key(): resource.ActionDelete, w.Resource(3, 1).ID.Key(): resource.ActionCreate,
	}
	if len(plan.Changes) != len(want) {
		w.t.Errorf("%d changes, want %d", len(plan.Changes), len(want))
	}
	for i := range plan.Changes {
		change := &plan.Changes[i]
		action := change.Action
		if action == resource.ActionReplace {
			action = resource.ActionUpdate // what cannot be updated in place is replaced
		}
		if action != want[change.ID.Key()] {
			w.t.Errorf("%s is to be a %s, want %s", change.ID, change.Action, want[change.ID.Key()])
		}
		w.wantSides(change)
	}
	if !slices.IsSortedFunc(plan.Changes, func(a, b resource.Change) int { return resource.Compare(a.ID, b.ID) }) {
		w.t.Error("the changes are not sorted by resource.Compare")
	}
}

// wantSides holds a change's parts against its action.
func (w *world) wantSides(change *resource.Change) {
	w.t.Helper()
	before, after := change.Action != resource.ActionCreate, change.Action != resource.ActionDelete
	if (change.Before != nil) != before || (change.After != nil) != after {
		w.t.Errorf("%s %s: before is there: %t, after: %t", change.Action, change.ID, change.Before != nil, change.After != nil)
	}
	if (len(change.Diff) > 0) != (change.Action != resource.ActionNone) {
		w.t.Errorf("%s %s has a diff of %d", change.Action, change.ID, len(change.Diff))
	}
	if (change.Desired != "") != after {
		w.t.Errorf("%s %s: digest of what is desired is %q", change.Action, change.ID, change.Desired)
	}
	for _, res := range []*resource.Resource{change.Before, change.After} {
		if res != nil && res.ID.Key() != change.ID.Key() {
			w.t.Errorf("%s holds a resource of identity %s", change.ID, res.ID)
		}
	}
}

func testDeterministic(w *world) {
	w.bring(w.all(1)[:3]...)
	desired := w.all(2)[1:]
	first := w.plan(desired...)
	slices.Reverse(desired)
	w.restart()
	second := w.plan(desired...)
	if first.Digest == "" || first.Digest != second.Digest {
		w.t.Errorf("digests %q and %q of the same state", first.Digest, second.Digest)
	}
	if !reflect.DeepEqual(first.Changes, second.Changes) {
		w.t.Errorf("the same state gives the changes\n%+v\nand\n%+v", first.Changes, second.Changes)
	}
}

func testDigest(w *world) {
	all := w.all(1)
	w.bring(all...)
	seen := map[string]string{w.plan(all...).Digest: "in line"}
	differs := func(what string, plan *drivers.Plan) {
		w.t.Helper()
		if same, found := seen[plan.Digest]; found {
			w.t.Errorf("the plan when %s has the digest of that when %s", what, same)
		}
		seen[plan.Digest] = what
	}
	changed := append([]resource.Resource{w.Resource(0, 2)}, all[1:]...)
	differs("something new is asked for", w.plan(changed...))
	changed[0] = w.Resource(0, 3)
	differs("something else is asked for", w.plan(changed...))
	differs("one departs", w.plan(all[:Resources-1]...))
	w.Disturb(w.t, all[1].ID)
	differs("one was changed", w.plan(all...))
	both := append([]resource.Resource{all[0], w.Resource(1, 2)}, all[2:]...)
	differs("one is to be updated that was changed", w.plan(both...))
	w.bring(all...)
	differs("one is to be updated", w.plan(both...))
	if seen[w.plan(all...).Digest] != "in line" {
		w.t.Error("the plan has another digest once all is as it was")
	}
}

func testAltered(w *world) {
	w.bring(w.all(1)[:2]...)
	ours, altered := w.Resource(0, 1).ID, w.Resource(1, 1).ID
	check := func(plan *drivers.Plan) {
		w.t.Helper()
		for _, change := range plan.Changes {
			same := change.Precondition == w.owned[change.ID.Key()].UID
			if same != (change.ID.Key() == ours.Key()) {
				w.t.Errorf("%s %s: precondition %q, inventory %q", change.Action, change.ID, change.Precondition, w.owned[change.ID.Key()].UID)
			}
		}
		if len(plan.Changes) != 2 {
			w.t.Errorf("%d changes, want 2", len(plan.Changes))
		}
	}
	w.Disturb(w.t, altered)
	check(w.plan(w.all(1)[:2]...))
	check(w.plan())
}

func testMove(w *world) {
	if w.Renamed == nil {
		w.t.Skip("an object's identity is its own")
	}
	old := w.Resource(0, 1)
	w.bring(old)
	live := w.Live(w.t, old.ID)
	renamed, place := w.Renamed(old), ""
	if placer, ok := w.driver.(drivers.Placer); ok {
		place = placer.Place()
	}
	for name, request := range map[string]drivers.PlanRequest{
		"renamed":     {Desired: []resource.Resource{renamed}},
		"handed over": {Elsewhere: []drivers.Neighbour{{Place: place, Resources: []resource.Resource{renamed}}}},
	} {
		for _, change := range w.planWith(request).Changes {
			want := resource.ActionNone
			if change.ID.Key() == old.ID.Key() {
				want = resource.ActionMove
			}
			if change.Action != want {
				w.t.Errorf("%s: %s is to be a %s, want %s", name, change.ID, change.Action, want)
			}
			if change.Action == resource.ActionMove && (change.After == nil || change.After.ID.Key() != renamed.ID.Key()) {
				w.t.Errorf("%s: the move does not say to what", name)
			}
		}
	}
	w.bring(renamed)
	if w.Live(w.t, old.ID) != live {
		w.t.Error("the move touched the object")
	}
}

func testDrift(w *world) {
	all := w.all(1)[:2]
	w.bring(all...)
	w.Disturb(w.t, all[0].ID)
	desired := []resource.Resource{all[0], w.Resource(1, 2)}
	for _, change := range w.plan(desired...).Changes {
		if want := change.ID.Key() == all[0].ID.Key(); change.Drift != want {
			w.t.Errorf("%s: drift %t, want %t", change.ID, change.Drift, want)
		}
	}
}

func testUnknown(w *world) {
	all := w.all(1)
	w.bring(all...)
	for _, change := range w.plan(all...).Changes {
		if change.After != nil && len(change.After.Unknown) > 0 {
			w.t.Errorf("%s is in line, and %v are still unknown", change.ID, change.After.Unknown)
		}
	}
	for _, live := range w.observe(all...).Live {
		if len(live.Unknown) > 0 {
			w.t.Errorf("%s is live, and %v are unknown", live.ID, live.Unknown)
		}
	}
}
