package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/holdfast-dev/holdfast/sources"
)

// maxDepth bounds how deeply folders nest.
const maxDepth = 256

// node is a folder of a Git tree, loaded whole. Nodes do not change, and
// snapshots share those that they have in common.
type node struct {
	entries []entry // sorted by name
	files   int64   // files, links and submodules below
	bytes   int64   // sizes of the files below, summed
}

// entry is what a folder holds under one name. Dir is set for folders only.
type entry struct {
	name string
	mode fs.FileMode // type and permissions
	hash plumbing.Hash
	size int64
	dir  *node
	// submodule marks a commit of another repository, which is not followed.
	submodule bool
}

func (n *node) find(name string) (entry, bool) {
	i, found := slices.BinarySearchFunc(n.entries, name, func(e entry, name string) int {
		return strings.Compare(e.name, name)
	})
	if !found {
		return entry{}, false
	}
	return n.entries[i], true
}

// loader reads trees. Known holds the folders of the snapshot before, by hash,
// so that only what changed is read.
type loader struct {
	store    *store
	known    map[plumbing.Hash]*node
	loaded   map[plumbing.Hash]*node
	maxFiles int64
	maxBytes int64
}

func (l *loader) load(ctx context.Context, hash plumbing.Hash, depth int) (*node, error) {
	if n, ok := l.loaded[hash]; ok {
		return n, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("folders nest more than %d deep: %w", maxDepth, sources.ErrTooLarge)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if n, ok := l.known[hash]; ok {
		l.keep(hash, n)
		return n, nil
	}
	raw, err := l.store.raw(plumbing.TreeObject, hash, maxMetadata)
	if err != nil {
		return nil, err
	}
	tree := &object.Tree{}
	if err := tree.Decode(raw); err != nil {
		return nil, fmt.Errorf("tree %s: %w", hash, err)
	}
	n := &node{entries: make([]entry, 0, len(tree.Entries))}
	for _, item := range tree.Entries {
		e, err := l.entry(ctx, item, depth)
		if err != nil {
			return nil, err
		}
		n.entries = append(n.entries, e)
		if e.dir != nil {
			n.files, n.bytes = add(n.files, e.dir.files), add(n.bytes, e.dir.bytes)
		} else {
			n.files, n.bytes = add(n.files, 1), add(n.bytes, e.size)
		}
		// A tree may name the same folder many times over, so that a small
		// pack unfolds to any number of files; the sums see through that.
		if n.files > l.maxFiles {
			return nil, fmt.Errorf("the tree has more than %d files: %w", l.maxFiles, sources.ErrTooLarge)
		}
		if n.bytes > l.maxBytes {
			return nil, fmt.Errorf("the tree's files have more than %d bytes together: %w", l.maxBytes, sources.ErrTooLarge)
		}
	}
	slices.SortFunc(n.entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(n.entries); i++ {
		if n.entries[i].name == n.entries[i-1].name {
			return nil, fmt.Errorf("tree %s holds the name %q twice", hash, n.entries[i].name)
		}
	}
	l.loaded[hash] = n
	return n, nil
}

// keep takes a known folder over with all that is below it.
func (l *loader) keep(hash plumbing.Hash, n *node) {
	if _, ok := l.loaded[hash]; ok {
		return
	}
	l.loaded[hash] = n
	for _, e := range n.entries {
		if e.dir != nil {
			l.keep(e.hash, e.dir)
		}
	}
}

func (l *loader) entry(ctx context.Context, item object.TreeEntry, depth int) (entry, error) {
	e := entry{name: item.Name, hash: item.Hash}
	if !fs.ValidPath(item.Name) || item.Name == "." || strings.ContainsAny(item.Name, "/\x00") {
		return entry{}, fmt.Errorf("a tree of the commit holds the unusable name %q", item.Name)
	}
	var err error
	switch item.Mode {
	case filemode.Dir:
		e.mode = fs.ModeDir | 0o555
		e.dir, err = l.load(ctx, item.Hash, depth+1)
	case filemode.Submodule:
		e.mode, e.submodule = fs.ModeDir|0o555, true
	case filemode.Symlink:
		e.mode = fs.ModeSymlink | 0o444
		e.size, err = l.store.size(item.Hash)
	case filemode.Regular, filemode.Deprecated:
		e.mode = 0o444
		e.size, err = l.store.size(item.Hash)
	case filemode.Executable:
		e.mode = 0o555
		e.size, err = l.store.size(item.Hash)
	default:
		err = errors.New("unknown mode " + item.Mode.String())
	}
	if err != nil {
		// The innermost name is enough to find it by, and the path grows as
		// the error goes up.
		return entry{}, fmt.Errorf("%s: %w", item.Name, err)
	}
	return e, nil
}

// add sums without overflow.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
