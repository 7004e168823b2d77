package git_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

// eachOrigin runs test with options for a repository reached in every way.
func eachOrigin(t *testing.T, test func(t *testing.T, r *repo, options git.Options)) {
	t.Run("local", func(t *testing.T) {
		r := newRepo(t)
		test(t, r, git.Options{URL: r.dir})
	})
	t.Run("https", func(t *testing.T) {
		r := newRepo(t)
		options := serveHTTPS(t, r).options()
		options.Cache = t.TempDir()
		test(t, r, options)
	})
}

// overSSH is one more way for eachOrigin's tests. It is slow, so only tests in
// which the transport matters take it.
func overSSH(t *testing.T, test func(t *testing.T, r *repo, options git.Options)) {
	t.Run("ssh", func(t *testing.T) {
		r := newRepo(t)
		options := serveSSH(t, r).options()
		options.Cache = t.TempDir()
		test(t, r, options)
	})
}

// wantError fetches and expects an error, with no snapshot beside it.
func wantError(t *testing.T, source *git.Source, target error, mentions ...string) {
	t.Helper()
	snapshot, err := source.Fetch(t.Context())
	if snapshot != nil {
		t.Errorf("Fetch gave a snapshot of %s", snapshot.Revision().ID)
	}
	if err == nil || target != nil && !errors.Is(err, target) {
		t.Fatalf("Fetch: %v, want %v", err, target)
	}
	for _, mention := range mentions {
		if !strings.Contains(err.Error(), mention) {
			t.Errorf("the error does not mention %q: %v", mention, err)
		}
	}
}

func wantRevision(t *testing.T, source *git.Source, want string) sources.Snapshot {
	t.Helper()
	snapshot := fetch(t, source)
	if snapshot.Revision().ID != want {
		t.Fatalf("Fetch gave revision %s, want %s", snapshot.Revision().ID, want)
	}
	return snapshot
}

func TestReferences(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		first := r.commit(t, file("1"))
		r.git(t, "tag", "light")
		r.git(t, "tag", "-a", "-m", "a tag", "full")
		r.git(t, "tag", "-a", "-m", "a tag of a tag", "nested", "full")
		second := r.commit(t, file("2"))
		r.git(t, "checkout", "-q", "-b", "release/1")
		third := r.commit(t, file("3"))
		r.git(t, "checkout", "-q", "main")
		tests := []struct {
			name                string
			branch, tag, commit string
			want, wantRef       string
		}{
			{name: "HEAD's branch", want: second, wantRef: "main"},
			{name: "a branch", branch: "release/1", want: third, wantRef: "release/1"},
			{name: "a tag", tag: "light", want: first, wantRef: "light"},
			{name: "an annotated tag", tag: "full", want: first, wantRef: "full"},
			{name: "a nested tag", tag: "nested", want: first, wantRef: "nested"},
			{name: "a branch's commit", commit: third, want: third},
			{name: "a commit within a branch", commit: first, want: first},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				options := options
				options.Branch, options.Tag, options.Commit = test.branch, test.tag, test.commit
				revision := wantRevision(t, newSource(t, options), test.want).Revision()
				if revision.Ref != test.wantRef {
					t.Errorf("Ref is %q, want %q", revision.Ref, test.wantRef)
				}
				if revision.Author != "Ada <ada@example.com>" || revision.Subject != "change" || revision.Time.IsZero() {
					t.Errorf("the revision is %+v", revision)
				}
			})
		}
		for name, missing := range map[string]git.Options{
			"branch": {Branch: "none"}, "tag": {Tag: "none"}, "commit": {Commit: strings.Repeat("ab", 20)},
		} {
			t.Run("no such "+name, func(t *testing.T) {
				options := options
				options.Branch, options.Tag, options.Commit = missing.Branch, missing.Tag, missing.Commit
				wantError(t, newSource(t, options), sources.ErrNoRevision)
			})
		}
		t.Run("a detached HEAD", func(t *testing.T) {
			r.git(t, "checkout", "-q", "--detach", third)
			if got := wantRevision(t, newSource(t, options), third).Revision().Ref; got != "release/1" && got != "HEAD" {
				t.Errorf("Ref is %q", got)
			}
		})
	})
}

// Each state in which there is nothing to serve is told apart, and gone as
// soon as the repository is mended.
func TestNothingToServe(t *testing.T) {
	test := func(t *testing.T, r *repo, options git.Options) {
		source := newSource(t, options)
		wantError(t, source, sources.ErrEmpty)

		first := r.commit(t, file("1"))
		wantRevision(t, source, first)

		r.git(t, "branch", "-m", "main", "renamed")
		r.git(t, "symbolic-ref", "HEAD", "refs/heads/main")
		wantError(t, source, sources.ErrNoRevision)
		r.git(t, "branch", "-m", "renamed", "main")
		wantRevision(t, source, first)

		away := filepath.Join(filepath.Dir(r.dir), "away")
		if err := os.Rename(r.dir, away); err != nil {
			t.Fatal(err)
		}
		wantError(t, source, sources.ErrNotFound)

		if err := os.Mkdir(r.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		wantError(t, source, sources.ErrNotFound) // a folder, but no repository
		r.git(t, "init", "-q", "-b", "main")
		wantError(t, source, sources.ErrEmpty)

		if err := errors.Join(os.RemoveAll(r.dir), os.Rename(away, r.dir)); err != nil {
			t.Fatal(err)
		}
		wantRevision(t, source, first)
	}
	eachOrigin(t, test)
	overSSH(t, test)
}

func TestBranchDeleted(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		hash := r.commit(t, file("1"))
		r.git(t, "branch", "prod")
		options.Branch = "prod"
		source := newSource(t, options)
		wantRevision(t, source, hash)
		r.git(t, "branch", "-D", "prod")
		wantError(t, source, sources.ErrNoRevision, `"prod"`)
		r.git(t, "branch", "prod", hash)
		wantRevision(t, source, hash)
	})
}

