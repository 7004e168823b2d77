// Package dir is a source that is a folder on this machine, for a person at
// work on manifests and for checks of a checked-out repository.
//
// Start with Source. Fetch reads the folder into a tree (scan.go), whose files
// a snapshot serves as they were then or not at all (snapshot.go, file.go);
// watch.go tells when to fetch again.
package dir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

var (
	_ sources.Source  = (*Source)(nil)
	_ sources.Watcher = (*Source)(nil)
)

// Options say which folder to read. A zero field but Path means its default.
type Options struct {
	Path        string
	Only        string        // the one entry of the folder to look at; all of them by default
	MaxFileSize int64         // bytes of one file, above which it cannot be read; 8 MiB by default
	MaxFiles    int           // files of the folder, 200,000 by default
	Sums        Sums          // from earlier looks, for files that were not touched since; none by default
	Logger      *slog.Logger  // nothing is logged by default
	Debounce    time.Duration // how long a change must be over before Watch tells of it, 200 ms by default
	// Poll is how often Watch looks for itself where the system cannot tell it
	// of changes, and whether the folder was replaced; 5 s by default.
	Poll time.Duration
}

// Source is a folder. It keeps nothing: every Fetch reads all files, but those
// that Sums tells of, and an old snapshot whose files have changed since answers
// with sources.ErrChanged.
//
// Entries named .git are left out, wherever they are.
type Source struct {
	options Options
	fetched atomic.Pointer[fetched]
}

// fetched is what the last Fetch saw: nothing, where it failed.
type fetched struct{ tree *node }

// New makes a source of a folder. That there is such a folder is Fetch's concern.
func New(options Options) (*Source, error) {
	if options.Path == "" {
		return nil, errors.New("directory source: no path is given")
	}
	path, err := filepath.Abs(options.Path)
	if err != nil {
		return nil, fmt.Errorf("directory source %s: %w", options.Path, err)
	}
	options.Path = path
	options.MaxFileSize = cmp.Or(options.MaxFileSize, 8<<20)
	options.MaxFiles = cmp.Or(options.MaxFiles, 200_000)
	options.Logger = cmp.Or(options.Logger, slog.New(slog.DiscardHandler))
	options.Debounce = cmp.Or(options.Debounce, 200*time.Millisecond)
	options.Poll = cmp.Or(options.Poll, 5*time.Second)
	return &Source{options: options}, nil
}

// String implements sources.Source.
func (s *Source) String() string { return s.options.Path }

// Close implements sources.Source. A Watch ends with its context.
func (s *Source) Close() error { return nil }

// attempts is how often Fetch reads a folder that changes all the while.
const attempts = 5

// Fetch implements sources.Source. The revision is a hash over the paths and
// contents of all files. A folder that is being written to is read again, so
// that no snapshot mixes two states of it, as far as sizes and times tell.
func (s *Source) Fetch(ctx context.Context) (sources.Snapshot, error) {
	wait := 20 * time.Millisecond
	for attempt := 1; ; attempt++ {
		tree, err := s.read(ctx)
		s.fetched.Store(&fetched{tree})
		switch {
		case err == nil:
			return s.snapshot(tree), nil
		case !errors.Is(err, sources.ErrChanged) || attempt == attempts:
			return nil, fmt.Errorf("read directory %s: %w", s.options.Path, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("read directory %s: %w", s.options.Path, ctx.Err())
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// read is the tree with its contents hashed, if it stayed the same meanwhile.
func (s *Source) read(ctx context.Context) (*node, error) {
	var known *known
	if s.options.Sums != nil && s.options.Only == "" {
		known = remembered(s.options.Sums, s.options.Path)
	}
	tree, err := s.scan(ctx, true, known)
	if err != nil {
		return nil, err
	}
	again, err := s.scan(ctx, false, nil)
	if err != nil {
		return nil, err
	}
	if path, differs := tree.difference(again, "."); differs {
		return nil, fmt.Errorf("%s: %w", path, sources.ErrChanged)
	}
	if known != nil {
		known.save()
	}
	return tree, nil
}

// open opens the folder anew for each look, since it may have been replaced.
func (s *Source) open() (*os.Root, error) {
	info, err := os.Stat(s.options.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, sources.ErrNotFound
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("not a directory; name the directory that holds it")
	}
	return os.OpenRoot(s.options.Path)
}

// digest is the revision of a tree: SHA-256 over one record for each entry
// that is not a folder, in the order of the walk. Lengths are written first, so
// that no two trees have the same records.
func digest(tree *node) string {
	hash := sha256.New()
	var walk func(n *node, path string)
	walk = func(n *node, path string) {
		for _, child := range n.children {
			name := path + "/" + child.name
			if child.mode.IsDir() {
				walk(child, name)
				continue
			}
			fmt.Fprintf(hash, "%d %s%d ", len(name), name, child.mode.Type())
			hash.Write(child.sum[:])
		}
	}
	walk(tree, "")
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}
