package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/holdfast-dev/holdfast/drivers"
)

// debounce is how long it must be quiet before a change is told, and maxWait
// how long a change may wait where it never is.
const (
	debounce = 200 * time.Millisecond
	maxWait  = 2 * time.Second
)

// Watch watches the directories that the owned paths are in, or the nearest
// ones above that exist. It tells of changes by holdfast itself as well.
func (d *Driver) Watch(ctx context.Context, owned []drivers.Owned) (<-chan struct{}, error) {
	w := &watch{root: d.root, log: d.log, paths: map[string]bool{}}
	for i := range owned {
		made, err := parseUID(owned[i].UID)
		if err != nil {
			return nil, fmt.Errorf("watch %s: %w", owned[i].ID, err)
		}
		// A directory above that is removed or made is a change as well.
		for above := made.path; above != "/"; above = path.Dir(above) {
			w.paths[above] = true
		}
	}
	var err error
	if w.notifier, err = fsnotify.NewWatcher(); err != nil {
		return nil, fmt.Errorf("watch %s: %w", d.root, err)
	}
	if err := w.add(); err != nil {
		return nil, errors.Join(err, w.notifier.Close())
	}
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		w.run(ctx, changes)
		if err := w.notifier.Close(); err != nil {
			d.log.WarnContext(ctx, "the watch could not be ended", "target", d.target, "error", err)
		}
	}()
	return changes, nil
}

type watch struct {
	root     string
	log      *slog.Logger
	paths    map[string]bool // owned, and the directories above them
	notifier *fsnotify.Watcher
}

// add watches the directories of the paths as far as they exist. It is
// repeated when a change is told, as directories come and go.
func (w *watch) add() error {
	dirs := map[string]bool{"/": true}
	for name := range w.paths {
		dirs[path.Dir(name)] = true
	}
	for dir := range dirs {
		name := filepath.Join(w.root, dir)
		resolved, err := filepath.EvalSymlinks(name)
		if err != nil || (resolved != w.root && !strings.HasPrefix(resolved, strings.TrimSuffix(w.root, "/")+"/")) {
			continue // not there, or not ours to look at
		}
		if err := w.notifier.Add(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("watch %s: %w", name, err)
		}
	}
	return nil
}

// run ends with ctx. Whatever goes wrong on the way is told as a change: it is
// then for the next observation to find out.
func (w *watch) run(ctx context.Context, changes chan<- struct{}) {
	var quiet, latest <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-w.notifier.Events:
			if !open {
				return
			}
			if !w.concerns(event.Name) {
				continue
			}
		case <-w.notifier.Errors:
		case <-quiet:
			quiet, latest = nil, nil
			w.tell(ctx, changes)
			continue
		case <-latest:
			quiet, latest = nil, nil
			w.tell(ctx, changes)
			continue
		}
		quiet = time.After(debounce)
		if latest == nil {
			latest = time.After(maxWait)
		}
	}
}

// tell first watches the directories that have come since: what happened in
// them before is seen by whoever is told, and what happens later is told again.
func (w *watch) tell(ctx context.Context, changes chan<- struct{}) {
	if err := w.add(); err != nil {
		w.log.WarnContext(ctx, "a directory is not watched", "error", err)
	}
	select {
	case changes <- struct{}{}:
	default: // one is waiting already
	}
}

func (w *watch) concerns(name string) bool {
	relative, err := filepath.Rel(w.root, name)
	return err == nil && w.paths["/"+filepath.ToSlash(relative)]
}
