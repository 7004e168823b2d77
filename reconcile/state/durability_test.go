package state

import (
	"context"
	"database/sql"
	"log/slog"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// No test can cut the power; what keeps a commit through that is that SQLite
// was told to.
func TestWritesAreDurable(t *testing.T) {
	store, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "state.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "journal_size_limit": "16777216",
	} {
		var got string
		if err := store.writer.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", pragma, got, err, want)
		}
	}
	if open := store.writer.Stats().MaxOpenConnections; open != 1 {
		t.Errorf("%d connections may write", open)
	}
	if _, err := store.reader.ExecContext(context.Background(), "DELETE FROM meta"); err == nil {
		t.Error("a reading connection could write")
	}
}

func TestForeignWriterIsNamed(t *testing.T) {
	store, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "state.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.write(t.Context(), "writing to", func(*sql.Tx) error {
		foreign, err := sql.Open("sqlite", "file:"+store.path+"?_txlock=immediate&_busy_timeout=0")
		if err != nil {
			t.Fatal(err)
		}
		defer foreign.Close()
		_, err = foreign.BeginTx(t.Context(), nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "another program") || !strings.Contains(err.Error(), store.path) {
		t.Errorf("%v", err)
	}
}

func TestNanos(t *testing.T) {
	zurich := time.FixedZone("", 3600)
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(1, 999_999_999), time.Date(2026, 3, 1, 0, 0, 0, 1, zurich), time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if back := fromNanos(nanos(at)); !back.Equal(at) {
			t.Errorf("%s came back as %s", at, back)
		}
	}
	// Where there is no number for a time, order is kept.
	if n := nanos(time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)); n != math.MinInt64 {
		t.Errorf("the year 1000 is %d", n)
	}
	if n := nanos(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)); n != math.MaxInt64 {
		t.Errorf("the year 3000 is %d", n)
	}
}
