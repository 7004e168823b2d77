package git

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/holdfast-dev/holdfast/sources"
)

// errBroken marks an object database that lacks an object which it should
// hold, or holds another one in its place.
var errBroken = errors.New("the object database is damaged or incomplete")

const (
	objectCacheSize = 96 * cache.MiByte
	// largeObject is the size from which go-git streams an object instead of caching it.
	largeObject = 8 << 20
	// maxMetadata bounds a single commit, tag or tree object, in bytes.
	maxMetadata = 64 << 20
)

// store reads one object database. It checks that each object is the one its
// hash names, so that a damaged pack is an error and never other content.
// go-git's storage is not made for concurrent use, hence the lock.
type store struct {
	files billy.Filesystem
	// alternates is where the objects of other repositories may be borrowed
	// from, as `git clone --shared` does; nil for nowhere.
	alternates billy.Filesystem

	mu      sync.Mutex
	storage *filesystem.Storage
	broken  atomic.Bool
}

func newStore(files, alternates billy.Filesystem) *store {
	s := &store{files: files, alternates: alternates}
	s.storage = s.open()
	return s
}

func (s *store) open() *filesystem.Storage {
	return filesystem.NewStorageWithOptions(s.files, cache.NewObjectLRU(objectCacheSize), filesystem.Options{
		KeepDescriptors: true, LargeObjectThreshold: largeObject, AlternatesFS: s.alternates,
	})
}

// retried runs read; where that fails it opens the storage anew and runs it
// again, because git may have repacked a local repository in the meantime.
func (s *store) retried(hash plumbing.Hash, read func(*filesystem.Storage) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := read(s.storage)
	if err == nil {
		return nil
	}
	fresh := s.open()
	if again := read(fresh); again != nil {
		fresh.Close()
		s.broken.Store(true)
		return fmt.Errorf("reading object %s: %w: %w", hash, errBroken, again)
	}
	s.storage.Close()
	s.storage = fresh
	return nil
}

// raw is the checked object of the given kind, of at most limit bytes.
func (s *store) raw(kind plumbing.ObjectType, hash plumbing.Hash, limit int64) (*plumbing.MemoryObject, error) {
	var result *plumbing.MemoryObject
	tooLarge := false // which opening the storage anew would not mend
	err := s.retried(hash, func(storage *filesystem.Storage) error {
		encoded, err := storage.EncodedObject(kind, hash)
		if err != nil {
			return err
		}
		reader, err := encoded.Reader()
		if err != nil {
			return err
		}
		defer reader.Close()
		content, err := io.ReadAll(io.LimitReader(reader, limit+1))
		if err != nil {
			return err
		}
		if tooLarge = int64(len(content)) > limit; tooLarge {
			return nil
		}
		result = &plumbing.MemoryObject{}
		result.SetType(encoded.Type())
		if _, err := result.Write(content); err != nil {
			return err
		}
		if result.Hash() != hash {
			return fmt.Errorf("its content has the hash %s", result.Hash())
		}
		return nil
	})
	if tooLarge {
		return nil, fmt.Errorf("object %s has more than %d bytes: %w", hash, limit, sources.ErrTooLarge)
	}
	return result, err
}

// size is a blob's size in bytes, without reading it.
func (s *store) size(hash plumbing.Hash) (int64, error) {
	var size int64
	err := s.retried(hash, func(storage *filesystem.Storage) (err error) {
		if size, err = storage.EncodedObjectSize(hash); !errors.Is(err, plumbing.ErrObjectNotFound) {
			return err
		}
		// Only EncodedObject looks into alternates.
		blob, err := storage.EncodedObject(plumbing.BlobObject, hash)
		if err == nil {
			size = blob.Size()
		}
		return err
	})
	return size, err
}

func (s *store) commit(hash plumbing.Hash) (*object.Commit, error) {
	raw, err := s.raw(plumbing.CommitObject, hash, maxMetadata)
	if err != nil {
		return nil, err
	}
	commit := &object.Commit{}
	if err := commit.Decode(raw); err != nil {
		return nil, fmt.Errorf("commit %s: %w", hash, err)
	}
	return commit, nil
}

// has reports whether the object is there. Objects that git added since the
// storage was opened are found too.
func (s *store) has(hash plumbing.Hash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.storage.EncodedObject(plumbing.AnyObject, hash); err == nil {
		return true
	}
	s.storage.Reindex()
	_, err := s.storage.EncodedObject(plumbing.AnyObject, hash)
	return err == nil
}

// shallow is the set of commits whose parents are missing on purpose.
func (s *store) shallow() (map[plumbing.Hash]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hashes, err := s.storage.Shallow()
	if err != nil {
		return nil, fmt.Errorf("reading the shallow boundary: %w", err)
	}
	set := make(map[plumbing.Hash]bool, len(hashes))
	for _, hash := range hashes {
		set[hash] = true
	}
	return set, nil
}

// peel follows annotated tags to the commit, and gives the outermost tag.
func (s *store) peel(hash plumbing.Hash) (commit plumbing.Hash, tag *object.Tag, err error) {
	const maxNesting = 8
	for range maxNesting {
		raw, err := s.raw(plumbing.AnyObject, hash, maxMetadata)
		if err != nil {
			return plumbing.ZeroHash, nil, err
		}
		switch raw.Type() {
		case plumbing.CommitObject:
			return hash, tag, nil
		case plumbing.TagObject:
			inner := &object.Tag{}
			if err := inner.Decode(raw); err != nil {
				return plumbing.ZeroHash, nil, fmt.Errorf("tag object %s: %w", hash, err)
			}
			if tag == nil {
				tag = inner
			}
			hash = inner.Target
		default:
			return plumbing.ZeroHash, nil, fmt.Errorf("%s is a %s, not a commit", hash, raw.Type())
		}
	}
	return plumbing.ZeroHash, nil, fmt.Errorf("tag %s is nested too deeply", hash)
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.storage.Close()
}
