package sourcetest

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
)

func testRepeatable(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "a: 1\n"}, "dir/b.yaml": {Content: "b: 1\n"}})
	source := open(t, h, 0)
	first, second := fetch(t, source), fetch(t, source)
	if first.Revision().ID != second.Revision().ID {
		t.Errorf("nothing changed, but the revision went from %s to %s", first.Revision().ID, second.Revision().ID)
	}
	wantContent(t, second, "dir/b.yaml", "b: 1\n")

	// A source that is opened anew, as after a restart, agrees.
	if third := fetch(t, open(t, h, 0)); third.Revision().ID != first.Revision().ID {
		t.Errorf("a new source names the same content %s, not %s", third.Revision().ID, first.Revision().ID)
	}
}

func testChange(t *testing.T, h Harness) {
	before := Tree{"a.yaml": {Content: "a: 1\n"}, "b.yaml": {Content: "b: 1\n"}, "link.yaml": {Link: "a.yaml"}}
	changes := []struct {
		name string
		tree Tree
	}{
		{"content of the same length", Tree{"a.yaml": {Content: "a: 2\n"}, "b.yaml": {Content: "b: 1\n"}, "link.yaml": {Link: "a.yaml"}}},
		{"a file was renamed", Tree{"a.yaml": {Content: "a: 2\n"}, "c.yaml": {Content: "b: 1\n"}, "link.yaml": {Link: "a.yaml"}}},
		{"a link points elsewhere", Tree{"a.yaml": {Content: "a: 2\n"}, "c.yaml": {Content: "b: 1\n"}, "link.yaml": {Link: "c.yaml"}}},
		{"a file was added", Tree{"a.yaml": {Content: "a: 2\n"}, "c.yaml": {Content: "b: 1\n"}, "d/d.yaml": {}, "link.yaml": {Link: "c.yaml"}}},
		{"a file was removed", Tree{"a.yaml": {Content: "a: 2\n"}, "d/d.yaml": {}, "link.yaml": {Link: "a.yaml"}}},
	}
	h.Write(t, before)
	source := open(t, h, 0)
	seen := map[string]string{fetch(t, source).Revision().ID: "the first tree"}
	for _, change := range changes {
		h.Write(t, change.tree)
		snapshot := fetch(t, source)
		if earlier, found := seen[snapshot.Revision().ID]; found {
			t.Errorf("%s: the revision is that of %s", change.name, earlier)
		}
		seen[snapshot.Revision().ID] = change.name
		for name, entry := range change.tree {
			if entry.Link == "" {
				wantContent(t, snapshot, name, entry.Content)
			}
		}
	}
}

func testOldSnapshot(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "old\n"}, "gone/b.yaml": {Content: "gone\n"}})
	source := open(t, h, 0)
	old := fetch(t, source)
	h.Write(t, Tree{"a.yaml": {Content: "new\n"}, "added.yaml": {Content: "added\n"}})
	wantContent(t, fetch(t, source), "a.yaml", "new\n")

	for name, want := range map[string]string{"a.yaml": "old\n", "gone/b.yaml": "gone\n"} {
		got, err := fs.ReadFile(old, name)
		switch {
		case err == nil && string(got) != want:
			t.Errorf("the old snapshot now shows %q in %s, want %q", got, name, want)
		case err != nil && (!h.ReadsInPlace || !errors.Is(err, sources.ErrChanged)):
			t.Errorf("reading %s from the old snapshot: %v", name, err)
		}
	}
	if content, err := fs.ReadFile(old, "added.yaml"); err == nil {
		t.Errorf("the old snapshot shows a file that came later: %q", content)
	}
}

func testCanceled(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "a: 1\n"}})
	source := open(t, h, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	snapshot, err := source.Fetch(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Fetch with a canceled context: %v, want context.Canceled", err)
	}
	if snapshot != nil {
		t.Error("Fetch with a canceled context gave a snapshot")
	}
	// The source is none the worse for it.
	wantContent(t, fetch(t, source), "a.yaml", "a: 1\n")
}

func testConcurrent(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "a: 1\n"}, "dir/b.yaml": {Content: "b: 1\n"}})
	source := open(t, h, 0)
	const callers = 6
	ids := make([]string, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			snapshot, err := source.Fetch(t.Context())
			if err != nil {
				t.Errorf("Fetch: %v", err)
				return
			}
			ids[i] = snapshot.Revision().ID
			wantContent(t, snapshot, "a.yaml", "a: 1\n")
			wantContent(t, snapshot, "dir/b.yaml", "b: 1\n")
		})
	}
	group.Wait()

	// One snapshot, read by several, while the source is fetched again.
	shared := fetch(t, source)
	for i := range callers {
		group.Go(func() {
			if i == 0 {
				if _, err := source.Fetch(t.Context()); err != nil {
					t.Errorf("Fetch: %v", err)
				}
				return
			}
			wantContent(t, shared, "dir/b.yaml", "b: 1\n")
		})
	}
	group.Wait()
	for _, id := range ids {
		if id != shared.Revision().ID {
			t.Errorf("concurrent callers got the revisions %q and %q", id, shared.Revision().ID)
		}
	}
}

func testString(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {}})
	source := open(t, h, 0)
	name := source.String()
	if name == "" {
		t.Error("the source has no name")
	}
	if h.Secret != "" && strings.Contains(name, h.Secret) {
		t.Error("the source's name holds its credential")
	}
}

func testHistory(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "old\n"}})
	source := open(t, h, 0)
	history, ok := source.(sources.History)
	if !ok {
		t.Skip("the source keeps no history")
	}
	old := fetch(t, source).Revision()
	h.Write(t, Tree{"a.yaml": {Content: "new\n"}})
	fetch(t, source)

	again, err := history.At(t.Context(), old.ID)
	if err != nil {
		t.Fatalf("At(%s): %v", old.ID, err)
	}
	if again.Revision().ID != old.ID {
		t.Errorf("At(%s) gave revision %s", old.ID, again.Revision().ID)
	}
	wantContent(t, again, "a.yaml", "old\n")
	for _, unknown := range []string{"", "no-such-revision", strings.Repeat("0123456789", 4)} {
		if snapshot, err := history.At(t.Context(), unknown); !errors.Is(err, sources.ErrNoRevision) || snapshot != nil {
			t.Errorf("At(%q) = %v, %v; want ErrNoRevision", unknown, snapshot, err)
		}
	}
}
