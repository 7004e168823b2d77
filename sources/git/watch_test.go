package git_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources/git"
)

// hour keeps the interval out of the way, so that a signal is due to the change alone.
const hour = time.Hour

// awaitRevision fetches at each signal until it gets want.
func awaitRevision(t *testing.T, source *git.Source, signals <-chan struct{}, want string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case <-signals:
			if fetch(t, source).Revision().ID == want {
				return
			}
		case <-deadline:
			t.Fatalf("no signal led to %s", want)
		}
	}
}

func TestWatchLocal(t *testing.T) {
	r := newRepo(t)
	first := r.commit(t, file("1"))
	linked := filepath.Join(t.TempDir(), "linked")
	r.git(t, "worktree", "add", "-q", "--detach", linked)
	tests := []struct {
		name    string
		options git.Options
		change  func() (want string)
	}{
		{"a commit", git.Options{URL: r.dir}, func() string { return r.commit(t, file("2")) }},
		{"HEAD goes to another branch", git.Options{URL: r.dir, AllowRewrites: true}, func() string {
			r.git(t, "checkout", "-q", "-b", "other", first)
			return first
		}},
		{"a branch in a new folder", git.Options{URL: r.dir, Branch: "main", AllowRewrites: true}, func() string {
			r.git(t, "branch", "deep/er/branch", first)
			r.git(t, "update-ref", "refs/heads/main", first)
			return first
		}},
		{"a branch below the root of branches", git.Options{URL: r.dir, Branch: "deep/er/branch"}, func() string {
			r.git(t, "checkout", "-q", "deep/er/branch")
			return r.commit(t, file("3"))
		}},
		{"a tag", git.Options{URL: r.dir, Tag: "v1"}, func() string {
			r.git(t, "tag", "-f", "v1", "deep/er/branch")
			return r.git(t, "rev-parse", "deep/er/branch")
		}},
		{"a packed branch", git.Options{URL: r.dir, Branch: "deep/er/branch"}, func() string {
			hash := r.commit(t, file("4"))
			r.git(t, "pack-refs", "--all")
			return hash
		}},
		{"a linked work tree", git.Options{URL: linked}, func() string {
			r.git(t, "-C", linked, "commit", "-q", "--allow-empty", "-m", "linked")
			return r.git(t, "-C", linked, "rev-parse", "HEAD")
		}},
		{"a branch of a linked work tree", git.Options{URL: linked, Branch: "deep/er/branch"}, func() string {
			return r.commit(t, file("5"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r.git(t, "tag", "-f", "v1", first)
			test.options.Interval = hour
			source := newSource(t, test.options)
			signals, err := source.Watch(t.Context())
			if err != nil {
				t.Fatalf("Watch: %v", err)
			}
			fetch(t, source)
			awaitRevision(t, source, signals, test.change())
		})
	}
}

// A branch may lie in a folder that was not there when the watch began.
func TestWatchBranchInNewFolder(t *testing.T) {
	r := newRepo(t)
	first := r.commit(t, file("1"))
	source := newSource(t, git.Options{URL: r.dir, Branch: "later/branch", Interval: hour})
	signals, err := source.Watch(t.Context())
	if err != nil {
		t.Fatalf("Watch: %v", err)
	}
	r.git(t, "checkout", "-q", "-b", "later/branch")
	select {
	case <-signals:
	case <-time.After(patience):
		t.Fatal("no signal for the new branch")
	}
	wantRevision(t, source, first)
	awaitRevision(t, source, signals, r.commit(t, file("2")))
	awaitRevision(t, source, signals, r.commit(t, file("3")))
}

func TestWatchWithoutRepository(t *testing.T) {
	source := newSource(t, git.Options{URL: filepath.Join(t.TempDir(), "none")})
	if _, err := source.Watch(t.Context()); err == nil {
		t.Error("Watch of nothing succeeded")
	}
}

// Where events cannot tell, as on a network file system or after the repository
// was replaced, the interval does.
func TestWatchInterval(t *testing.T) {
	r := newRepo(t)
	r.commit(t, file("1"))
	for name, options := range map[string]git.Options{"local": {URL: r.dir}, "remote": serveHTTPS(t, r).options()} {
		t.Run(name, func(t *testing.T) {
			options.Interval = time.Millisecond
			source := newSource(t, options)
			signals, err := source.Watch(t.Context())
			if err != nil {
				t.Fatalf("Watch: %v", err)
			}
			for range 3 {
				select {
				case <-signals:
				case <-time.After(patience):
					t.Fatal("the interval went by without a signal")
				}
			}
		})
	}
}
