package results

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The names of the files in the folder. Any other name is somebody else's.
const (
	suffix    = ".results"
	temporary = ".tmp"
)

// abandonedAfter is the age at which a temporary file has no writer any more.
const abandonedAfter = time.Hour

// checkEvery is how many entries are written between two looks at the context.
const checkEvery = 1024

// Save writes the store if anything in it is new, or was used for the first
// time on this day. Where not all fits, what was used in this run goes first
// and then what was used last. The file is replaced as a whole: after an error
// or a crash it is as before. Then it removes what interrupted runs left
// behind, and other workspaces' files, the oldest first, while all together
// are over their limit.
//
// An error, such as a full disk or a folder that is read-only, costs the next
// run its time and nothing else.
func (s *Store) Save(ctx context.Context) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	changes := s.changesSoFar()
	if s.path == "" || changes == s.written {
		return nil
	}
	if err := s.replace(ctx, s.fitting(s.entries())); err != nil {
		return fmt.Errorf("keeping results in %s: %w", s.path, err)
	}
	s.written = changes
	if err := s.tidy(); err != nil {
		return fmt.Errorf("tidying %s: %w", s.opts.Dir, err)
	}
	return nil
}

// fitting are the entries that there is room for, by rising key.
func (s *Store) fitting(entries []entry) []entry {
	room := s.opts.MaxBytes - overhead
	var all int64
	for _, e := range entries {
		all += roomOf(e.value)
	}
	if all > room {
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(b.saves, a.saves), bytes.Compare(a.key[:], b.key[:]))
		})
		entries = slices.DeleteFunc(entries, func(e entry) bool {
			need := roomOf(e.value)
			if need <= room {
				room -= need
				return false
			}
			return true
		})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key[:], b.key[:]) })
	return entries
}

// replace writes the entries beside the file and then puts them in its place.
func (s *Store) replace(ctx context.Context, entries []entry) (err error) {
	if err := os.MkdirAll(s.opts.Dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(s.opts.Dir, strings.TrimSuffix(filepath.Base(s.path), suffix)+".*"+temporary) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	err = s.write(ctx, file, entries)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), s.path)
}

func (s *Store) write(ctx context.Context, to io.Writer, entries []entry) error {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	w.Write(head(len(entries), s.saves, dayOf(s.opts.Now), s.secret, s.opts)) // errors stay until Flush
	var index [entrySize]byte
	end := 0
	for _, e := range entries {
		end += len(e.value)
		copy(index[:], e.key[:])
		binary.LittleEndian.PutUint32(index[keySize:], uint32(end))
		binary.LittleEndian.PutUint32(index[keySize+4:], e.saves)
		w.Write(index[:])
	}
	for i, e := range entries {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		w.Write(e.value)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := to.Write(sum.Sum(nil))
	return err
}

var (
	ownFile       = regexp.MustCompile(`^[0-9a-f]{32}\.results$`)
	temporaryFile = regexp.MustCompile(`^[0-9a-f]{32}\.[0-9]+\.tmp$`)
)

// tidy removes what nobody waits for any more.
func (s *Store) tidy() error {
	found, err := os.ReadDir(s.opts.Dir)
	if err != nil {
		return err
	}
	var others []os.FileInfo
	var total int64
	for _, item := range found {
		info, err := item.Info()
		switch {
		case err != nil || !info.Mode().IsRegular(): // gone meanwhile, or not ours
		case temporaryFile.MatchString(item.Name()) && s.opts.Now.Sub(info.ModTime()) > abandonedAfter:
			if err := s.remove(item.Name()); err != nil {
				return err
			}
		case ownFile.MatchString(item.Name()):
			total += info.Size()
			if item.Name() != filepath.Base(s.path) {
				others = append(others, info)
			}
		}
	}
	slices.SortFunc(others, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range others {
		if total <= s.opts.MaxTotal {
			break
		}
		if err := s.remove(info.Name()); err != nil {
			return err
		}
		total -= info.Size()
	}
	return nil
}

// remove is content if another run was faster.
func (s *Store) remove(name string) error {
	if err := os.Remove(filepath.Join(s.opts.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
