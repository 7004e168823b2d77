package state_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestModes(t *testing.T) {
	top := filepath.Join(t.TempDir(), "made")
	path := filepath.Join(top, "below", "state.db")
	store := open(t, path)
	defer store.Close()
	for name, want := range map[string]os.FileMode{
		top: 0o700, filepath.Dir(path): 0o700, path: 0o600, path + ".lock": 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

func TestOthersMayReadTheFile(t *testing.T) {
	path := filledState(t)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	store, err := state.Open(t.Context(), state.Options{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	if !strings.Contains(log.String(), "chmod 600") {
		t.Errorf("no warning: %s", log.String())
	}
}

// The characters that mean something in SQLite's file names and addresses.
func TestAwkwardPath(t *testing.T) {
	for _, name := range []string{"a b", "q?mode=memory", "h#ash", "p%41rcent", "ünïcode", "amp&_x=1", "colon:", ":memory:", "file:x", "'quote'"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		store := open(t, path)
		_, _, entry := childIntent(1)
		if err := store.Own(t.Context(), "web", entry); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		reader, err := state.OpenReadOnly(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := reader.Owned(t.Context(), "web"); err != nil || len(entries) != 1 {
			t.Errorf("%s: %v, %v", name, entries, err)
		}
		reader.Close()
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s is not where the state is: %v", path, err)
		}
	}
	if _, err := state.Open(t.Context(), state.Options{}); err == nil || !strings.Contains(err.Error(), "no path") {
		t.Errorf("no path: %v", err)
	}
}

func TestIdentityIsThePlace(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	store := open(t, "state.db")
	identity, key := store.Identity(), store.Key()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if want := host + ":" + filepath.Join(dir, "state.db"); identity != want {
		t.Errorf("identity %q, want %q", identity, want)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state.db", "state.db.lock"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, filepath.Join(dir, "state.db"))
	if again.Identity() != identity {
		t.Errorf("lost and made anew in its place it is %q, and was %q", again.Identity(), identity)
	}
	if bytes.Equal(again.Key(), key) {
		t.Error("a new state has the old key")
	}
	again.Close()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"state.db":                           identity,
		filepath.Join(link, "state.db"):      identity,
		filepath.Join(link, "new", "a.db"):   host + ":" + filepath.Join(dir, "new", "a.db"),
		filepath.Join(dir, "x", "..", "new"): host + ":" + filepath.Join(dir, "new"),
	} {
		if got, err := state.IdentityOf(path); err != nil || got != want {
			t.Errorf("the identity of %s is %q, %v; want %q", path, got, err, want)
		}
	}
	named, err := state.Open(t.Context(), state.Options{Path: "state.db", Identity: "fleet-1", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	if named.Identity() != "fleet-1" {
		t.Errorf("identity %q was asked to be fleet-1", named.Identity())
	}
}

func TestRunsAreBounded(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer store.Close()
	save := func(i int, target, message string) {
		run := reconcile.Run{ID: fmt.Sprint(target, i), Target: target, Started: time.Unix(int64(i), 0), Message: message}
		if err := store.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(target string, newest, count int) {
		t.Helper()
		runs, err := store.Runs(t.Context(), target, 0)
		if err != nil || len(runs) != count || runs[0].ID != fmt.Sprint(target, newest) {
			t.Fatalf("%s: %d runs, %v; want %d", target, len(runs), err, count)
		}
		if oldest := runs[count-1].ID; oldest != fmt.Sprint(target, newest-count+1) {
			t.Errorf("the oldest of %d runs is %s", count, oldest)
		}
	}
	save(1, "app", "")
	for i := range 205 {
		save(i, "web", "")
	}
	kept("web", 204, 200)
	kept("app", 1, 1) // a busy target costs another none of its runs

	tenMiB := strings.Repeat("x", 10<<20)
	for i := range 5 {
		save(i, "large", tenMiB)
	}
	kept("large", 4, 3) // 32 MiB hold three of them
	save(5, "large", strings.Repeat(tenMiB, 4))
	kept("large", 5, 1) // the newest is kept whatever its size
}

// Old intents go, but not those that the limits on deleting are reckoned from.
func TestOldIntentsAreDropped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i, record := range []struct {
		days    int
		action  resource.Action
		outcome string
	}{
		{31, resource.ActionCreate, "applied"}, // goes
		{31, resource.ActionDelete, "failed"},  // goes
		{31, resource.ActionDelete, "applied"},
		{400, resource.ActionReplace, "applied"},
		{31, resource.ActionUpdate, ""}, // pending
		{29, resource.ActionCreate, "applied"},
		{0, resource.ActionDelete, "applied"},
	} {
		intent, _, _ := childIntent(i)
		intent.Action, intent.At = record.action, now.AddDate(0, 0, -record.days)
		if err := store.Intend(t.Context(), intent, nil); err != nil {
			t.Fatal(err)
		}
		if record.outcome != "" {
			if err := store.Resolve(t.Context(), intent, record.outcome, nil, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := store.SaveRun(t.Context(), reconcile.Run{ID: "r", Target: "app", Started: now}); err != nil {
		t.Fatal(err)
	}
	recent, atRevision, err := store.Deletions(t.Context(), "web", "r1", now.Add(-24*time.Hour))
	if err != nil || recent != 1 || atRevision != 3 {
		t.Errorf("%d recent deletions and %d at the revision, %v; want 1 and 3", recent, atRevision, err)
	}
	if pending, err := store.Pending(t.Context(), "web"); err != nil || len(pending) != 1 {
		t.Errorf("%d pending, %v", len(pending), err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, path, "SELECT count(*) FROM intents"); n != 5 {
		t.Errorf("%d intents are left, want 5", n)
	}
}

// A file's name on a host, and so a resource's, may be any bytes.
func TestStringsAreBytes(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer store.Close()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) })
		id := resource.ID{Target: "web", Scope: text.Draw(r, "scope"), APIVersion: text.Draw(r, "version"),
			Kind: text.Draw(r, "kind"), Namespace: text.Draw(r, "namespace"), Name: text.Draw(r, "name")}
		want := drivers.Owned{ID: id, UID: text.Draw(r, "uid")}
		if err := store.Own(t.Context(), "web", want); err != nil {
			r.Fatal(err)
		}
		got, err := store.Owned(t.Context(), "web")
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff([]drivers.Owned{want}, got); diff != "" {
			r.Fatal(diff)
		}
		if err := store.Disown(t.Context(), "web", id.Key()); err != nil {
			r.Fatal(err)
		}
	})
}

// FuzzDamage writes over a part of a state file. It may then open or not, and
// answer or not, but it must neither panic nor hang.
func FuzzDamage(f *testing.F) {
	path := filepath.Join(f.TempDir(), "state.db")
	store, err := state.Open(f.Context(), state.Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	_, before, _ := childIntent(0)
	if err := store.Own(f.Context(), "web", before); err != nil {
		f.Fatal(err)
	}
	if err := store.Close(); err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for _, at := range []uint32{0, 16, 18, 28, 60, 68, 100, 103, 4096, 8192, 12288} {
		f.Add(at, []byte{0})
		f.Add(at, []byte("\xff\xff\xff\xff"))
	}
	f.Fuzz(func(t *testing.T, at uint32, with []byte) {
		path := filepath.Join(t.TempDir(), "state.db")
		content := bytes.Clone(sound)
		copy(content[int(at)%len(content):], with)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		store, err := state.Open(t.Context(), state.Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return
		}
		store.Owned(t.Context(), "web")
		store.Targets(t.Context())
		store.Writable(t.Context())
		if err := store.Close(); err != nil {
			t.Log(err)
		}
	})
}
