package dir_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

func watch(t *testing.T, source *dir.Source) <-chan struct{} {
	t.Helper()
	signals, err := source.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return signals
}

// await fetches at each signal until done says so. Its bound is far above what
// is needed, and is reached only when a test fails.
func await(t *testing.T, source *dir.Source, signals <-chan struct{}, done func(sources.Snapshot, error) bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case <-signals:
			if done(source.Fetch(t.Context())) {
				return
			}
		case <-deadline:
			t.Fatal("no signal led to what was awaited")
		}
	}
}

func holds(name, content string) func(sources.Snapshot, error) bool {
	return func(snapshot sources.Snapshot, err error) bool {
		if err != nil {
			return false
		}
		got, err := fs.ReadFile(snapshot, name)
		return err == nil && string(got) == content
	}
}

// A folder in which not all can be watched is polled, and the log says so.
func TestWatchFallsBackToPolling(t *testing.T) {
	root := public(t)
	write(t, root, sourcetest.Tree{"a.yaml": {Content: "1"}, "b/b.yaml": {Content: "1"}})
	closed := filepath.Join(root, "b")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) })
	var log bytes.Buffer
	source := newSource(t, dir.Options{Path: root, Debounce: time.Millisecond, Poll: 5 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(&log, nil))})
	var signals <-chan struct{}
	unprivileged(t, func() { signals = watch(t, source) })
	if !strings.Contains(log.String(), "polling") || !strings.Contains(log.String(), root) {
		t.Errorf("the log says nothing of polling: %s", log.String())
	}
	if err := os.Chmod(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"22", "333"} {
		if err := os.WriteFile(filepath.Join(closed, "b.yaml"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		await(t, source, signals, holds("b/b.yaml", content))
	}
}

func TestWatchFolderThatComesAndGoes(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	source := newSource(t, dir.Options{Path: root, Debounce: time.Millisecond, Poll: 5 * time.Millisecond})
	signals := watch(t, source)
	for _, content := range []string{"1", "2"} {
		write(t, root, sourcetest.Tree{"a.yaml": {Content: content}})
		await(t, source, signals, holds("a.yaml", content))
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
		await(t, source, signals, func(_ sources.Snapshot, err error) bool { return errors.Is(err, sources.ErrNotFound) })
	}
}

// Whoever writes all the time does not keep the news back.
func TestWatchTellsOfAnEndlessChange(t *testing.T) {
	root := t.TempDir()
	source := newSource(t, dir.Options{Path: root, Debounce: 20 * time.Millisecond})
	signals := watch(t, source)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if err := os.WriteFile(filepath.Join(root, "a.yaml"), []byte("x"), 0o644); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	await(t, source, signals, func(sources.Snapshot, error) bool { return true })
	close(stop)
	<-stopped
}

// Two files are written one after the other, the first always first. No
// snapshot may show the second ahead, or the first ahead by more than one.
func TestFetchWhileTheFolderChanges(t *testing.T) {
	root := t.TempDir()
	put := func(name string, size int) {
		temporary := filepath.Join(root, ".tmp")
		if err := os.WriteFile(temporary, make([]byte, size), 0o644); err != nil {
			t.Error(err)
		}
		if err := os.Rename(temporary, filepath.Join(root, name)); err != nil {
			t.Error(err)
		}
	}
	put("a", 0)
	put("z", 0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for size := 1; size < 100_000; size++ {
			select {
			case <-stop:
				return
			default:
				put("a", size)
				put("z", size)
			}
		}
	}()
	source := newSource(t, dir.Options{Path: root})
	for range 30 {
		snapshot, err := source.Fetch(t.Context())
		if err != nil {
			if snapshot != nil || !errors.Is(err, sources.ErrChanged) {
				t.Errorf("%v, %v", snapshot, err)
			}
			continue
		}
		a, errA := fs.Stat(snapshot, "a")
		z, errZ := fs.Stat(snapshot, "z")
		if errA != nil || errZ != nil {
			t.Fatal(errA, errZ)
		}
		if ahead := a.Size() - z.Size(); ahead != 0 && ahead != 1 {
			t.Errorf("the snapshot mixes two states: a is %d ahead", ahead)
		}
	}
	close(stop)
	<-stopped
}
