package drivertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// patience bounds what the suite waits for; no test passes by waiting.
const patience = 20 * time.Second

func testSecret(w *world) {
	canaries := []string{"first-canary-7Qx", "second-canary-9Zp", "third-canary-4Lm"}
	blind := func(what string, values ...any) {
		w.t.Helper()
		for _, value := range values {
			dump := fmt.Sprintf("%+v %#v", value, value)
			for _, canary := range canaries {
				if strings.Contains(dump, canary) {
					w.t.Errorf("%s shows a secret: %s", what, dump)
				}
			}
		}
	}
	step := func(desired ...resource.Resource) {
		w.t.Helper()
		observed := w.observe(desired...)
		for i := range observed.Live {
			blind("a live resource, masked,", observed.Live[i].Masked())
		}
		plan := w.plan(desired...)
		blind("the plan's digest", plan.Digest)
		for i := range plan.Changes {
			change := &plan.Changes[i]
			blind("a change", change.Diff, change.Precondition, change.Desired, change.ChangedBy, change.ID)
			for _, res := range []*resource.Resource{change.Before, change.After} {
				if res != nil {
					blind("a side of a change, masked,", res.Masked())
				}
			}
		}
		j, err := w.apply(plan, w.effects(plan), nil)
		blind("apply", err, j.uids, w.inventory())
		for _, e := range j.ends {
			blind("a result", e.result.UID, fmt.Sprint(e.result.Err))
		}
	}
	secret := w.Secret(canaries[0])
	step(secret)
	w.wantHolds(secret)
	step(w.Secret(canaries[1]))
	w.Disturb(w.t, secret.ID)
	step(w.Secret(canaries[1]))
	step(w.Secret(canaries[1]), w.Failing(canaries[2]))
	step() // what is no longer desired is as secret as it was
	blind("the log", w.logs.String())
}

func testUnreachable(w *world) {
	if w.CutOff == nil {
		w.t.Skip("the driver has no scopes")
	}
	all := w.all(1)
	w.bring(all...)
	desired := w.all(2)
	plan := w.plan(desired...)
	scope, restore := w.CutOff(w.t)
	j, err := w.apply(plan, w.effects(plan), nil)
	if err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	for i := range desired {
		err := j.errors()[desired[i].ID.Key()]
		if cut := desired[i].ID.Scope == scope; cut != errors.Is(err, drivers.ErrUnreachable) {
			w.t.Errorf("%s, cut off: %t, ended with %v", desired[i].ID, cut, err)
		} else if !cut {
			w.wantHolds(desired[i])
		}
	}
	observed := w.observe(desired...)
	if len(observed.Unreachable) != 1 || !errors.Is(observed.Unreachable[scope], drivers.ErrUnreachable) {
		w.t.Errorf("unreachable are %v, want %s", observed.Unreachable, scope)
	}
	for _, change := range w.plan(desired...).Changes {
		if change.ID.Scope == scope {
			w.t.Errorf("%s is in the plan although nothing is known of it", change.ID)
		}
	}
	restore()
	w.bring(desired...)
	w.wantHolds(desired...)
}

func testDependencies(w *world) {
	driver, ok := w.driver.(drivers.Dependencies)
	if !ok {
		w.t.Skip("the driver knows of no dependencies")
	}
	all := w.all(1)
	edges := driver.DependsOn(all)
	known := map[resource.Key]bool{}
	for i := range all {
		known[all[i].ID.Key()] = true
	}
	state := map[resource.Key]int{} // 1 while its dependencies are followed, 2 after
	var follow func(key resource.Key)
	follow = func(key resource.Key) {
		if !known[key] {
			w.t.Errorf("a dependency on %s, which is not among the resources", key.Name)
		}
		if state[key] == 1 {
			w.t.Errorf("%s depends on itself", key.Name)
		}
		if state[key] > 0 {
			return
		}
		state[key] = 1
		for _, needed := range edges[key] {
			follow(needed)
		}
		state[key] = 2
	}
	for key := range edges {
		follow(key)
	}
	// Deletes are ordered by what is live, writes by what is planned.
	var planned []resource.Resource
	for _, change := range w.bring(all...).Changes {
		planned = append(planned, *change.After)
	}
	for what, resources := range map[string][]resource.Resource{"planned": planned, "live": w.observe(all...).Live} {
		if got := driver.DependsOn(resources); !reflect.DeepEqual(got, edges) {
			w.t.Errorf("as %s they depend on %v, as desired on %v", what, got, edges)
		}
	}
}

func testStaged(w *world) {
	driver, ok := w.driver.(drivers.Staged)
	if !ok {
		w.t.Skip("the driver has no stages")
	}
	all := w.all(1)
	want := map[resource.Key]int{}
	for i := range all {
		want[all[i].ID.Key()] = driver.Stage(&all[i])
	}
	// What is written goes by the desired form; what is planned or live is of the same stage.
	forms := map[string][]resource.Resource{"asked again": all}
	for _, change := range w.bring(all...).Changes {
		forms["planned"] = append(forms["planned"], *change.After)
	}
	forms["live"] = w.observe(all...).Live
	for form, resources := range forms {
		for i := range resources {
			if got := driver.Stage(&resources[i]); got != want[resources[i].ID.Key()] {
				w.t.Errorf("%s, %s, is of stage %d, and of %d as desired", resources[i].ID, form, got, want[resources[i].ID.Key()])
			}
		}
	}
}

