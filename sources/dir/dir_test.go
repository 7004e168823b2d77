package dir_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

func TestConformance(t *testing.T) {
	for name, poll := range map[string]bool{"watching": false, "polling": true} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, func(t *testing.T) sourcetest.Harness {
				root := filepath.Join(t.TempDir(), "root")
				return sourcetest.Harness{
					Write: func(t *testing.T, tree sourcetest.Tree) { write(t, root, tree) },
					Open: func(t *testing.T, limit int64) sources.Source {
						options := dir.Options{Path: root, MaxFileSize: limit, Debounce: 5 * time.Millisecond}
						if poll {
							// A folder that comes later is polled for.
							options.Poll = 5 * time.Millisecond
						}
						return newSource(t, options)
					},
					ReadsInPlace: true,
				}
			})
		})
	}
}

func newSource(t testing.TB, options dir.Options) *dir.Source {
	t.Helper()
	source, err := dir.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// write replaces what root holds.
func write(t testing.TB, root string, tree sourcetest.Tree) {
	t.Helper()
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(root, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for name, entry := range tree {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if entry.Link != "" {
			err = os.Symlink(entry.Link, path)
		} else {
			err = os.WriteFile(path, []byte(entry.Content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func fetch(t testing.TB, source *dir.Source) sources.Snapshot {
	t.Helper()
	snapshot, err := source.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestWhatIsNoFolder(t *testing.T) {
	if _, err := dir.New(dir.Options{}); err == nil {
		t.Error("no path is accepted")
	}
	root := t.TempDir()
	write(t, root, sourcetest.Tree{"file": {}})
	for _, test := range []struct {
		path string
		want error
		text string
	}{
		{"none", sources.ErrNotFound, "no such source"},
		{"file", nil, "not a directory"},
		{"file/below", nil, "not a directory"},
	} {
		snapshot, err := newSource(t, dir.Options{Path: filepath.Join(root, test.path)}).Fetch(t.Context())
		if err == nil || snapshot != nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v, %v", test.path, snapshot, err)
		}
		if !strings.Contains(err.Error(), filepath.Join(root, test.path)) {
			t.Errorf("the error does not name the folder: %v", err)
		}
	}
}

// A folder that goes away is an error, never a tree without files.
func TestFolderGoesAway(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	write(t, root, sourcetest.Tree{"a.yaml": {Content: "a: 1\n"}})
	source := newSource(t, dir.Options{Path: root})
	old := fetch(t, source)
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if snapshot, err := source.Fetch(t.Context()); !errors.Is(err, sources.ErrNotFound) || snapshot != nil {
		t.Errorf("Fetch: %v, %v", snapshot, err)
	}
	if _, err := fs.ReadFile(old, "a.yaml"); !errors.Is(err, sources.ErrChanged) {
		t.Errorf("the old snapshot: %v", err)
	}
}

// What a snapshot serves is what was hashed, even where size and time agree.
func TestChangedFile(t *testing.T) {
	root := t.TempDir()
	tree := sourcetest.Tree{"same": {Content: "1111"}, "shorter": {Content: "1111"}, "longer": {Content: "1111"},
		"gone": {Content: "1111"}, "pipe": {Content: "1111"}, "link": {Content: "1111"}, "dir/file": {Content: "1111"}}
	write(t, root, tree)
	snapshot := fetch(t, newSource(t, dir.Options{Path: root}))
	info, err := os.Stat(filepath.Join(root, "same"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, sourcetest.Tree{"same": {Content: "2222"}, "shorter": {Content: "1"}, "longer": {Content: "11111"},
		"link": {Link: "same"}, "dir": {Link: "/etc"}})
	if err := os.Chtimes(filepath.Join(root, "same"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name := range tree {
		if content, err := fs.ReadFile(snapshot, name); !errors.Is(err, sources.ErrChanged) {
			t.Errorf("%s: %q, %v", name, content, err)
		}
		if _, err := snapshot.Open(name); err == nil {
			t.Errorf("%s was opened", name)
		}
		// What is listed stays as it was.
		if info, err := fs.Stat(snapshot, name); err != nil || info.Size() != 4 {
			t.Errorf("Stat of %s: %v, %v", name, info, err)
		}
	}
}

func TestSpecialFilesAreNotOpened(t *testing.T) {
	root := t.TempDir()
	write(t, root, sourcetest.Tree{"a.yaml": {Content: "a: 1\n"}, "link": {Link: "pipe.yaml"}})
	if err := unix.Mkfifo(filepath.Join(root, "pipe.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	snapshot := fetch(t, newSource(t, dir.Options{Path: root}))
	for _, name := range []string{"pipe.yaml", "link"} {
		if _, err := fs.ReadFile(snapshot, name); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if entries, err := fs.ReadDir(snapshot, "."); err != nil || len(entries) != 3 {
		t.Errorf("the pipe is not listed: %v, %v", entries, err)
	}
}

// public makes a test's folder one that everybody may enter.
func public(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{root, filepath.Dir(root)} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// unprivileged runs f with the rights of nobody in particular. Rights to files
// belong to the thread on Linux, so f must stay in its goroutine.
func unprivileged(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Setfsuid(65534); err != nil {
		t.Skipf("cannot give up the rights of root: %v", err)
	}
	defer func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Error(err)
		}
	}()
	f()
}

// A folder that can be read in part is not a smaller folder.
func TestUnreadableFolder(t *testing.T) {
	root := public(t)
	write(t, root, sourcetest.Tree{"a.yaml": {}, "secret/b.yaml": {}})
	if err := os.Chmod(filepath.Join(root, "secret"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "secret"), 0o755) })
	source := newSource(t, dir.Options{Path: root})
	unprivileged(t, func() {
		snapshot, err := source.Fetch(t.Context())
		if snapshot != nil || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "secret: permission denied") {
			t.Errorf("%v, %v", snapshot, err)
		}
	})
}

// A file that cannot be read holds what reads it, and is listed.
func TestUnreadableFile(t *testing.T) {
	root := public(t)
	write(t, root, sourcetest.Tree{"a.yaml": {Content: "a: 1\n"}, "b.yaml": {Content: "b: 1\n"}})
	if err := os.Chmod(filepath.Join(root, "b.yaml"), 0); err != nil {
		t.Fatal(err)
	}
	source := newSource(t, dir.Options{Path: root})
	unprivileged(t, func() {
		snapshot, err := source.Fetch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.ReadFile(snapshot, "a.yaml"); err != nil {
			t.Error(err)
		}
		if _, err := fs.ReadFile(snapshot, "b.yaml"); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("b.yaml: %v", err)
		}
		if _, err := fs.Stat(snapshot, "b.yaml"); err != nil {
			t.Errorf("b.yaml is not listed: %v", err)
		}
	})
}

func TestBounds(t *testing.T) {
	root := t.TempDir()
	write(t, root, sourcetest.Tree{"a": {}, "b": {}, "c/d": {}})
	if _, err := newSource(t, dir.Options{Path: root, MaxFiles: 2}).Fetch(t.Context()); !errors.Is(err, sources.ErrTooLarge) {
		t.Errorf("three files of two: %v", err)
	}
	if _, err := newSource(t, dir.Options{Path: root, MaxFiles: 3}).Fetch(t.Context()); err != nil {
		t.Errorf("three files of three: %v", err)
	}
	deep := filepath.Join(root, strings.Repeat("d/", 260))
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := newSource(t, dir.Options{Path: root}).Fetch(t.Context()); !errors.Is(err, sources.ErrTooLarge) {
		t.Errorf("260 levels: %v", err)
	}
}

// A file of 200 MB takes neither its time nor its memory; that it changes is
// still seen.
func TestHugeFile(t *testing.T) {
	root := t.TempDir()
	huge, err := os.Create(filepath.Join(root, "huge.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer huge.Close()
	if err := huge.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	source := newSource(t, dir.Options{Path: root})
	before := fetch(t, source)
	if _, err := before.Open("huge.yaml"); !errors.Is(err, sources.ErrTooLarge) {
		t.Errorf("Open: %v", err)
	}
	if err := huge.Truncate(201 << 20); err != nil {
		t.Fatal(err)
	}
	if after := fetch(t, source); after.Revision().ID == before.Revision().ID {
		t.Error("the change was not seen")
	}
}

func TestGitFolderIsLeftOut(t *testing.T) {
	root := t.TempDir()
	write(t, root, sourcetest.Tree{"a.yaml": {}, ".git/HEAD": {Content: "x"}, "sub/.git": {Content: "gitdir: x"}, "sub/.gitignore": {}})
	source := newSource(t, dir.Options{Path: root})
	before := fetch(t, source)
	for name, want := range map[string]bool{"a.yaml": true, ".git": false, ".git/HEAD": false, "sub/.git": false, "sub/.gitignore": true} {
		if _, err := fs.Stat(before, name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, ".git/HEAD"), []byte("y"), 0o644); err != nil {
		t.Fatal(err)
	}
	if after := fetch(t, source); after.Revision().ID != before.Revision().ID {
		t.Error("Git's own files change the revision")
	}
}

// The path may be a link that is moved from one release to the next.
func TestPathThatIsALink(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "one"), sourcetest.Tree{"a.yaml": {Content: "1"}})
	write(t, filepath.Join(base, "two"), sourcetest.Tree{"a.yaml": {Content: "2"}})
	link := filepath.Join(base, "current")
	if err := os.Symlink("one", link); err != nil {
		t.Fatal(err)
	}
	source := newSource(t, dir.Options{Path: link, Poll: 5 * time.Millisecond, Debounce: time.Millisecond})
	old := fetch(t, source)
	signals, err := source.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("two", link+".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(link+".new", link); err != nil {
		t.Fatal(err)
	}
	await(t, source, signals, func(sources.Snapshot, error) bool { return true })
	content, err := fs.ReadFile(fetch(t, source), "a.yaml")
	if err != nil || string(content) != "2" {
		t.Errorf("%q, %v", content, err)
	}
	if _, err := fs.ReadFile(old, "a.yaml"); !errors.Is(err, sources.ErrChanged) {
		t.Errorf("the old snapshot: %v", err)
	}
}

// A source of one entry reads nothing beside it: neither a folder that it may
// not read, nor one that is too large, nor what changes there.
func TestOnly(t *testing.T) {
	root := t.TempDir()
	write(t, root, sourcetest.Tree{"web.yaml": {Content: "a: 1"}, "sub/web.yaml": {Content: "b: 2"}, "other.yaml": {Content: "c: 3"}})
	source := newSource(t, dir.Options{Path: root, Only: "web.yaml", MaxFiles: 1})
	first := fetch(t, source)
	if _, err := fs.Stat(first, "other.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is beside the entry: %v, want that it is not there", err)
	}
	if _, err := fs.Stat(first, "sub/web.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one of the same name below: %v, want that it is not there", err)
	}
	if got, err := fs.ReadFile(first, "web.yaml"); err != nil || string(got) != "a: 1" {
		t.Errorf("the entry is %q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(root, "other.yaml"), []byte("c: 4"), 0o644); err != nil {
		t.Fatal(err)
	}
	if second := fetch(t, source); first.Revision().ID != second.Revision().ID {
		t.Error("the revision hangs on what is beside the entry")
	}
}
