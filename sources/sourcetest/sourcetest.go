// Package sourcetest is the conformance suite of sources.Source. A source
// proves itself by filling in a Harness and calling Run, in a test of some
// thirty lines:
//
//	func TestConformance(t *testing.T) {
//		sourcetest.Run(t, func(t *testing.T) sourcetest.Harness {
//			root := t.TempDir()
//			return sourcetest.Harness{
//				Write: func(t *testing.T, tree sourcetest.Tree) { … },
//				Open:  func(t *testing.T, limit int64) sources.Source { … },
//			}
//		})
//	}
//
// A snapshot lists symbolic links as such, and has Lstat and ReadLink
// (fs.ReadLinkFS), so that fs.Sub and fs.WalkDir see them too.
//
// Start with Harness. The tests are in fetch.go, tree.go and watch.go, each
// named for what a user would miss.
package sourcetest

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/holdfast-dev/holdfast/sources"
)

// Entry is one file or symbolic link of a tree.
type Entry struct {
	Content string
	Link    string // the link's target as it is written; then Content is unused
}

// Tree is what a source is to hold: slash-separated path to entry. Folders are
// implied.
type Tree map[string]Entry

// Harness is what the suite needs to know of the source under test. Each test
// asks for a new one.
type Harness struct {
	// Write makes tree, and nothing else, the newest content of what the
	// source reads: for Git, a commit. It is called before Open as well as after.
	Write func(t *testing.T, tree Tree)
	// Open makes the source. A file of more than maxFileSize bytes is to be
	// too large; 0 stands for the source's own default. The suite closes it.
	Open func(t *testing.T, maxFileSize int64) sources.Source
	// Secret is a credential that Open hands to the source, "" if it takes none.
	Secret string
	// ReadsInPlace is set for a source that does not keep what it served.
	// Reading an old snapshot may then also fail with sources.ErrChanged; what
	// it must never do is to show newer content.
	ReadsInPlace bool
}

// patience bounds each wait. It is far above what any source needs, and is
// reached only when a test fails.
const patience = 30 * time.Second

// Run holds the source that newHarness makes against the whole port.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, h Harness)
	}{
		{"fetch is repeatable", testRepeatable},
		{"a change gives another revision", testChange},
		{"an old snapshot stays as it was", testOldSnapshot},
		{"a canceled context ends a fetch", testCanceled},
		{"concurrent use is safe", testConcurrent},
		{"its name holds no credentials", testString},
		{"a served revision can be served again", testHistory},
		{"a snapshot is a file system", testFileSystem},
		{"names outside io/fs are refused", testInvalidNames},
		{"links are followed inside the tree", testLinksInside},
		{"links that lead out are refused", testLinksOutside},
		{"a loop of links ends", testLinkLoop},
		{"a file over the limit is refused", testTooLarge},
		{"watch tells of a change", testWatch},
		{"watch ends with its context", testWatchEnds},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			// Registered first, so that it runs after the source was closed.
			t.Cleanup(func() {
				if err := goleak.Find(before); err != nil {
					t.Errorf("goroutines are left after Close: %v", err)
				}
			})
			test.run(t, newHarness(t))
		})
	}
}

// open opens the source and closes it when the test ends.
func open(t *testing.T, h Harness, maxFileSize int64) sources.Source {
	t.Helper()
	source := h.Open(t, maxFileSize)
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return source
}

// fetch fetches and fails the test on an error.
func fetch(t *testing.T, source sources.Source) sources.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	snapshot, err := source.Fetch(ctx)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	if snapshot == nil {
		t.Fatal("Fetch gave neither a snapshot nor an error")
	}
	if snapshot.Revision().ID == "" {
		t.Fatal("the snapshot's revision has no ID")
	}
	return snapshot
}

// wantContent reads name and compares it.
func wantContent(t *testing.T, fsys fs.FS, name, want string) {
	t.Helper()
	got, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Errorf("reading %s: %v", name, err)
	} else if string(got) != want {
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
}