func TestRewrittenBranch(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		first := r.commit(t, file("1"))
		second := r.commit(t, file("2"))
		source := newSource(t, options)
		wantRevision(t, source, second)
		third := r.commit(t, file("3"))
		wantRevision(t, source, third)

		r.git(t, "reset", "-q", "--hard", first)
		wantError(t, source, sources.ErrRewritten, third, first, "allowRewrites: true") // moved back
		rewritten := r.commit(t, file("4"))
		wantError(t, source, sources.ErrRewritten, third, rewritten, "allowRewrites: true") // forked off
		wantError(t, source, sources.ErrRewritten)                                          // and it stays refused

		r.git(t, "checkout", "-q", "--orphan", "unrelated")
		unrelated := r.commit(t, file("5"))
		r.git(t, "branch", "-f", "main", "unrelated")
		r.git(t, "checkout", "-q", "main")
		wantError(t, source, sources.ErrRewritten, third, unrelated)

		// A restart does not make it forget, whether by its cache or its caller.
		restarted := options
		restarted.Last = third
		wantError(t, newSource(t, restarted), sources.ErrRewritten)
		restarted.Cache = ""
		wantError(t, newSource(t, restarted), sources.ErrRewritten, third, unrelated)

		allowed := options
		allowed.Cache = ""
		allowed.Last, allowed.AllowRewrites = third, true
		wantRevision(t, newSource(t, allowed), unrelated)

		r.git(t, "reset", "-q", "--hard", third)
		fourth := r.commit(t, file("6"))
		wantRevision(t, source, fourth)
	})
}

// A merge brings in commits that are older than what was served, which is no rewriting.
func TestMerges(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		r.commit(t, file("1"))
		r.git(t, "checkout", "-q", "-b", "side")
		r.commit(t, sourcetest.Tree{"a.yaml": {Content: "1"}, "side.yaml": {Content: "side"}})
		r.git(t, "checkout", "-q", "main")
		second := r.commit(t, file("2"))
		source := newSource(t, options)
		wantRevision(t, source, second)
		r.git(t, "merge", "-q", "--no-edit", "side")
		snapshot := wantRevision(t, source, r.git(t, "rev-parse", "HEAD"))
		for name, want := range map[string]string{"a.yaml": "2", "side.yaml": "side"} {
			if content, err := fs.ReadFile(snapshot, name); err != nil || string(content) != want {
				t.Errorf("%s holds %q, %v", name, content, err)
			}
		}
	})
}

// With the cache gone, the caller's last revision still tells a new commit
// from a rewritten branch.
func TestLastRevisionWithoutCache(t *testing.T) {
	r := newRepo(t)
	options := serveHTTPS(t, r).options()
	options.Last = r.commit(t, file("1"))
	r.commit(t, file("2"))
	wantRevision(t, newSource(t, options), r.commit(t, file("3")))
}

func TestOptions(t *testing.T) {
	hash := strings.Repeat("ab", 20)
	tests := []struct {
		name    string
		options git.Options
		want    string
	}{
		{"no url", git.Options{}, "needs a url"},
		{"password", git.Options{URL: "https://ada:hunter2@example.com/r.git"}, "holds a password"},
		{"password that does not parse", git.Options{URL: "https://ada:hunter2%zz@example.com/r.git"}, "cannot be parsed"},
		{"http", git.Options{URL: "http://example.com/r.git"}, "http:// is not supported"},
		{"git", git.Options{URL: "git://example.com/r.git"}, "git:// is not supported"},
		{"option as host", git.Options{URL: "ssh://-oProxyCommand=x/r.git"}, "dash"},
		{"two references", git.Options{URL: ".", Branch: "main", Tag: "v1"}, "at most one"},
		{"short commit", git.Options{URL: ".", Commit: hash[:10]}, "full commit hash"},
		{"short last", git.Options{URL: ".", Last: "main"}, "full commit hash"},
		{"branch name", git.Options{URL: ".", Branch: "a..b"}, "not a valid branch"},
		{"two passwords", git.Options{URL: ".", Auth: git.Auth{PasswordFile: "f", PasswordEnv: "E"}}, "at most one"},
		{"signers", git.Options{URL: ".", Verify: git.Verify{AllowedSigners: "ada ssh-ed25519 garbage"}}, "(inline):1:"},
		{"signers file", git.Options{URL: ".", Verify: git.Verify{AllowedSigners: "/no/such/file"}}, "no such file"},
		{"keys", git.Options{URL: ".", Verify: git.Verify{OpenPGPKeys: "garbage\n"}}, "OpenPGP keys"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := git.New(test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("New: %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
