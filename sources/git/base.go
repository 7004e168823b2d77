package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/holdfast-dev/holdfast/sources"
)

// Base is what a change is judged against: the tree of the merge base of
// revision and HEAD, in the repository that dir lies in. Revision is anything
// that git understands: a branch, origin/main, a tag, a hash, HEAD~2. Prefix is
// dir within that tree, "." for its root.
func Base(ctx context.Context, dir, revision string) (snapshot sources.Snapshot, prefix string, err error) {
	repository, objects, prefix, err := enclosing(dir)
	if err != nil {
		return nil, "", fmt.Errorf("finding the base %s: %w", revision, err)
	}
	merged, err := resolveBase(ctx, repository, objects, revision)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("finding the base %s: %w", revision, err), objects.close())
	}
	options, err := Options{}.withDefaults()
	if err != nil {
		return nil, "", errors.Join(err, objects.close())
	}
	s := &Source{options: options}
	tree, err := s.snapshot(ctx, &tip{store: objects, commit: merged, ref: revision}, "")
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("reading the base %s: %w", revision, err), objects.close())
	}
	return tree, prefix, nil
}

func resolveBase(ctx context.Context, repository *gogit.Repository, objects *store, revision string) (plumbing.Hash, error) {
	shallow, err := objects.shallow()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	head, err := repository.Head()
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("%w: HEAD has no commit yet", sources.ErrEmpty)
	}
	base, err := repository.ResolveRevision(plumbing.Revision(revision))
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("%w: %q is not known here%s", sources.ErrNoRevision, revision, deepen(len(shallow) > 0))
	}
	commit, _, err := objects.peel(*base)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("%w: %w", sources.ErrNoRevision, err)
	}
	merged, cut, err := mergeBase(ctx, objects, head.Hash(), commit)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if merged.IsZero() {
		return plumbing.ZeroHash, fmt.Errorf("%w: HEAD and %s have no commit in common%s", sources.ErrNoRevision, revision, deepen(cut))
	}
	return merged, nil
}

// deepen is the mend for a shallow clone.
func deepen(shallow bool) string {
	if !shallow {
		return ""
	}
	return ", because the clone is shallow: run `git fetch --unshallow`, or set fetch-depth: 0 where CI checks out"
}

// Head is the commit of HEAD in the repository that dir lies in. Found is false
// if dir lies in none, or nothing was committed yet.
func Head(dir string) (revision sources.Revision, found bool, err error) {
	repository, objects, _, err := enclosing(dir)
	if errors.Is(err, sources.ErrNotFound) {
		return sources.Revision{}, false, nil
	}
	if err != nil {
		return sources.Revision{}, false, fmt.Errorf("reading HEAD: %w", err)
	}
	defer func() { err = errors.Join(err, objects.close()) }()
	head, err := repository.Head()
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return sources.Revision{}, false, nil
	}
	if err != nil {
		return sources.Revision{}, false, fmt.Errorf("reading HEAD: %w", err)
	}
	commit, err := objects.commit(head.Hash())
	if err != nil {
		return sources.Revision{}, false, fmt.Errorf("reading HEAD: %w", err)
	}
	return revisionOf(commit, head.Name().Short(), ""), true, nil
}

// enclosing opens the repository that dir lies in, and says where in it dir is.
func enclosing(dir string) (*gogit.Repository, *store, string, error) {
	// Links are resolved first, so that the prefix is told within one tree.
	dir, err := filepath.EvalSymlinks(dir)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return nil, nil, "", err
	}
	repository, files, err := openRepository(dir, true)
	if err != nil {
		return nil, nil, "", err
	}
	tree, err := repository.Worktree()
	if err != nil {
		return nil, nil, "", fmt.Errorf("the repository of %s has no work tree: %w", dir, err)
	}
	prefix, err := filepath.Rel(tree.Filesystem.Root(), dir)
	if err != nil {
		return nil, nil, "", err
	}
	return repository, newLocalStore(files), filepath.ToSlash(prefix), nil
}
