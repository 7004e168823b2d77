package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// debounce is how long after an event in a local repository the signal comes,
// since one commit touches several files.
const debounce = 50 * time.Millisecond

// Watch implements sources.Watcher. A local repository's references are
// watched; besides, and for a remote repository alone, it signals at each interval.
func (s *Source) Watch(ctx context.Context) (<-chan struct{}, error) {
	signals := make(chan struct{}, 1)
	var events *fsnotify.Watcher
	if l, ok := s.origin.(*local); ok {
		dirs, err := l.gitDirs()
		if err != nil {
			return nil, s.failed("watch", err)
		}
		if events, err = fsnotify.NewWatcher(); err != nil {
			return nil, s.failed("watch", err)
		}
		if err := addDirs(events, dirs); err != nil {
			return nil, s.failed("watch", errors.Join(err, events.Close()))
		}
	}
	go s.watch(ctx, events, signals)
	return signals, nil
}

func (s *Source) watch(ctx context.Context, events *fsnotify.Watcher, signals chan<- struct{}) {
	defer close(signals)
	var happened <-chan fsnotify.Event
	var failures <-chan error
	if events != nil {
		defer events.Close()
		happened, failures = events.Events, events.Errors
	}
	tick := time.NewTimer(s.jittered())
	defer tick.Stop()
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-happened:
			if !interesting(event.Name) {
				continue
			}
			if event.Has(fsnotify.Create) {
				// A new folder of branches: "release/1" makes "release".
				s.rewatch(ctx, events)
			}
			quiet = settle(quiet)
		case err := <-failures:
			// An overflow of the queue: something happened, whatever it was.
			s.options.Logger.WarnContext(ctx, "watching the repository", "source", s.String(), "reason", err)
			quiet = settle(quiet)
		case <-quiet:
			quiet = nil
			notify(signals)
		case <-tick.C:
			if events != nil {
				s.rewatch(ctx, events)
			}
			notify(signals)
			tick.Reset(s.jittered())
		}
	}
}

// settle waits for what else belongs to the first event, but not for more
// after that: a busy repository must not put its signals off for ever.
func settle(running <-chan time.Time) <-chan time.Time {
	if running != nil {
		return running
	}
	return time.After(debounce)
}

// rewatch takes up folders that were made, or replaced, since.
func (s *Source) rewatch(ctx context.Context, events *fsnotify.Watcher) {
	l, ok := s.origin.(*local)
	if !ok {
		return
	}
	dirs, err := l.gitDirs()
	if err == nil {
		err = addDirs(events, dirs)
	}
	if err != nil {
		s.options.Logger.WarnContext(ctx, "watching the repository", "source", s.String(), "reason", err)
	}
}

// notify signals without waiting: a signal that was not yet taken stands for
// this one too.
func notify(signals chan<- struct{}) {
	select {
	case signals <- struct{}{}:
	default:
	}
}

// jittered is the interval, give or take a tenth, so that many daemons do not
// ask one server at once.
func (s *Source) jittered() time.Duration {
	tenth := int64(s.options.Interval) / 10
	if tenth == 0 {
		return s.options.Interval
	}
	return s.options.Interval + time.Duration(rand.Int64N(2*tenth+1)-tenth)
}

// interesting leaves out the files that git locks while it writes, and those
// that say nothing about references.
func interesting(path string) bool {
	name := filepath.Base(path)
	return !strings.HasSuffix(name, ".lock") && name != "index" && name != "COMMIT_EDITMSG"
}

// addDirs watches the folders with HEAD and packed-refs, and those of the
// references below them.
func addDirs(events *fsnotify.Watcher, gitDirs []string) error {
	for _, dir := range gitDirs {
		if err := events.Add(dir); err != nil {
			return fmt.Errorf("watching %s: %w", dir, err)
		}
		for _, below := range []string{"heads", "tags"} {
			root := filepath.Join(dir, "refs", below)
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || !entry.IsDir() {
					return err
				}
				return events.Add(path)
			})
			// A folder may vanish at any time: git removes those that are empty.
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("watching %s: %w", root, err)
			}
		}
	}
	return nil
}
