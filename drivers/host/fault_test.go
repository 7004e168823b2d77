package host_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
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
	b.driver.(drivers.Keeper).Hold(t.Context(), drivers.Holding{Target: "web"})
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

// limited is a source file that ends with an error once some of it was read.
type limited struct {
	fs.FS
	after func() error
}

func (l limited) Open(name string) (fs.File, error) {
	f, err := l.FS.Open(name)
	if err != nil || name != "big" {
		return f, err
	}
	return &limitedFile{f, l.after, 0}, nil
}

type limitedFile struct {
	fs.File
	after func() error
	read  int
}

func (f *limitedFile) Read(p []byte) (int, error) {
	if f.read > 1<<20 {
		if err := f.after(); err != nil {
			return 0, err
		}
	}
	n, err := f.File.Read(p)
	f.read += n
	return n, err
}

// big is a repository with one file of 2 MiB, not text.
func big(t testing.TB, after func() error) fs.FS {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "big"), bytes.Repeat([]byte{0xff, 1}, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	return limited{os.DirFS(dir), after}
}

func TestSourceFailsHalfway(t *testing.T) {
	b := newBench(t)
	b.write("x", "old")
	fails := errors.New("the repository is gone")
	isApplying := false
	b.snapshot = big(t, func() error {
		if isApplying {
			return fails
		}
		return nil
	})
	plan := b.mustPlan(file("x", map[string]any{"path": "/x", "source": "big"}))
	isApplying = true
	if err := b.apply(plan)["x"]; !errors.Is(err, fails) {
		t.Errorf("it ended with %v", err)
	}
	b.wantContent("x", "old")
	if left := fingerprint(t, b.root, true); strings.Contains(left, ".holdfast-tmp") {
		t.Errorf("a temporary file is left:\n%s", left)
	}
}

// TestTemporaryFilesOfOthersStay: only what this target's own killed process
// left is swept, and only regular files.
func TestTemporaryFilesOfOthersStay(t *testing.T) {
	b := newBench(t)
	var mine string
	b.atIntend = func(*resource.Change) error { return nil }
	// A file of another target in the making, as its own apply would name it.
	other := newBench(t)
	other.root = b.root
	other.driver = openWith(t, b.root, "db", key)
	other.snapshot = big(t, func() error {
		if names := temporary(t, b.root); len(names) == 1 && mine == "" {
			mine = names[0]
			b.bring(file("y", map[string]any{"path": "/y", "content": "y"}))
			if names := temporary(t, b.root); len(names) != 1 {
				t.Errorf("the temporary file of another target was swept")
			}
		}
		return nil
	})
	other.bring(file("x", map[string]any{"path": "/x", "source": "big"}))
	if mine == "" {
		t.Fatal("no temporary file was seen")
	}
	// The same name as a directory is not a left-over.
	if err := os.Mkdir(b.path(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	other.bring(file("x", map[string]any{"path": "/x", "content": "new"}))
	if names := temporary(t, b.root); len(names) != 1 {
		t.Error("a directory was swept")
	}
}

func temporary(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, ".holdfast-tmp-*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return names
}
