package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// patience is how many times Debounce a change may go on before Watch tells of
// it all the same.
const patience = 10

// Watch implements sources.Watcher. Where the system cannot watch so many
// folders it looks at their sizes and times by itself, every Poll.
func (s *Source) Watch(ctx context.Context) (<-chan struct{}, error) {
	signals := make(chan struct{}, 1)
	w := &watch{source: s, signals: signals}
	w.restart(ctx)
	go func() {
		defer close(signals)
		defer w.stop()
		w.run(ctx)
	}()
	return signals, nil
}

// watch is one Watch in progress.
type watch struct {
	source  *Source
	signals chan<- struct{}
	watcher *fsnotify.Watcher // nil while polling
	root    fs.FileInfo       // of the folder that is watched
	last    *node             // what polling saw last, nil if it saw nothing
}

// start watches the folder and all below it.
func (w *watch) start() error {
	w.stop()
	root, err := os.Stat(w.source.options.Path)
	if err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("start watching: %w", err)
	}
	w.watcher, w.root = watcher, root
	if err := w.add(w.source.options.Path, 0); err != nil {
		w.stop()
		return err
	}
	return nil
}

func (w *watch) stop() {
	if w.watcher != nil {
		// Closing reports nothing that could be acted upon.
		_ = w.watcher.Close()
		w.watcher = nil
	}
}

// add watches a folder before it looks into it, so that nothing that comes in
// meanwhile is missed. What is gone by now needs no watching.
func (w *watch) add(folder string, depth int) error {
	if depth > maxDepth {
		return nil // Fetch refuses it
	}
	if err := w.watcher.Add(folder); err != nil {
		if errors.Is(err, fs.ErrNotExist) && depth > 0 {
			return nil
		}
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != ".git" {
			if err := w.add(filepath.Join(folder, entry.Name()), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// run passes events on until ctx ends.
func (w *watch) run(ctx context.Context) {
	options := &w.source.options
	poll := time.NewTicker(options.Poll)
	defer poll.Stop()
	var quiet, late <-chan time.Time // set from the first event to the signal
	for {
		var events <-chan fsnotify.Event
		var failures <-chan error
		if w.watcher != nil {
			events, failures = w.watcher.Events, w.watcher.Errors
		}
		changed := false
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			changed = w.event(ctx, event)
		case err := <-failures:
			// Events were lost, so anything may have changed.
			options.Logger.Warn("events of the directory were lost", slog.String("path", options.Path), slog.Any("error", err))
			w.restart(ctx)
			changed = true
		case <-poll.C:
			changed = w.poll(ctx)
		case <-quiet:
			quiet, late = nil, nil
			w.signal()
		case <-late:
			quiet, late = nil, nil
			w.signal()
		}
		if changed {
			quiet = time.After(options.Debounce)
			if late == nil {
				late = time.After(patience * options.Debounce)
			}
		}
	}
}

// event watches folders that are new.
func (w *watch) event(ctx context.Context, event fsnotify.Event) bool {
	if filepath.Base(event.Name) == ".git" {
		return false
	}
	if event.Name == w.source.options.Path && (event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)) {
		// What comes in its place may even have the same inode.
		w.restart(ctx)
		return true
	}
	if event.Has(fsnotify.Create) {
		if info, err := os.Lstat(event.Name); err == nil && info.IsDir() {
			if err := w.add(event.Name, 1); err != nil {
				w.restart(ctx)
			}
		}
	}
	return true
}

// poll reports whether the folder was replaced or, where the system does not
// tell of changes, whether anything below it looks different.
func (w *watch) poll(ctx context.Context) bool {
	if w.watcher != nil {
		now, err := os.Stat(w.source.options.Path)
		if err == nil && os.SameFile(now, w.root) {
			return false
		}
		w.restart(ctx)
		return true
	}
	before := w.last
	w.last, _ = w.source.scan(ctx, false, nil)
	now := w.last
	if before == nil && now != nil {
		w.restart(ctx) // it is there again
	}
	// Whoever fetches may have seen something in between two looks.
	fetched := w.source.fetched.Load()
	return differ(before, now) || fetched != nil && differ(fetched.tree, now)
}

func differ(a, b *node) bool {
	if a == nil || b == nil {
		return a != b
	}
	_, differs := a.difference(b, ".")
	return differs
}

// restart watches the folder from anew, or falls back to polling it.
func (w *watch) restart(ctx context.Context) {
	options := &w.source.options
	err := w.start()
	if err == nil {
		return
	}
	if !errors.Is(err, fs.ErrNotExist) { // else polling sees the folder come
		options.Logger.Warn("cannot watch the directory; polling it instead",
			slog.String("path", options.Path), slog.Duration("interval", options.Poll), slog.Any("error", err))
	}
	w.last, _ = w.source.scan(ctx, false, nil)
}

func (w *watch) signal() {
	select {
	case w.signals <- struct{}{}:
	default: // one is waiting already
	}
}
