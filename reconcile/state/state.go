// Package state keeps what must outlive the process in one SQLite file: the
// inventory, the intents, the runs and what is known of each target. It is
// reconcile.Store's default implementation, and the only importer of SQL.
//
// Start with Open. One process at a time holds the file, by an advisory lock
// beside it that the kernel frees when the process ends, however it ends.
// OpenReadOnly looks at the file while another process works with it. The
// suite that every store must pass is in statetest.
package state

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// keySize is the length in bytes of the key for digests.
const keySize = 32

// errReadOnly answers each write to a Store made by OpenReadOnly.
var errReadOnly = errors.New("the state was opened for reading only")

// Options are what a Store is opened with.
type Options struct {
	// Path of the state file. It is created with mode 0600 where it does not
	// exist, and so are the folders above it, with mode 0700.
	Path string
	// Identity names this installation. "" is the host's name and the file's
	// absolute path, "web1:/var/lib/holdfast/state.db", so that state which
	// was lost and made anew in the same place has the same identity.
	Identity string
	Logger   *slog.Logger // nil logs nothing
}

// Store is a reconcile.Store in an SQLite file.
type Store struct {
	path     string
	identity string
	key      []byte
	lock     *os.File // nil if opened for reading only
	writer   *sql.DB  // one connection; nil if opened for reading only
	reader   *sql.DB
	together together
}

var _ reconcile.Store = (*Store)(nil)

// Open opens the state file, making it or bringing it up to date where need
// be. The error wraps reconcile.ErrLocked where another process has it open.
// A file that is damaged, is no state file or was written by a newer holdfast
// is an error that says so; it is never replaced.
func Open(ctx context.Context, options Options) (*Store, error) {
	path, err := prepare(options.Path)
	if err != nil {
		return nil, fmt.Errorf("opening the state %s: %w", options.Path, err)
	}
	lock, err := acquire(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("opening the state %s: %w", path, err)
	}
	logger := options.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{path: path, identity: options.Identity, lock: lock}
	if err := s.open(ctx, logger); err != nil {
		return nil, errors.Join(s.describe("opening the state", err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, logger *slog.Logger) (err error) {
	if err := create(s.path, logger); err != nil {
		return err
	}
	if s.identity == "" {
		if s.identity, err = IdentityOf(s.path); err != nil {
			return err
		}
	}
	if s.writer, err = connect(s.path, readWrite); err != nil {
		return err
	}
	if err := check(ctx, s.writer); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer, logger); err != nil {
		return err
	}
	if s.key, err = ensureKey(ctx, s.writer); err != nil {
		return err
	}
	s.reader, err = connect(s.path, readOnly)
	return err
}

// OpenReadOnly opens the state file to look at what is committed in it, also
// while another process holds it. Every write is refused. Where no state was
// made yet the error wraps fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	real, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("reading the state %s: %w", path, err)
	}
	s := &Store{path: real}
	if err := s.openReadOnly(ctx); err != nil {
		return nil, errors.Join(s.describe("reading the state", err), s.Close())
	}
	return s, nil
}

func (s *Store) openReadOnly(ctx context.Context) (err error) {
	if _, err := inspect(s.path); err != nil {
		return err
	}
	if s.identity, err = IdentityOf(s.path); err != nil {
		return err
	}
	if s.reader, err = connect(s.path, readOnly); err != nil {
		return err
	}
	version, err := schemaVersion(ctx, s.reader)
	switch {
	case err != nil:
		return err
	case version == 0:
		return fmt.Errorf("nothing was written to it yet: %w", fs.ErrNotExist)
	case version < knownVersion():
		return fmt.Errorf("an older holdfast wrote it (schema %d, this one reads %d): run `holdfast run --once` to bring it up to date", version, knownVersion())
	}
	s.key, err = readKey(ctx, s.reader)
	return err
}

// Identity names this installation.
func (s *Store) Identity() string { return s.identity }

// Key is 32 random bytes, made when the state was.
func (s *Store) Key() []byte { return append([]byte(nil), s.key...) }

// Close ends the use of the file and frees its lock.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, release(s.lock))
		s.lock = nil
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the state %s: %w", s.path, err)
	}
	return nil
}

// Writable tries a durable write that changes nothing, and reports why the
// state could not take one.
func (s *Store) Writable(ctx context.Context) error {
	return s.write(ctx, "trying to write", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", knownVersion()))
		return err
	})
}

// IdentityOf is the identity that state at path has by default, whether there
// is any or not.
func IdentityOf(path string) (string, error) {
	real, err := resolve(path)
	if err != nil {
		return "", fmt.Errorf("finding the identity of the state %s: %w", path, err)
	}
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("finding the host's name for the installation's identity: %w", err)
	}
	return host + ":" + real, nil
}

func readKey(ctx context.Context, db *sql.DB) ([]byte, error) {
	var key []byte
	if err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'key'").Scan(&key); err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("%s: its key has %d bytes and should have %d", damaged, len(key), keySize)
	}
	return key, nil
}

func ensureKey(ctx context.Context, db *sql.DB) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key) // never fails
	_, err := db.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ('key', ?) ON CONFLICT DO NOTHING", key)
	if err != nil {
		return nil, fmt.Errorf("storing a new key: %w", err)
	}
	return readKey(ctx, db)
}

// resolve is the file's absolute path with links followed, so that one file
// has one lock and one identity whatever name it goes by. What does not exist
// yet holds no links.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("no path is given for the state file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		parent := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || parent == path {
			return "", err
		}
		missing = filepath.Join(filepath.Base(path), missing)
		path = parent
	}
}

// prepare makes the folder of the state file and resolves its path.
func prepare(path string) (string, error) {
	if path != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
	}
	return resolve(path)
}

// inspect finds what SQLite would take for an empty file and write over: one
// that is cut off within its first page, which has at least 512 bytes
// (https://www.sqlite.org/fileformat.html). It does not open the file, because
// closing it again would drop the locks that this process has on it (fcntl(2)).
func inspect(path string) (fs.FileInfo, error) {
	const smallestPage = 512
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > 0 && info.Size() < smallestPage:
		return nil, fmt.Errorf("%s: it has %d bytes", damaged, info.Size())
	}
	return info, nil
}

// create makes an empty file where there is none, with its mode and its entry
// in the folder on disk before anything is written to it.
func create(path string, logger *slog.Logger) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		info, err := inspect(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			logger.Warn("others may read the state file, and so the key of its digests; chmod 600 mends it",
				"path", path, "mode", info.Mode().Perm().String())
		}
		return err
	}
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
