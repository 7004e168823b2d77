package statetest

import (
	"bytes"
	"context"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func testIdentity(t *testing.T, open Open) {
	here, there := t.TempDir(), t.TempDir()
	first, other := open(t, here), open(t, there)
	defer other.Close()
	identity, key := first.Identity(), first.Key()
	if identity == "" || identity == other.Identity() {
		t.Errorf("identities %q and %q should be different and not empty", identity, other.Identity())
	}
	if len(key) != 32 || bytes.Equal(key, other.Key()) || bytes.Equal(key, make([]byte, 32)) {
		t.Error("keys should be 32 random bytes")
	}
	first.Key()[0]++
	if !bytes.Equal(key, first.Key()) {
		t.Error("a caller could change the store's key")
	}
	must(t, first.Close())
	again := open(t, here)
	defer again.Close()
	if again.Identity() != identity || !bytes.Equal(again.Key(), key) {
		t.Error("identity or key changed when the state was opened again")
	}
}

func testTargets(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	names := func(want ...string) {
		t.Helper()
		got, err := store.Targets(ctx)
		must(t, err)
		same(t, "targets", want, got)
	}
	names()
	state, err := store.Target(ctx, "web")
	must(t, err)
	same(t, "a new target", reconcile.TargetState{}, state)

	want := filled[reconcile.TargetState]()
	must(t, store.SetTarget(ctx, "web", reconcile.TargetState{Good: "r0", Driver: "old"}))
	must(t, store.SetTarget(ctx, "web", want))
	must(t, store.SetTarget(ctx, "app", reconcile.TargetState{}))
	state, err = store.Target(ctx, "web")
	must(t, err)
	same(t, "web", want, state)

	must(t, store.Own(ctx, "owner", entry("owner", "a")))
	must(t, store.Intend(ctx, intent("1", file("intender", "a"), resource.ActionCreate), nil))
	must(t, store.SaveRun(ctx, reconcile.Run{ID: "r", Target: "runner", Started: noon}))
	names("app", "intender", "owner", "runner", "web")
	must(t, store.Disown(ctx, "owner", file("owner", "a").Key()))
	names("app", "intender", "runner", "web")
}

func testOwned(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	full := filled[drivers.Owned]()
	full.ID.Target = "web"
	must(t, store.Own(ctx, "web", entry("web", "b"), entry("web", "a"), full))
	must(t, store.Own(ctx, "app", entry("app", "a")))
	same(t, "sorted by ID", []drivers.Owned{entry("web", "a"), entry("web", "b"), full}, owned(t, store, "web"))

	newer := entry("web", "a")
	newer.ID.APIVersion, newer.Digest = "host.holdfast.dev/v2", "another"
	must(t, store.Own(ctx, "web", newer))
	same(t, "one entry a key", []drivers.Owned{newer, entry("web", "b"), full}, owned(t, store, "web"))

	must(t, store.Disown(ctx, "web", file("web", "a").Key(), full.ID.Key(), file("web", "never there").Key()))
	same(t, "what is left", []drivers.Owned{entry("web", "b")}, owned(t, store, "web"))
	same(t, "the other target", []drivers.Owned{entry("app", "a")}, owned(t, store, "app"))
	must(t, store.Own(ctx, "web"))
	must(t, store.Disown(ctx, "web"))
	same(t, "after nothing", []drivers.Owned{entry("web", "b")}, owned(t, store, "web"))
}

// An entry under the wrong target would let that target prune it.
func testOwnedOfAnother(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	must(t, store.Own(ctx, "web", entry("web", "a")))
	if err := store.Own(ctx, "app", entry("app", "b"), entry("web", "c")); err == nil {
		t.Error("an entry of another target was taken in")
	}
	if err := store.Disown(ctx, "app", file("web", "a").Key()); err == nil {
		t.Error("another target's entry was taken out")
	}
	stray := entry("web", "d")
	if err := store.Intend(ctx, intent("1", file("app", "d"), resource.ActionCreate), &stray); err == nil {
		t.Error("an intent wrote to another target's inventory")
	}
	wrong := intent("2", file("web", "a"), resource.ActionDelete)
	wrong.Target = "app"
	if err := store.Intend(ctx, wrong, nil); err == nil {
		t.Error("an intent for another target's resource was taken")
	}
	same(t, "app", []drivers.Owned(nil), owned(t, store, "app"))
	same(t, "app's intents", []reconcile.Intent(nil), pending(t, store, "app"))
	same(t, "web", []drivers.Owned{entry("web", "a")}, owned(t, store, "web"))
}

func testTransfer(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	must(t, store.Own(ctx, "web", entry("web", "a"), entry("web", "b")))
	moved := entry("app", "a")
	moved.Revision = "r2"
	must(t, store.Transfer(ctx, "web", file("web", "a").Key(), moved))
	same(t, "web", []drivers.Owned{entry("web", "b")}, owned(t, store, "web"))
	same(t, "app", []drivers.Owned{moved}, owned(t, store, "app"))

	if err := store.Transfer(ctx, "web", file("web", "a").Key(), entry("app", "a")); err == nil {
		t.Error("what was not owned was handed over")
	}
	if err := store.Transfer(ctx, "other", file("web", "b").Key(), entry("app", "b")); err == nil {
		t.Error("another target's entry was handed over")
	}
	same(t, "web afterwards", []drivers.Owned{entry("web", "b")}, owned(t, store, "web"))
	same(t, "app afterwards", []drivers.Owned{moved}, owned(t, store, "app"))

	renamed := entry("web", "c")
	must(t, store.Transfer(ctx, "web", file("web", "b").Key(), renamed))
	same(t, "renamed within a target", []drivers.Owned{renamed}, owned(t, store, "web"))
}
