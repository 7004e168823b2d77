package host_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var key = []byte("a key for tests, long enough for it")

// bench is a root and what a reconciler would keep of it.
type bench struct {
	t        testing.TB
	root     string
	snapshot fs.FS
	dir      string
	driver   drivers.Driver
	owned    map[resource.Key]drivers.Owned
	intents  int
	// atIntend, where it is set, runs in the journal.
	atIntend func(*resource.Change) error
	atDone   func(*resource.Change, drivers.Result) error
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, root: t.TempDir(), snapshot: fstest.MapFS{}, dir: ".", owned: map[resource.Key]drivers.Owned{}}
	b.driver = openDriver(t, b.root)
	return b
}

func openDriver(t testing.TB, root string) drivers.Driver {
	t.Helper()
	return openWith(t, root, "web", key)
}

func openWith(t testing.TB, root, target string, key []byte) drivers.Driver {
	t.Helper()
	driver, err := host.Kind().Open(t.Context(), drivers.Options{
		Target: target, Settings: map[string]any{"root": root}, Key: key, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return driver
}

func file(name string, spec map[string]any) resource.Resource { return object("File", name, spec) }

func directory(name, path string) resource.Resource {
	return object("Directory", name, map[string]any{"path": path})
}

func object(kind, name string, spec map[string]any) resource.Resource {
	return resource.Resource{
		ID: resource.ID{Target: "web", APIVersion: "host.holdfast.dev/v1", Kind: kind, Name: name},
		Content: map[string]any{
			"apiVersion": "host.holdfast.dev/v1", "kind": kind,
			"metadata": map[string]any{"name": name}, "spec": spec,
		},
		Origin: resource.Origin{File: "web/" + name + ".yaml", Line: 1, Column: 1},
	}
}

func (b *bench) ownedList() []drivers.Owned {
	var owned []drivers.Owned
	for _, entry := range b.owned {
		owned = append(owned, entry)
	}
	return owned
}

func (b *bench) plan(desired ...resource.Resource) (*drivers.Plan, error) {
	b.t.Helper()
	return b.planWith(drivers.PlanRequest{Desired: desired})
}

func (b *bench) planWith(request drivers.PlanRequest) (*drivers.Plan, error) {
	b.t.Helper()
	request.Snapshot, request.Dir, request.Owned = b.snapshot, b.dir, b.ownedList()
	observed, err := b.driver.Observe(b.t.Context(), drivers.ObserveRequest{Desired: request.Desired, Owned: request.Owned})
	if err != nil {
		return nil, err
	}
	request.Observed = observed
	return b.driver.Plan(b.t.Context(), request)
}

func (b *bench) mustPlan(desired ...resource.Resource) *drivers.Plan {
	b.t.Helper()
	plan, err := b.plan(desired...)
	if err != nil {
		b.t.Fatalf("plan: %v", err)
	}
	return plan
}

// apply carries a plan out and gives the error of each change by name.
func (b *bench) apply(plan *drivers.Plan) map[string]error {
	b.t.Helper()
	ended := map[string]error{}
	journal := &journal{bench: b, ended: ended}
	if err := b.driver.Apply(b.t.Context(), plan, plan.Changes, journal); err != nil {
		b.t.Fatalf("apply: %v", err)
	}
	return ended
}

// bring plans and applies, and wants every change to succeed.
func (b *bench) bring(desired ...resource.Resource) *drivers.Plan {
	b.t.Helper()
	plan := b.mustPlan(desired...)
	for name, err := range b.apply(plan) {
		if err != nil {
			b.t.Fatalf("%s: %v", name, err)
		}
	}
	return plan
}

func actions(plan *drivers.Plan) map[string]resource.Action {
	actions := map[string]resource.Action{}
	for i := range plan.Changes {
		actions[plan.Changes[i].ID.Name] = plan.Changes[i].Action
	}
	return actions
}

func (b *bench) path(name string) string { return filepath.Join(b.root, filepath.FromSlash(name)) }

func (b *bench) write(name, content string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.path(name)), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.path(name), []byte(content), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) wantContent(name, want string) {
	b.t.Helper()
	got, err := os.ReadFile(b.path(name))
	if err != nil || string(got) != want {
		b.t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

func (b *bench) wantAbsent(name string) {
	b.t.Helper()
	if _, err := os.Lstat(b.path(name)); !errors.Is(err, fs.ErrNotExist) {
		b.t.Errorf("%s is there (%v), want it absent", name, err)
	}
}

type journal struct {
	*bench
	ended map[string]error
}

func (j *journal) Intend(_ context.Context, change *resource.Change, uid string) error {
	j.intents++
	if j.atIntend != nil {
		return j.atIntend(change)
	}
	return nil
}

func (j *journal) Done(_ context.Context, change *resource.Change, result drivers.Result) error {
	j.ended[change.ID.Name] = result.Err
	key := change.ID.Key()
	switch {
	case result.Err != nil:
	case change.Action == resource.ActionDelete, change.Action == resource.ActionMove:
		delete(j.owned, key)
	default:
		j.owned[key] = drivers.Owned{ID: change.ID, UID: result.UID, Digest: change.Desired}
	}
	if j.atDone != nil {
		return j.atDone(change, result)
	}
	return nil
}

func TestLifeOfAFile(t *testing.T) {
	b := newBench(t)
	motd := func(content string) resource.Resource {
		return file("motd", map[string]any{"path": "/etc/motd", "content": content})
	}
	etc := directory("etc", "/etc")

	plan := b.bring(etc, motd("hello\n"))
	if got := actions(plan); got["motd"] != resource.ActionCreate || got["etc"] != resource.ActionCreate {
		t.Fatalf("actions %v, want two creates", got)
	}
	b.wantContent("etc/motd", "hello\n")
	if info, err := os.Stat(b.path("etc/motd")); err != nil || info.Mode() != 0o644 {
		t.Errorf("mode %v (%v), want the default 0644", info.Mode(), err)
	}
	if got := actions(b.bring(etc, motd("hello\n"))); got["motd"] != resource.ActionNone || got["etc"] != resource.ActionNone {
		t.Errorf("actions %v once it is in line, want none", got)
	}
	if got := actions(b.bring(etc, motd("bye\n"))); got["motd"] != resource.ActionUpdate {
		t.Errorf("actions %v, want an update", got)
	}
	b.wantContent("etc/motd", "bye\n")
	if got := actions(b.bring(etc)); got["motd"] != resource.ActionDelete {
		t.Errorf("actions %v, want a delete", got)
	}
	b.wantAbsent("etc/motd")
}
