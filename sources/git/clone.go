package git

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-billy/v5/osfs"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// clone is a bare repository in the cache. Only objects, the shallow boundary
// and tipRef in it are used.
type clone struct {
	objects *store
}

func initClone(dir string) (*clone, error) {
	c := &clone{objects: newStore(osfs.New(dir, osfs.WithBoundOS()), nil)}
	if _, err := gogit.Init(c.objects.storage, nil); err != nil {
		return nil, fmt.Errorf("making the clone: %w", err)
	}
	return c, nil
}

func openClone(dir string) (*clone, error) {
	c := &clone{objects: newStore(osfs.New(dir, osfs.WithBoundOS()), nil)}
	if _, err := gogit.Open(c.objects.storage, nil); err != nil {
		return nil, fmt.Errorf("opening the clone: %w", err)
	}
	return c, nil
}

// with runs do on the storage alone.
func (c *clone) with(do func(*filesystem.Storage) error) error {
	c.objects.mu.Lock()
	defer c.objects.mu.Unlock()
	return do(c.objects.storage)
}

// packs is the number of packs.
func (c *clone) packs() (count int, err error) {
	err = c.with(func(storage *filesystem.Storage) error {
		packs, err := storage.ObjectPacks()
		count = len(packs)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("listing the clone's packs: %w: %w", errBroken, err)
	}
	return count, nil
}

// tip is what was fetched last, nothing if it cannot be told.
func (c *clone) tip() (hashes []plumbing.Hash, err error) {
	err = c.with(func(storage *filesystem.Storage) error {
		ref, err := storage.Reference(tipRef)
		if err == nil {
			hashes = append(hashes, ref.Hash())
		}
		return err
	})
	if err != nil && !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, fmt.Errorf("reading the clone: %w: %w", errBroken, err)
	}
	return hashes, nil
}

func (c *clone) setTip(hash plumbing.Hash) error {
	err := c.with(func(storage *filesystem.Storage) error {
		return storage.SetReference(plumbing.NewHashReference(tipRef, hash))
	})
	if err != nil {
		return fmt.Errorf("writing the clone: %w", err)
	}
	return nil
}

// add stores a pack, and moves the shallow boundary.
func (c *clone) add(pack io.Reader, shallow []plumbing.Hash) error {
	return c.with(func(storage *filesystem.Storage) error {
		if err := packfile.UpdateObjectStorage(storage, pack); err != nil && !errors.Is(err, packfile.ErrEmptyPackfile) {
			return fmt.Errorf("receiving objects: %w", err)
		}
		if len(shallow) == 0 {
			return nil
		}
		known, err := storage.Shallow()
		if err == nil {
			err = storage.SetShallow(append(known, shallow...))
		}
		if err != nil {
			return fmt.Errorf("writing the shallow boundary: %w", err)
		}
		return nil
	})
}
