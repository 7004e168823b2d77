package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/holdfast-dev/holdfast/sources"
)

// local is a repository on this machine, which is read in place. What was
// served is remembered in memory only, since nothing is written to it.
type local struct {
	path    string
	options Options

	mu     sync.Mutex
	served record
	store  *store
	info   os.FileInfo // of the object folder, to notice another repository in its place
}

func newLocal(path string, options Options) *local {
	return &local{path: path, options: options, served: record{Served: options.Last, Verified: options.LastVerified}}
}

func (l *local) renewable() bool { return false }

func (l *local) record() (record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.served, nil
}

func (l *local) setRecord(r record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.served = r
	return nil
}

func (l *local) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil {
		return nil
	}
	err := l.store.close()
	l.store = nil
	return err
}

// open opens the repository, and gives the store that goes with it.
func (l *local) open() (*gogit.Repository, *store, error) {
	repository, files, err := openRepository(l.path, false)
	if err != nil {
		return nil, nil, err
	}
	info, err := objectFolder(files)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the repository: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil || l.store.broken.Load() || !os.SameFile(l.info, info) {
		// Snapshots may still read from the old store, so it is left to them.
		l.store, l.info = newLocalStore(files), info
	}
	return repository, l.store, nil
}

// objectFolder identifies the folder that the objects are in.
func objectFolder(files billy.Filesystem) (os.FileInfo, error) {
	dirs := referenceDirs(files)
	return os.Stat(filepath.Join(dirs[len(dirs)-1], "objects"))
}

// newLocalStore reads a local repository, and others that it borrows from.
func newLocalStore(files billy.Filesystem) *store {
	return newStore(files, osfs.New(string(filepath.Separator)))
}

// openRepository opens the repository at path, or, if detect is set, the one
// that path lies in.
func openRepository(path string, detect bool) (*gogit.Repository, billy.Filesystem, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%w: there is no %s", sources.ErrNotFound, path)
	} else if err != nil {
		return nil, nil, err
	}
	repository, err := gogit.PlainOpenWithOptions(path, &gogit.PlainOpenOptions{DetectDotGit: detect, EnableDotGitCommonDir: true})
	if errors.Is(err, gogit.ErrRepositoryNotExists) {
		return nil, nil, fmt.Errorf("%w: %s is not a Git repository", sources.ErrNotFound, path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("opening the repository %s: %w", path, err)
	}
	storage, ok := repository.Storer.(*filesystem.Storage)
	if !ok {
		return nil, nil, fmt.Errorf("the repository %s is not kept in files", path)
	}
	return repository, storage.Filesystem(), nil
}

func (l *local) tip(ctx context.Context, _ effort) (*tip, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	repository, objects, err := l.open()
	if err != nil {
		return nil, err
	}
	if l.options.Commit != "" {
		return l.at(ctx, plumbing.NewHash(l.options.Commit))
	}
	hash, name, err := l.resolve(repository)
	if err != nil {
		return nil, err
	}
	commit, tag, err := objects.peel(hash)
	if err != nil {
		return nil, err
	}
	return &tip{store: objects, commit: commit, tag: tag, ref: name.Short()}, nil
}

// resolve is the hash that the chosen branch or tag points to now.
func (l *local) resolve(repository *gogit.Repository) (plumbing.Hash, plumbing.ReferenceName, error) {
	var name plumbing.ReferenceName
	switch {
	case l.options.Branch != "":
		name = plumbing.NewBranchReferenceName(l.options.Branch)
	case l.options.Tag != "":
		name = plumbing.NewTagReferenceName(l.options.Tag)
	default:
		head, err := repository.Reference(plumbing.HEAD, false)
		if err != nil {
			return plumbing.ZeroHash, "", fmt.Errorf("reading HEAD: %w", err)
		}
		if head.Type() == plumbing.HashReference {
			return head.Hash(), plumbing.HEAD, nil
		}
		name = head.Target()
	}
	ref, err := repository.Reference(name, true)
	if err == nil {
		return ref.Hash(), name, nil
	}
	if !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, "", fmt.Errorf("reading %s: %w", name, err)
	}
	refs, err := repository.References()
	if err != nil {
		return plumbing.ZeroHash, "", fmt.Errorf("listing the references: %w", err)
	}
	defer refs.Close()
	for {
		ref, err := refs.Next()
		if err != nil {
			return plumbing.ZeroHash, "", fmt.Errorf("%w: nothing was committed to it", sources.ErrEmpty)
		}
		if ref.Type() == plumbing.HashReference {
			return plumbing.ZeroHash, "", missing(name)
		}
	}
}

// missing is the error for a reference that is not there, or not there any more.
func missing(name plumbing.ReferenceName) error {
	kind := "branch"
	if name.IsTag() {
		kind = "tag"
	}
	return fmt.Errorf("%w: the repository has no %s %q; was it deleted or renamed?", sources.ErrNoRevision, kind, name.Short())
}

func (l *local) at(_ context.Context, hash plumbing.Hash) (*tip, error) {
	_, objects, err := l.open()
	if err != nil {
		return nil, err
	}
	if !objects.has(hash) {
		return nil, fmt.Errorf("%w: the repository has no commit %s", sources.ErrNoRevision, hash)
	}
	if _, err := objects.commit(hash); err != nil {
		return nil, fmt.Errorf("%w: %w", sources.ErrNoRevision, err)
	}
	return &tip{store: objects, commit: hash}, nil
}

// gitDirs are the folders in which the repository keeps its references.
func (l *local) gitDirs() ([]string, error) {
	_, files, err := openRepository(l.path, false)
	if err != nil {
		return nil, err
	}
	return referenceDirs(files), nil
}

// referenceDirs are a repository's own folder and, for a linked work tree, the
// one that it shares with the others, which comes last.
func referenceDirs(files billy.Filesystem) []string {
	dir := files.Root()
	common, err := os.ReadFile(filepath.Join(dir, "commondir"))
	if err != nil {
		return []string{dir}
	}
	return []string{dir, joinTrimmed(dir, string(common))}
}
