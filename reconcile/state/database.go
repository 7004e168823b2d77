package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type access int

const (
	readOnly access = iota
	readWrite
)

const (
	// busyTimeout is how long a write waits for a foreign program, such as the
	// sqlite3 shell, that has the file in its hands; in milliseconds.
	busyTimeout = "5000"
	// walLimit is the size in bytes to which the write-ahead log is cut back.
	walLimit = "journal_size_limit(16777216)"
	// readers is how many reads may go on beside each other.
	readers = 4
)

// connect readies a pool of connections. Nothing is opened until its first use.
//
// WAL lets readers see the last committed state while a write goes on, and
// synchronous=FULL has each commit on disk when it returns
// (https://www.sqlite.org/pragma.html#pragma_synchronous).
func connect(path string, mode access) (*sql.DB, error) {
	query := url.Values{"_busy_timeout": {busyTimeout}, "_foreign_keys": {"on"}, "_defensive": {"1"}, "_error_rc": {"1"}, "mode": {"ro"}}
	if mode == readWrite {
		query.Set("mode", "rw")
		query.Set("_journal_mode", "WAL")
		query.Set("_synchronous", "FULL")
		query.Set("_txlock", "immediate")
		query.Set("_pragma", walLimit)
	}
	name := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	if mode == readWrite {
		db.SetMaxOpenConns(1)
	} else {
		db.SetMaxOpenConns(readers)
		db.SetMaxIdleConns(readers)
	}
	return db, nil
}

// write runs do in one transaction. When it returns nil, all of it is on disk;
// otherwise nothing of it is kept.
func (s *Store) write(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	if s.writer == nil {
		return fmt.Errorf("%s: %w", doing, errReadOnly)
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return s.describe(doing, err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return s.describe(doing, err)
	}
	if err := tx.Commit(); err != nil {
		return s.describe(doing, err)
	}
	return nil
}

// describe says what was being done, and for SQLite's errors that have a way
// to be mended, the way.
func (s *Store) describe(doing string, err error) error {
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		switch failure.Code() & 0xff { // the primary code; the rest is detail
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			err = fmt.Errorf("%s: %w", damaged, err)
		case sqlite3.SQLITE_FULL:
			err = fmt.Errorf("no space is left on the file's disk: %w", err)
		case sqlite3.SQLITE_BUSY:
			err = fmt.Errorf("another program, such as the sqlite3 shell, is writing to the file: %w", err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			err = fmt.Errorf("the file or its folder cannot be opened for writing: %w", err)
		}
	}
	return fmt.Errorf("%s %s: %w", doing, s.path, err)
}

// nanos is t as it is stored. The zero time is the smallest number; times that
// do not fit are moved to the nearest that do.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64+1)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == math.MinInt64 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
