package host_test

import (
	"context"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// watching starts a watch on what the bench owns.
func (b *bench) watching(t *testing.T) (changes <-chan struct{}, stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	changes, err := b.driver.(drivers.Watcher).Watch(ctx, b.ownedList())
	if err != nil {
		t.Fatal(err)
	}
	return changes, cancel
}

func wantTold(t *testing.T, changes <-chan struct{}, what string) {
	t.Helper()
	if _, open := <-changes; !open {
		t.Fatalf("nothing was told of %s", what)
	}
}

func TestWatchTells(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	desired := []resource.Resource{
		directory("1", "/etc"), // applied in the order of their names
		directory("2", "/etc/app"),
		file("conf", map[string]any{"path": "/etc/app/conf", "content": "x"}),
	}
	for name, disturb := range map[string]func(b *bench){
		"a new content":      func(b *bench) { b.write("etc/app/conf", "by hand") },
		"a new mode":         func(b *bench) { _ = os.Chmod(b.path("etc/app/conf"), 0o600) },
		"a removed file":     func(b *bench) { _ = os.Remove(b.path("etc/app/conf")) },
		"a file over it":     func(b *bench) { b.write("other", "y"); _ = os.Rename(b.path("other"), b.path("etc/app/conf")) },
		"a removed parent":   func(b *bench) { _ = os.RemoveAll(b.path("etc/app")) },
		"a renamed ancestor": func(b *bench) { _ = os.Rename(b.path("etc"), b.path("moved")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.bring(desired...)
			changes, stop := b.watching(t)
			disturb(b)
			wantTold(t, changes, name)
			stop()
			for range changes { // until it is closed
			}
		})
	}
}

func TestWatchGoesOnInAParentThatCameBack(t *testing.T) {
	b := newBench(t)
	b.bring(directory("app", "/app"), file("conf", map[string]any{"path": "/app/conf", "content": "x"}))
	changes, _ := b.watching(t)
	if err := os.RemoveAll(b.path("app")); err != nil {
		t.Fatal(err)
	}
	wantTold(t, changes, "the removed parent")
	if err := os.Mkdir(b.path("app"), 0o755); err != nil {
		t.Fatal(err)
	}
	wantTold(t, changes, "the new parent")
	b.write("app/conf", "by hand")
	wantTold(t, changes, "a file in the new parent")
}

// TestWatchIgnoresNeighbours: what is not ours, temporary files among it, is
// not told. The last change, which is told, shows that the others were seen.
func TestWatchIgnoresNeighbours(t *testing.T) {
	b := newBench(t)
	b.bring(file("conf", map[string]any{"path": "/conf", "content": "x"}))
	changes, stop := b.watching(t)
	b.write("neighbour", "x")
	b.write(".holdfast-tmp-1", "x")
	select {
	case <-changes:
		t.Error("a neighbour was told of")
	case <-time.After(time.Second): // five times as long as it takes to be told
	}
	b.write("conf", "by hand")
	wantTold(t, changes, "our file")
	stop()
}

func TestWatchDoesNotLeaveTheRoot(t *testing.T) {
	b := newBench(t)
	b.bring(directory("app", "/app"), file("conf", map[string]any{"path": "/app/conf", "content": "x"}))
	dir, _ := outside(t)
	if err := os.RemoveAll(b.path("app")); err != nil {
		t.Fatal(err)
	}
	b.symlink(dir, "app")
	changes, stop := b.watching(t)
	if err := os.WriteFile(dir+"/conf", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changes:
		t.Error("a directory outside the root is watched")
	case <-time.After(time.Second):
	}
	stop()
}
