package host_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

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
