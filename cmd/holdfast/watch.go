package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/holdfast-dev/holdfast/policy"
)

// Editors write in several steps: the files are read once nothing has happened
// for settle, or after atLatest all the same.
const (
	settle   = 100 * time.Millisecond
	atLatest = 2 * time.Second
)

// watching runs something again whenever the files that it reads have changed.
type watching struct {
	// read gives the files of now, and what to watch for others: files, or
	// folders with all below them. It may do so beside an error.
	read func() (files []policy.File, paths []string, err error)
	run  func() error
	say  func(line string)

	notifier *fsnotify.Watcher
	last     map[string]string // contents by name
	unread   bool              // the files could not be read after last
}

// loop runs until ctx ends, and then returns the exit code of the last run.
func (w *watching) loop(ctx context.Context) (err error) {
	if w.notifier, err = fsnotify.NewWatcher(); err != nil {
		return fmt.Errorf("watch the policies: %w", err)
	}
	defer func() { err = errors.Join(err, w.notifier.Close()) }()
	if _, err := w.look(); err != nil {
		return err // what cannot be read at the start is mistaken, and not being written
	}
	w.say("watching; Ctrl-C ends it")
	code := w.attempt(nil)
	for w.wait(ctx) == nil {
		changed, err := w.look()
		if err == nil && changed == "" {
			continue
		}
		w.say("")
		if err == nil {
			w.say(changed)
		}
		if ended := w.attempt(err); ctx.Err() == nil {
			code = ended // else the run was cut off
		}
	}
	return ended(code)
}

// attempt runs, unless there is an error already, and shows how it ended.
func (w *watching) attempt(err error) int {
	if err == nil {
		err = w.run()
	}
	if err != nil && message(err) != "" {
		w.say("holdfast: " + message(err))
	}
	return exitCode(err)
}

// wait returns when something has happened and is over, or with the error of ctx.
func (w *watching) wait(ctx context.Context) error {
	var quiet, late <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-quiet:
			return nil
		case <-late:
			return nil
		case <-w.notifier.Errors: // events were lost, so anything may have changed
		case event := <-w.notifier.Events:
			if info, err := os.Lstat(event.Name); err == nil && info.IsDir() {
				w.add(event.Name) // what cannot be watched is told by the next look
			}
		}
		quiet = time.After(settle)
		if late == nil {
			late = time.After(atLatest)
		}
	}
}

// look reads the files and says in a line what is different, "" for nothing.
func (w *watching) look() (string, error) {
	files, paths, err := w.read()
	for _, path := range paths {
		if addErr := w.add(path); addErr != nil && err == nil {
			err = addErr
		}
	}
	if err != nil {
		w.unread = true
		return "", err
	}
	now := make(map[string]string, len(files))
	for _, file := range files {
		now[file.Name] = string(file.Content)
	}
	line := difference(w.last, now)
	if line == "" && w.unread {
		line = "readable again"
	}
	w.last, w.unread = now, false
	return line, nil
}

// add watches a folder and all below it, or the folder that a file is in, since
// editors put another file in its place.
func (w *watching) add(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err == nil && !info.IsDir() {
		err = w.notifier.Add(filepath.Dir(path))
	} else if err == nil {
		err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil || !entry.IsDir():
				return err
			case entry.Name() == ".git":
				return fs.SkipDir
			}
			return w.notifier.Add(name)
		})
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", path, err)
	}
	return nil
}

func difference(before, now map[string]string) string {
	var changed, added, gone []string
	for name, content := range now {
		if was, there := before[name]; !there {
			added = append(added, name)
		} else if was != content {
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, there := now[name]; !there {
			gone = append(gone, name)
		}
	}
	var parts []string
	for _, part := range []struct {
		verb  string
		names []string
	}{{"changed", changed}, {"new", added}, {"gone", gone}} {
		if len(part.names) > 0 {
			slices.Sort(part.names)
			parts = append(parts, part.verb+": "+strings.Join(part.names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// watchTests runs the tests again whenever what they are made from changes.
func (a *app) watchTests(ctx context.Context, f *testFlags, paths []string) error {
	w := &watching{
		run: func() error { return a.policyTest(ctx, f, paths) },
		say: func(line string) { fmt.Fprintln(a.stdout, line) },
		read: func() ([]policy.File, []string, error) {
			options, err := f.testOptions(ctx, paths)
			config, configured, configErr := f.testConfig(paths)
			watched := slices.Concat(paths, f.data, configured)
			// Policies and suites may read files beside them.
			files := slices.Concat(options.Policies, options.Data, config, besidePolicies(watched))
			return files, watched, errors.Join(err, configErr)
		},
	}
	return w.loop(ctx)
}

// testConfig is the configuration file that the tests without PATH go by, and
// what it names.
func (f *testFlags) testConfig(paths []string) (file []policy.File, names []string, err error) {
	if len(paths) > 0 {
		return nil, nil, nil
	}
	name, err := findConfig(f.config)
	if err != nil {
		return nil, nil, nil // there is none, and none is needed
	}
	from, within := onDisk(name)
	read, err := from.read(within)
	if err != nil {
		return nil, []string{name}, err
	}
	names = []string{name}
	if c, err := loadConfig(name); err == nil {
		for _, path := range slices.Concat(c.Policies.Paths, c.Policies.Data) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(name), path)
			}
			names = append(names, path)
		}
	}
	return []policy.File{read}, names, nil
}

// besidePolicies are the YAML and JSON files of the paths, as far as they can be read.
func besidePolicies(paths []string) []policy.File {
	var files []policy.File
	paths, _ = withBundles(paths)
	for _, path := range paths {
		from, name := onDisk(path)
		if found, err := from.collect(name, isData); err == nil {
			files = append(files, found...)
		}
	}
	return files
}
