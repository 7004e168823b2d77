package sourcetest

import (
	"context"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

func testWatch(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "1\n"}, "dir/b.yaml": {Content: "1\n"}})
	source := open(t, h, 0)
	watcher, ok := source.(sources.Watcher)
	if !ok {
		t.Skip("the source cannot be watched")
	}
	last := fetch(t, source).Revision().ID
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	signals, err := watcher.Watch(ctx)
	if err != nil {
		t.Fatalf("Watch: %v", err)
	}
	trees := []Tree{
		{"a.yaml": {Content: "2\n"}, "dir/b.yaml": {Content: "1\n"}},
		{"a.yaml": {Content: "2\n"}, "dir/b.yaml": {Content: "2\n"}},
		{"a.yaml": {Content: "2\n"}, "new/deep/c.yaml": {Content: "2\n"}},
		{"a.yaml": {Content: "2\n"}, "new/deep/c.yaml": {Content: "3\n"}},
	}
	for _, tree := range trees {
		h.Write(t, tree)
		last = awaitRevision(t, source, signals, last)
	}
	cancel()
	awaitClosed(t, signals)
}

// awaitRevision fetches at each signal until the revision is another one. A
// source may signal more often than needed, but never too seldom.
func awaitRevision(t *testing.T, source sources.Source, signals <-chan struct{}, last string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case _, open := <-signals:
			if !open {
				t.Fatal("the channel was closed although the context had not ended")
			}
			if id := fetch(t, source).Revision().ID; id != last {
				return id
			}
		case <-deadline:
			t.Fatal("no signal led to the new revision")
		}
	}
}

func awaitClosed(t *testing.T, signals <-chan struct{}) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case _, open := <-signals:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("the channel was not closed although the context ended")
		}
	}
}

func testWatchEnds(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "1\n"}})
	source := open(t, h, 0)
	watcher, ok := source.(sources.Watcher)
	if !ok {
		t.Skip("the source cannot be watched")
	}
	ctx, cancel := context.WithCancel(t.Context())
	signals, err := watcher.Watch(ctx)
	if err != nil {
		t.Fatalf("Watch: %v", err)
	}
	// Nobody reads while the source changes; it must not mind.
	h.Write(t, Tree{"a.yaml": {Content: "2\n"}})
	h.Write(t, Tree{"a.yaml": {Content: "3\n"}})
	cancel()
	awaitClosed(t, signals)
}
