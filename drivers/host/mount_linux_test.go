package host_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/drivers"
)

// mount gives the bench a small file system of its own as root.
func (b *bench) mount(t *testing.T, size string) {
	t.Helper()
	if err := unix.Mount("tmpfs", b.root, "tmpfs", 0, "size="+size+",mode=0755"); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(b.root, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
}

func TestFullDisk(t *testing.T) {
	b := newBench(t)
	b.mount(t, "64k")
	small := file("app", map[string]any{"path": "/etc/app", "content": "small"})
	b.bring(directory("etc", "/etc"), small)
	before := fingerprint(t, b.root, true)

	large := file("app", map[string]any{"path": "/etc/app", "content": strings.Repeat("x", 100<<10)})
	plan := b.mustPlan(directory("etc", "/etc"), large, file("motd", map[string]any{"path": "/motd", "content": "hello"}))
	ended := b.apply(plan)
	if err := ended["app"]; !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/etc/app") {
		t.Errorf("it ended with %v, want no space, and where", err)
	}
	if ended["motd"] != nil {
		t.Errorf("a small file beside it: %v", ended["motd"])
	}
	b.wantContent("motd", "hello")
	if err := os.Remove(b.path("motd")); err != nil {
		t.Fatal(err)
	}
	if after := fingerprint(t, b.root, true); after != before {
		t.Errorf("a full disk left\n%s\nin the place of\n%s", after, before)
	}
}

func TestFullDiskForTheInventory(t *testing.T) {
	b := newBench(t)
	b.mount(t, "64k")
	keeper := b.driver.(drivers.Keeper)
	if err := keeper.Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	err := keeper.Hold(t.Context(), drivers.Holding{Holder: strings.Repeat("x", 100<<10), Target: "web"})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("hold: %v, want no space", err)
	}
	if holding, err := keeper.Holding(t.Context()); err != nil || holding == nil || holding.Holder != "one" {
		t.Errorf("held by %+v (%v), want the one before", holding, err)
	}
}

func TestReadOnlyTarget(t *testing.T) {
	b := newBench(t)
	b.mount(t, "64k")
	b.bring(file("a", map[string]any{"path": "/a", "content": "old"}), directory("d", "/d"))
	plan := b.mustPlan(
		file("a", map[string]any{"path": "/a", "content": "new"}),
		file("b", map[string]any{"path": "/b", "content": "new"}),
		object("Directory", "e", map[string]any{"path": "/e"}),
	) // and /d is deleted
	if err := unix.Mount("", b.root, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, b.root, true)
	ended := b.apply(plan)
	for _, name := range []string{"a", "b", "e", "d"} {
		if err := ended[name]; !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "/"+name) {
			t.Errorf("%s ended with %v, want a read-only file system, and where", name, err)
		}
	}
	if after := fingerprint(t, b.root, true); after != before {
		t.Errorf("a read-only target changed to\n%s", after)
	}
	if err := b.driver.(drivers.Keeper).Hold(t.Context(), drivers.Holding{Target: "web"}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("hold: %v, want a read-only file system", err)
	}
	b.mustPlan(file("a", map[string]any{"path": "/a", "content": "new"})) // it can still be read
}
