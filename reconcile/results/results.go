// Package results keeps on disk what a run found out, so that the next run need
// not find it out again: for each key, the digest of all that an answer hangs
// on, the answer in bytes. What the bytes mean is the caller's matter.
//
// Start with Open. A workspace has one file, read as a whole at the start of a
// run and replaced as a whole by Save at its end (format.go, save.go). Nothing
// here is needed for a right answer: whatever is wrong with a file, its store
// is empty. There are no locks. Of two runs at once the last one to save wins,
// and each has what it read at its start.
//
// Whoever can write the files decides what a later run believes. So they, and
// the folder, are made for the user alone, and a file that belongs to somebody
// else, or that others may write to, is not read.
package results

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"sync"
	"time"
)

// Key is the digest of all that a result hangs on.
type Key = [32]byte

// The bounds where Options sets none.
const (
	defaultMaxBytes = 64 << 20
	defaultMaxTotal = 512 << 20
)

// Options say which workspace's results are opened, and how many are kept.
type Options struct {
	// Dir is the folder of all workspaces' files, made with mode 0700 where it
	// is missing. With "" nothing is kept.
	Dir string
	// Name tells workspaces apart: any text, which is not found in the file's name.
	Name string
	// Version is the engine's. What another version kept is not read.
	Version string
	// MaxBytes bounds the file (default 64 MiB), and what is read of one;
	// MaxTotal all files of Dir together (default 512 MiB).
	MaxBytes int64
	MaxTotal int64
	// Now is the time on the wall, which may not be the run's clock. The zero
	// value is time.Now.
	Now time.Time
}

// Store is the results of one workspace. It is safe for concurrent use.
type Store struct {
	opts   Options
	path   string // "" where nothing is kept
	notice string
	secret []byte
	kept   contents // what was read; never changed
	saves  uint32   // the number that the next save has

	saving  sync.Mutex // held by Save
	written int        // the changes that were written

	mu      sync.Mutex
	used    []bool         // by index of kept: asked for in this run
	put     map[Key][]byte // new in this run
	room    int64          // what put takes of a file, in bytes
	changes int            // how often something changed that is worth a save
}

// Open reads the store of a workspace. It never fails for what it finds: a
// file that is missing, damaged, torn, no store, of another version or
// workspace, too large or not the user's own gives an empty store, and Notice
// tells why.
func Open(opts Options) *Store {
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = defaultMaxBytes
	}
	if opts.MaxTotal <= 0 {
		opts.MaxTotal = defaultMaxTotal
	}
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	opts.MaxBytes = min(opts.MaxBytes, opts.MaxTotal, math.MaxInt32)
	s := &Store{opts: opts, put: map[Key][]byte{}, saves: 1}
	if opts.Dir == "" {
		s.notice = "no folder is set to keep results in"
	} else {
		s.path = filepath.Join(opts.Dir, fileName(opts.Name))
		s.load()
	}
	if s.secret == nil {
		s.secret = make([]byte, secretSize)
		rand.Read(s.secret) // never fails
	}
	return s
}

func (s *Store) load() {
	content, err := readOwn(s.path, s.opts.MaxBytes)
	if err == nil {
		s.kept, err = parse(content, s.opts.Version, s.opts.Name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.notice = "no results were kept before in " + s.path
		return
	case err != nil:
		s.kept = contents{}
		s.notice = "the results kept in " + s.path + " are not used: " + err.Error()
		return
	}
	s.secret = bytes.Clone(s.kept.secret)
	s.used = make([]bool, s.kept.count)
	if s.kept.saves < math.MaxUint32 {
		s.saves = s.kept.saves + 1
	}
}

// Notice says why nothing was read, in words for the log; "" if the store was read.
func (s *Store) Notice() string { return s.notice }

// Secret is the key for digests of contents that could be guessed: 32 random
// bytes, made with the store and kept in it. They are read-only.
func (s *Store) Secret() []byte { return s.secret }

// Get is what was put under the key in this run or kept from one before, and
// whether there is anything. The bytes are read-only. What was asked for is
// kept longer.
func (s *Store) Get(key Key) ([]byte, bool) {
	at, kept := s.kept.find(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept {
		s.use(at)
	}
	if value, ok := s.put[key]; ok || !kept {
		return value, ok
	}
	return s.kept.value(at), true
}

// use marks an entry. That is written on its own once a day, and else with
// what is new.
func (s *Store) use(at int) {
	if !s.used[at] && s.kept.day != dayOf(s.opts.Now) {
		s.changes++
	}
	s.used[at] = true
}

// Put keeps the value under the key. The value is not copied and must not be
// changed afterwards. What does not fit into the file any more is not taken.
func (s *Store) Put(key Key, value []byte) {
	at, kept := s.kept.find(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept {
		s.use(at)
	}
	before, again := s.put[key]
	if again && bytes.Equal(before, value) || kept && !again && bytes.Equal(s.kept.value(at), value) {
		return
	}
	room := s.room + roomOf(value)
	if again {
		room -= roomOf(before)
	}
	if room > s.opts.MaxBytes-overhead {
		return
	}
	s.room = room
	s.put[key] = value
	s.changes++
}

func (s *Store) changesSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes
}

// entries are all results, with the save that each was used for last.
func (s *Store) entries() []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := make([]entry, 0, s.kept.count+len(s.put))
	for key, value := range s.put {
		entries = append(entries, entry{key: key, value: value, saves: s.saves})
	}
	for i := range s.kept.count {
		e := s.kept.entry(i)
		if _, again := s.put[e.key]; again {
			continue
		}
		if s.used[i] {
			e.saves = s.saves
		}
		entries = append(entries, e)
	}
	return entries
}

// fileName tells nothing of the workspace, whose path may be nobody's business.
func fileName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16]) + suffix
}