func testLister(w *world) {
	driver, ok := w.driver.(drivers.Lister)
	if !ok {
		w.t.Skip("the driver cannot tell what nobody manages")
	}
	const canary = "canary-of-nobody-3Kd"
	secret := w.Secret(canary)
	all := append(w.all(1), secret)
	w.bring(all...)
	list := func(owned []drivers.Owned) map[resource.Key]bool {
		w.t.Helper()
		before := w.Fingerprint(w.t)
		found, err := driver.Unmanaged(w.t.Context(), owned)
		if err != nil {
			w.t.Fatalf("unmanaged: %v", err)
		}
		if w.Fingerprint(w.t) != before {
			w.t.Error("listing changed the destination")
		}
		keys := map[resource.Key]bool{}
		for i := range found.Resources {
			if shown := fmt.Sprint(found.Resources[i].Masked()); strings.Contains(shown, canary) {
				w.t.Errorf("a listed resource, masked, shows a secret: %s", shown)
			}
			id := found.Resources[i].ID
			id.Target = "" // it is nobody's
			keys[id.Key()] = true
		}
		return keys
	}
	has := func(keys map[resource.Key]bool, id resource.ID) bool {
		id.Target = ""
		return keys[id.Key()]
	}
	keys := list(w.inventory())
	for i := range all {
		if has(keys, all[i].ID) {
			w.t.Errorf("%s is owned, and listed as nobody's", all[i].ID)
		}
	}
	keys = list(nil)
	for i := range all {
		if !has(keys, all[i].ID) {
			w.t.Errorf("%s is in no inventory, and not listed", all[i].ID)
		}
	}
	if w.Foreign != nil {
		if id := w.Foreign(w.t); !has(list(w.inventory()), id) {
			w.t.Errorf("%s is nobody's, and not listed", id)
		}
	}
}

func testHealth(w *world) {
	driver, ok := w.driver.(drivers.Healther)
	if !ok {
		w.t.Skip("the driver does not tell health")
	}
	all := w.all(1)
	w.bring(all[:Resources-1]...)
	w.Disturb(w.t, all[1].ID)
	healths, err := driver.Health(w.t.Context(), all)
	if err != nil || len(healths) != Resources {
		w.t.Fatalf("%d healths (%v), want %d", len(healths), err, Resources)
	}
	for i, health := range healths {
		if health.ID != all[i].ID {
			w.t.Errorf("the health of %s in the place of %s", health.ID, all[i].ID)
		}
		if want := i != 1 && i != Resources-1; (health.Status == drivers.StatusHealthy) != want {
			w.t.Errorf("%s is %q (%s), want healthy: %t", health.ID, health.Status, health.Reason, want)
		}
		if health.Status != drivers.StatusHealthy && health.Reason == "" {
			w.t.Errorf("%s is %q without a reason", health.ID, health.Status)
		}
	}
}

func testKeeper(w *world) {
	driver, ok := w.driver.(drivers.Keeper)
	if !ok {
		w.t.Skip("the driver keeps nothing at the destination")
	}
	if holding, err := driver.Holding(w.t.Context()); holding != nil || err != nil {
		w.t.Fatalf("an empty destination is held by %+v (%v)", holding, err)
	}
	all := w.all(1)
	w.bring(all...)
	now := time.Date(2026, 11, 22, 20, 37, 0, 0, time.UTC)
	owned := w.inventory()
	owned[0].Tombstone, owned[0].Revision, owned[0].Prune, owned[0].Pending = now, "abc", "never", true
	for _, want := range []drivers.Holding{
		{Holder: "one", Target: all[0].ID.Target, Since: now, Owned: owned},
		{Holder: "two", Target: all[0].ID.Target, Since: now.Add(time.Hour), Owned: owned[:1]},
	} {
		if err := w.driver.(drivers.Keeper).Hold(w.t.Context(), want); err != nil {
			w.t.Fatalf("hold: %v", err)
		}
		w.restart()
		got, err := w.driver.(drivers.Keeper).Holding(w.t.Context())
		if err != nil || got == nil || got.Where == "" {
			w.t.Fatalf("held is %+v (%v), and where that is is not said", got, err)
		}
		want.Where = got.Where
		if !reflect.DeepEqual(*got, want) {
			w.t.Errorf("held is %+v (%v), want %+v", got, err, want)
		}
	}
	w.wantInLine(all...)
}

func testWatch(w *world) {
	driver, ok := w.driver.(drivers.Watcher)
	if !ok {
		w.t.Skip("the driver does not watch")
	}
	w.bring(w.all(1)...)
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	changes, err := driver.Watch(ctx, w.inventory())
	if err != nil {
		w.t.Fatalf("watch: %v", err)
	}
	w.Disturb(w.t, w.Resource(1, 1).ID)
	if _, open := <-changes; !open {
		w.t.Fatal("nothing was told of an outside change")
	}
	cancel()
	for range changes { // until it is closed, or the test runs into its time limit
	}
}
