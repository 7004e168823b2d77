package state_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
)

// sqlite makes an SQLite file by other means than the store's.
func sqlite(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, path, query string) int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// filledState is the path of a closed state file with some content.
func filledState(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	entries := make([]drivers.Owned, 100)
	for i := range entries {
		_, _, entries[i] = childIntent(i)
	}
	if err := store.Own(t.Context(), "web", entries...); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is not a sound state file is named as such, and is left as it is.
func TestUnfitFile(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T, path string)
		says string
	}{
		"text": {func(t *testing.T, path string) {
			rewrite(t, path, func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 1000)) })
		}, "not a state file"},
		"short text": {func(t *testing.T, path string) {
			rewrite(t, path, func([]byte) []byte { return []byte("x") })
		}, "not a state file"},
		"text of less than a page": {func(t *testing.T, path string) {
			rewrite(t, path, func([]byte) []byte { return bytes.Repeat([]byte("x"), 513) })
		}, "not a state file"},
		"cut off within the header": {func(t *testing.T, path string) {
			rewrite(t, path, func(b []byte) []byte { return b[:50] })
		}, "damaged"},
		"cut off": {func(t *testing.T, path string) {
			rewrite(t, path, func(b []byte) []byte { return b[:len(b)-4096] })
		}, "damaged"},
		"a page overwritten": {func(t *testing.T, path string) {
			rewrite(t, path, func(b []byte) []byte { copy(b[len(b)-4096:], bytes.Repeat([]byte{0xff}, 4096)); return b })
		}, "damaged"},
		"the schema overwritten": {func(t *testing.T, path string) {
			rewrite(t, path, func(b []byte) []byte { copy(b[100:4096], make([]byte, 3996)); return b })
		}, "damaged"},
		"newer schema": {func(t *testing.T, path string) { sqlite(t, path, "PRAGMA user_version = 1000") }, "newer holdfast"},
		"another program's": {func(t *testing.T, path string) {
			sqlite(t, path, "PRAGMA application_id = 1")
		}, "another program"},
		"another program's, unmarked": {func(t *testing.T, path string) {
			sqlite(t, path, "PRAGMA application_id = 0", "PRAGMA user_version = 0")
		}, "another program"},
		"without its key": {func(t *testing.T, path string) {
			sqlite(t, path, "UPDATE meta SET value = x'00'")
		}, "damaged"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filledState(t)
			test.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = state.Open(t.Context(), state.Options{Path: path})
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not say %q and which file: %v", test.says, err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed, from %d bytes to %d, %v", len(before), len(after), err)
			}
		})
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyOfNothing(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "none.db"), filepath.Join(dir, "no", "folder", "none.db"), empty} {
		if _, err := state.OpenReadOnly(t.Context(), path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 {
		t.Errorf("looking left something behind: %v, %v", names, err)
	}
	if _, err := state.OpenReadOnly(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
	older := filledState(t)
	sqlite(t, older, "PRAGMA user_version = 0", "PRAGMA application_id = 0")
	if _, err := state.OpenReadOnly(t.Context(), older); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another program's file: %v", err)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	path := filledState(t)
	store, err := state.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	_, before, entry := childIntent(0)
	for what, err := range map[string]error{
		"Own":      store.Own(t.Context(), "web", before),
		"Disown":   store.Disown(t.Context(), "web", entry.ID.Key()),
		"SaveRun":  store.SaveRun(t.Context(), reconcile.Run{ID: "1", Target: "web"}),
		"Writable": store.Writable(t.Context()),
	} {
		if err == nil || !strings.Contains(err.Error(), "for reading only") {
			t.Errorf("%s: %v", what, err)
		}
	}
	var entries []drivers.Owned
	if entries, err = store.Owned(t.Context(), "web"); err != nil || len(entries) != 100 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	writer := open(t, path) // a reader holds no lock
	if store.Identity() != writer.Identity() || !bytes.Equal(store.Key(), writer.Key()) {
		t.Error("the reader sees another identity or key")
	}
	if err := writer.Close(); err != nil {
		t.Error(err)
	}
}
