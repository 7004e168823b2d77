package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
)

// Whatever instant the process is killed at, what was acknowledged is there
// when the state is opened again, and nothing is there by half.
func TestKilledProcess(t *testing.T) {
	for _, after := range []int{1, 2, 7, 40, 99} { // acknowledgements until the kill
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			p := startChild(t, path)
			go func() {
				for range after { // twice as many as it takes, so that it is killed at work
					if _, err := fmt.Fprintln(p.in, "go on"); err != nil {
						return
					}
				}
			}()
			var intended, resolved int
			acknowledge := func() {
				switch what, _, _ := strings.Cut(p.out.Text(), " "); what {
				case "intended":
					intended++
				case "resolved":
					resolved++
				}
			}
			for range after {
				if !p.out.Scan() {
					t.Fatal("the child ended")
				}
				acknowledge()
			}
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			for p.out.Scan() { // what it had said before the kill reached it
				acknowledge()
			}
			p.Wait()
			checkJournal(t, path, intended, resolved)
		})
	}
}

// checkJournal allows one call beyond the acknowledged ones: its answer may
// have been cut off.
func checkJournal(t *testing.T, path string, intended, resolved int) {
	t.Helper()
	store := open(t, path)
	defer store.Close()
	entries, err := store.Owned(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	pending, err := store.Pending(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	deletions, _, err := store.Deletions(t.Context(), "web", "r1", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(entries); n < intended || n > intended+1 {
		t.Errorf("%d entries, %d intents were acknowledged", n, intended)
	}
	if deletions < resolved || deletions > resolved+1 || deletions+len(pending) != len(entries) {
		t.Errorf("%d took effect and %d are pending of %d, %d were acknowledged", deletions, len(pending), len(entries), resolved)
	}
	for i, got := range entries {
		made, before, after := childIntent(i)
		want := after
		if i >= deletions {
			want = before
			if diff := cmp.Diff([]reconcile.Intent{made}, pending); diff != "" {
				t.Errorf("pending (-want +got):\n%s", diff)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entry %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	p := startChild(t, path)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link, filepath.Join(dir, ".", "..", filepath.Base(dir), "state.db")} {
		_, err := state.Open(t.Context(), state.Options{Path: name})
		if !errors.Is(err, reconcile.ErrLocked) {
			t.Fatalf("%s: %v", name, err)
		}
		if want := fmt.Sprintf("process %d on %s", p.Process.Pid, host); !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name the holder, %s: %v", want, err)
		}
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	store := open(t, path) // the lock went with the process
	if _, err := state.Open(t.Context(), state.Options{Path: path}); !errors.Is(err, reconcile.ErrLocked) {
		t.Errorf("twice in one process: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Error(err)
	}
}

// A lock file may hold anything: it is for people and decides nothing.
func TestStrangeLockFile(t *testing.T) {
	for _, text := range []string{"", "{", "null", `{"pid": -1}`, strings.Repeat("x", 1<<20)} {
		path := filepath.Join(t.TempDir(), "state.db")
		if err := os.WriteFile(path+".lock", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		store := open(t, path)
		if err := os.WriteFile(path+".lock", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := state.Open(t.Context(), state.Options{Path: path})
		if !errors.Is(err, reconcile.ErrLocked) || len(err.Error()) > 1000 {
			t.Errorf("%.20q: %.200v", text, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A link in the lock's place would have another file truncated.
func TestLockFileIsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "state.db.lock")); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(t.Context(), state.Options{Path: filepath.Join(dir, "state.db")}); err == nil {
		t.Error("opened")
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the file behind the link holds %q, %v", text, err)
	}
}

// Another process reads while one writes: all that was acknowledged before,
// and always whole transactions.
func TestReadersWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	p := startChild(t, path)
	reader, err := state.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for i := range 30 {
		fmt.Fprintln(p.in, "go on")
		for range 2 {
			if !p.out.Scan() {
				t.Fatal("the child ended")
			}
		}
		fmt.Fprintln(p.in, "go on") // and is now at work while we read
		entries, err := reader.Owned(t.Context(), "web")
		if err != nil {
			t.Fatal(err)
		}
		var settled []drivers.Owned
		for _, entry := range entries {
			if !entry.Pending {
				settled = append(settled, entry)
			}
		}
		if len(settled) < 2*i+1 {
			t.Fatalf("%d settled entries are seen, %d were acknowledged", len(settled), 2*i+1)
		}
		for range 2 {
			if !p.out.Scan() {
				t.Fatal("the child ended")
			}
		}
	}
	p.in.Close()
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if entries, err := reader.Owned(t.Context(), "web"); err != nil || len(entries) != 60 {
		t.Errorf("after the writer closed: %d entries, %v", len(entries), err)
	}
}
