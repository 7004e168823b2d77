package statetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const applied = reconcile.OutcomeApplied

func testIntend(t *testing.T, open Open) {
	ctx := context.Background()
	place := t.TempDir()
	store := open(t, place)
	full := filled[reconcile.Intent]()
	full.Resource.Target = full.Target
	made := drivers.Owned{ID: full.Resource, UID: "to be", Pending: true}
	must(t, store.Intend(ctx, full, &made))
	later := intent("0", full.Resource, resource.ActionUpdate)
	later.At = full.At.Add(-time.Hour) // a clock that was set back changes no order
	must(t, store.Intend(ctx, later, nil))
	must(t, store.Close())

	store = open(t, place)
	defer store.Close()
	same(t, "pending", []reconcile.Intent{full, later}, pending(t, store, full.Target))
	same(t, "owned", []drivers.Owned{made}, owned(t, store, full.Target))
	same(t, "another target", []reconcile.Intent(nil), pending(t, store, "other"))
}

func testIntendTwice(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	first := intent("1", file("web", "a"), resource.ActionCreate)
	must(t, store.Intend(ctx, first, nil))
	second, made := intent("1", file("web", "b"), resource.ActionCreate), entry("web", "b")
	if err := store.Intend(ctx, second, &made); err == nil {
		t.Error("an ID was used twice")
	}
	same(t, "pending", []reconcile.Intent{first}, pending(t, store, "web"))
	same(t, "owned", []drivers.Owned(nil), owned(t, store, "web"))
}

func testResolve(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	must(t, store.Own(ctx, "web", entry("web", "gone"), entry("web", "kept")))
	create := intent("1", file("web", "made"), resource.ActionCreate)
	remove := intent("2", file("web", "gone"), resource.ActionDelete)
	update := intent("3", file("web", "kept"), resource.ActionUpdate)
	for _, i := range []reconcile.Intent{create, remove, update} {
		must(t, store.Intend(ctx, i, nil))
	}
	made := entry("web", "made")
	must(t, store.Resolve(ctx, create, applied, &made, false))
	same(t, "after a create", []drivers.Owned{entry("web", "gone"), entry("web", "kept"), made}, owned(t, store, "web"))
	// Only the ID tells which intent is meant.
	must(t, store.Resolve(ctx, reconcile.Intent{ID: "2"}, applied, nil, true))
	same(t, "after a delete", []drivers.Owned{entry("web", "kept"), made}, owned(t, store, "web"))
	same(t, "pending", []reconcile.Intent{update}, pending(t, store, "web"))
	must(t, store.Resolve(ctx, update, "no space left", nil, false))
	same(t, "after a failure", []drivers.Owned{entry("web", "kept"), made}, owned(t, store, "web"))
	same(t, "pending at the end", []reconcile.Intent(nil), pending(t, store, "web"))
}

func testResolveRefuses(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	must(t, store.Own(ctx, "web", entry("web", "a")))
	remove, changed := intent("1", file("web", "a"), resource.ActionDelete), entry("web", "a")
	changed.Digest = "changed"
	if err := store.Resolve(ctx, remove, applied, &changed, false); err == nil {
		t.Error("an intent was resolved that was never recorded")
	}
	must(t, store.Intend(ctx, remove, nil))
	if err := store.Resolve(ctx, remove, applied, &changed, true); err == nil {
		t.Error("one stroke owned and disowned")
	}
	stray := entry("app", "a")
	if err := store.Resolve(ctx, remove, applied, &stray, false); err == nil {
		t.Error("an intent wrote to another target's inventory")
	}
	same(t, "still pending", []reconcile.Intent{remove}, pending(t, store, "web"))
	must(t, store.Resolve(ctx, remove, "failed", nil, false))
	if err := store.Resolve(ctx, remove, applied, nil, true); err == nil {
		t.Error("an intent was resolved twice")
	}
	same(t, "owned", []drivers.Owned{entry("web", "a")}, owned(t, store, "web"))
	recent, at, err := store.Deletions(ctx, "web", "r1", time.Time{})
	must(t, err)
	same(t, "deletions", []int{0, 0}, []int{recent, at})
}

func testDeletions(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	for i, record := range []struct {
		target, revision string
		action           resource.Action
		hours            int // since noon
		outcome          string
	}{
		{"web", "r1", resource.ActionDelete, 0, applied},
		{"web", "r1", resource.ActionReplace, 1, applied},
		{"web", "r2", resource.ActionDelete, 2, applied},
		{"web", "r1", resource.ActionDelete, 3, "failed"},
		{"web", "r1", resource.ActionCreate, 3, applied},
		{"web", "r1", resource.ActionUpdate, 3, applied},
		{"web", "r1", resource.ActionDelete, 3, ""}, // stays pending
		{"app", "r1", resource.ActionDelete, 3, applied},
	} {
		made := intent(fmt.Sprint(i), file(record.target, fmt.Sprint(i)), record.action)
		made.Revision, made.At = record.revision, noon.Add(time.Duration(record.hours)*time.Hour)
		must(t, store.Intend(ctx, made, nil))
		if record.outcome != "" {
			must(t, store.Resolve(ctx, made, record.outcome, nil, false))
		}
	}
	for _, test := range []struct {
		target, revision   string
		since              time.Time
		recent, atRevision int
	}{
		{"web", "r1", time.Time{}, 3, 2},
		{"web", "r1", noon, 3, 2}, // at since counts
		{"web", "r1", noon.Add(time.Microsecond), 2, 2},
		{"web", "r2", noon.Add(time.Hour), 2, 1},
		{"web", "r3", noon.Add(24 * time.Hour), 0, 0},
		{"web", "r1", noon.Add(24 * time.Hour), 0, 2}, // a revision's count has no end
		{"app", "r1", noon, 1, 1},
		{"other", "r1", time.Time{}, 0, 0},
	} {
		recent, at, err := store.Deletions(ctx, test.target, test.revision, test.since)
		must(t, err)
		if recent != test.recent || at != test.atRevision {
			t.Errorf("%s at %s since %s: %d recent and %d at the revision, want %d and %d",
				test.target, test.revision, test.since, recent, at, test.recent, test.atRevision)
		}
	}
}
