package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
)

// mount gives a small file system of its own, which takes root.
func mount(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a file system of its own cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk takes all space that is left, and gives the file that has it.
func fillDisk(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	return name
}

func TestFullDisk(t *testing.T) {
	dir := mount(t, "size=2m")
	path := filepath.Join(dir, "state.db")
	store := open(t, path)
	defer func() { store.Close() }()
	var acknowledged []string
	save := func(id string) error {
		err := store.SaveRun(t.Context(), reconcile.Run{ID: id, Target: "web", Message: strings.Repeat(id, 2000), Started: time.Unix(int64(len(acknowledged)), 0)})
		if err == nil {
			acknowledged = append(acknowledged, id)
		}
		return err
	}
	if err := save("before"); err != nil {
		t.Fatal(err)
	}
	ballast := fillDisk(t, dir)
	var failures int
	for i := range 200 {
		if err := save(fmt.Sprintf("full%03d", i)); err != nil {
			failures++
			if !strings.Contains(err.Error(), "no space is left") {
				t.Fatalf("the error does not say what is wrong: %v", err)
			}
		}
	}
	if failures == 0 {
		t.Fatal("200 runs of 14 kB went onto a full disk of 2 MiB")
	}
	if err := store.Writable(t.Context()); err == nil {
		t.Log("a small write still found room")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Writable(t.Context()), save("after")); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	for range 2 { // as it is, and opened again, which looks for damage
		runs, err := store.Runs(t.Context(), "web", 0)
		if err != nil || len(runs) != len(acknowledged) {
			t.Fatalf("%d runs, %d were acknowledged, %v", len(runs), len(acknowledged), err)
		}
		for i, run := range runs {
			if run.ID != acknowledged[len(acknowledged)-1-i] {
				t.Fatalf("run %d is %s, want %s", i, run.ID, acknowledged[len(acknowledged)-1-i])
			}
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		store = open(t, path)
	}
}

func TestFullDiskAtTheStart(t *testing.T) {
	dir := mount(t, "size=1m")
	path := filepath.Join(dir, "state.db")
	ballast := fillDisk(t, dir)
	if _, err := state.Open(t.Context(), state.Options{Path: path}); err == nil {
		t.Fatal("opened on a full disk")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	store := open(t, path) // what was begun then is finished now
	if err := errors.Join(store.Writable(t.Context()), store.Close()); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() == 0 { // whom modes do not stop
		dir = mount(t, "size=1m")
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := state.Open(t.Context(), state.Options{Path: filepath.Join(dir, "state.db")})
	if err == nil || errors.Is(err, reconcile.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
}

// Root may look at the state of a daemon that runs as another user; the files
// that SQLite makes beside it for that must not lock the daemon out.
func TestRootLeavesTheOwnerIn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	const owner = 12345
	path := filledState(t)
	for _, name := range []string{path, path + ".lock"} {
		if err := os.Chown(name, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	owned := func(count int) {
		t.Helper()
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) != count {
			t.Fatalf("%q, %v; want %d files", files, err, count)
		}
		for _, name := range files {
			var info unix.Stat_t
			if err := unix.Stat(name, &info); err != nil || info.Uid != owner {
				t.Errorf("%s belongs to %d, %v", name, info.Uid, err)
			}
		}
	}
	store, err := state.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Targets(t.Context()); err != nil {
		t.Fatal(err)
	}
	owned(4) // with -wal and -shm
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	owned(2)
}
