package results_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/reconcile/results"
)

// mount gives a small file system of its own, which takes root.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a file system of its own cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fails wants a save to fail for the reason, with the store before it and
// nothing else in the folder.
func fails(t *testing.T, ctx context.Context, opts results.Options, s *results.Store, reason error) {
	t.Helper()
	if err := s.Save(ctx); !errors.Is(err, reason) {
		t.Fatalf("saving: %v; want %v", err, reason)
	} else if !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), opts.Dir) {
		t.Errorf("the error does not say where: %v", err)
	}
	file(t, opts.Dir)
	want(t, fresh(t, opts), "a", "value of a")
}

// Wherever in the file the disk is full, the store before stays as it was.
func TestFullDiskAtEachPage(t *testing.T) {
	for pages := 2; pages < 18; pages++ {
		opts := options(t.TempDir())
		mount(t, opts.Dir, fmt.Sprintf("size=%d", pages*4096))
		s := results.Open(opts)
		s.Put(key("a"), []byte("value of a"))
		save(t, s)
		s = fresh(t, opts)
		s.Put(key("big"), bytes.Repeat([]byte("x"), 17*4096))
		fails(t, t.Context(), opts, s, unix.ENOSPC)
		s = fresh(t, opts)
		s.Put(key("small"), []byte("x"))
		save(t, s)
		want(t, fresh(t, opts), "a", "value of a")
	}
}

func TestReadOnlyFolder(t *testing.T) {
	opts := options(t.TempDir())
	if os.Geteuid() == 0 { // whom modes do not stop
		mount(t, opts.Dir, "size=1m")
	}
	s := results.Open(opts)
	s.Put(key("a"), []byte("value of a"))
	save(t, s)
	want := error(fs.ErrPermission)
	if os.Geteuid() == 0 {
		want = unix.EROFS
		if err := unix.Mount("", opts.Dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(opts.Dir, 0o500); err != nil {
		t.Fatal(err)
	}
	s = fresh(t, opts)
	s.Put(key("b"), nil)
	fails(t, t.Context(), opts, s, want)
}

func TestSaveThatCannotEnd(t *testing.T) {
	opts, _ := filled(t)
	s := fresh(t, opts)
	s.Put(key("d"), []byte("new"))
	stopped, stop := context.WithCancel(t.Context())
	stop()
	fails(t, stopped, opts, s, context.Canceled)
	save(t, s) // the run goes on, and saves after all
	want(t, fresh(t, opts), "d", "new")

	name := file(t, opts.Dir)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(name, "occupied"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.Put(key("e"), nil)
	if err := s.Save(t.Context()); err == nil {
		t.Error("saved over a folder")
	}
	file(t, opts.Dir) // no temporary file beside it

	opts.Dir = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(opts.Dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = results.Open(opts)
	s.Put(key("a"), nil)
	if err := s.Save(t.Context()); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("saved in a file: %v", err)
	}
}

// Only what is surely a leftover of ours is removed, and only when it is old.
func TestLeftBehindFilesAreRemoved(t *testing.T) {
	opts, _ := filled(t)
	id := strings.TrimSuffix(filepath.Base(file(t, opts.Dir)), ".results")
	old, young := day.Add(-2*time.Hour), day.Add(-time.Minute)
	stay := map[string]bool{id + ".results": true}
	put := func(name string, at time.Time, stays bool) {
		t.Helper()
		path := filepath.Join(opts.Dir, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
		stay[name] = stays
	}
	put(id+".12345.tmp", old, false)
	put(strings.Repeat("0", 32)+".9.tmp", old, false) // another workspace's
	put(id+".67890.tmp", young, true)
	put("notes.tmp", old, true)
	put("README", old, true)
	s := fresh(t, opts)
	s.Put(key("d"), nil)
	save(t, s)
	for name, stays := range stay {
		if _, err := os.Lstat(filepath.Join(opts.Dir, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAllStoresTogetherAreBounded(t *testing.T) {
	opts := options(t.TempDir())
	opts.MaxTotal = 3800 // room for three
	workspaces := []string{"oldest", "old", "young"}
	path := func(name string) string {
		before, _ := filepath.Glob(filepath.Join(opts.Dir, "*"))
		opts.Name = name
		s := results.Open(opts)
		s.Put(key("a"), make([]byte, 1000))
		save(t, s)
		after, _ := filepath.Glob(filepath.Join(opts.Dir, "*"))
		for _, file := range after {
			if !strings.Contains(strings.Join(before, " "), file) {
				return file
			}
		}
		t.Fatal("no new file for " + name)
		return ""
	}
	foreign := filepath.Join(opts.Dir, "foreign.results")
	if err := os.WriteFile(foreign, make([]byte, 10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	var files []string
	for i, name := range workspaces {
		file := path(name)
		at := day.AddDate(0, 0, i-10)
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	last := path("last") // the fourth is one too many
	if _, err := os.Stat(files[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the oldest is still there: %v", err)
	}
	for _, file := range append(files[1:], last, foreign) {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}
