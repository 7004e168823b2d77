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

func TestBase(t *testing.T) {
	r := newRepo(t)
	r.commit(t, sourcetest.Tree{"clusters/prod/a.yaml": {Content: "0"}})
	fork := r.commit(t, sourcetest.Tree{"clusters/prod/a.yaml": {Content: "1"}})
	r.git(t, "tag", "-a", "-m", "forked here", "forked")
	r.git(t, "checkout", "-q", "-b", "change")
	r.commit(t, sourcetest.Tree{"clusters/prod/a.yaml": {Content: "changed"}})
	r.git(t, "checkout", "-q", "main")
	r.commit(t, sourcetest.Tree{"clusters/prod/a.yaml": {Content: "moved on"}})
	r.git(t, "update-ref", "refs/remotes/origin/main", "main")
	r.git(t, "checkout", "-q", "change")
	linked := filepath.Join(t.TempDir(), "linked")
	r.git(t, "worktree", "add", "-q", linked, "-b", "linked", "change")
	alias := filepath.Join(t.TempDir(), "alias")
	if err := os.Symlink(r.dir, alias); err != nil {
		t.Fatal(err)
	}

	tests := []struct{ name, dir, revision, wantPrefix string }{
		{"a branch", r.dir, "main", "."},
		{"a remote's branch", r.dir, "origin/main", "."},
		{"a tag", r.dir, "forked", "."},
		{"a hash", r.dir, fork, "."},
		{"a short hash", r.dir, fork[:8], "."},
		{"an expression", r.dir, "HEAD~1", "."},
		{"a folder below", filepath.Join(r.dir, "clusters", "prod"), "main", "clusters/prod"},
		{"a linked work tree", filepath.Join(linked, "clusters"), "main", "clusters"},
		{"through a symbolic link", filepath.Join(alias, "clusters"), "main", "clusters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snapshot, prefix, err := git.Base(t.Context(), test.dir, test.revision)
			if err != nil {
				t.Fatalf("Base: %v", err)
			}
			if prefix != test.wantPrefix {
				t.Errorf("the prefix is %q, want %q", prefix, test.wantPrefix)
			}
			if got := snapshot.Revision().ID; got != fork {
				t.Errorf("the base is %s, want %s", got, fork)
			}
			content, err := fs.ReadFile(snapshot, "clusters/prod/a.yaml")
			if err != nil || string(content) != "1" {
				t.Errorf("the base holds %q, %v", content, err)
			}
		})
	}
}

func TestBaseErrors(t *testing.T) {
	r := newRepo(t)
	wantBaseError(t, r.dir, "main", sources.ErrEmpty)
	r.commit(t, file("1"))
	wantBaseError(t, r.dir, "none", sources.ErrNoRevision, `"none"`)
	wantBaseError(t, r.dir, "", sources.ErrNoRevision)
	wantBaseError(t, t.TempDir(), "main", sources.ErrNotFound)

	r.git(t, "checkout", "-q", "--orphan", "unrelated")
	r.commit(t, file("2"))
	wantBaseError(t, r.dir, "main", sources.ErrNoRevision, "no commit in common")

	// As a CI system checks out: the change alone, one commit deep.
	r.git(t, "checkout", "-q", "-b", "change", "main")
	r.commit(t, file("3"))
	shallow := filepath.Join(t.TempDir(), "shallow")
	r.git(t, "clone", "-q", "--depth=1", "--branch=change", "file://"+r.dir, shallow)
	wantBaseError(t, shallow, "origin/main", sources.ErrNoRevision, "fetch --unshallow", "fetch-depth: 0")
	r.git(t, "-C", shallow, "fetch", "-q", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
	wantBaseError(t, shallow, "origin/main", sources.ErrNoRevision, "fetch --unshallow", "fetch-depth: 0")
	r.git(t, "-C", shallow, "fetch", "-q", "--unshallow")
	if _, _, err := git.Base(t.Context(), shallow, "origin/main"); err != nil {
		t.Errorf("after the mend: %v", err)
	}
}

func wantBaseError(t *testing.T, dir, revision string, target error, mentions ...string) {
	t.Helper()
	snapshot, _, err := git.Base(t.Context(), dir, revision)
	if !errors.Is(err, target) || snapshot != nil {
		t.Errorf("Base(%q) = %v, %v; want %v", revision, snapshot, err, target)
		return
	}
	for _, mention := range mentions {
		if !strings.Contains(err.Error(), mention) {
			t.Errorf("the error does not mention %q: %v", mention, err)
		}
	}
}

func TestHead(t *testing.T) {
	if _, found, err := git.Head(t.TempDir()); found || err != nil {
		t.Errorf("outside a repository: %t, %v", found, err)
	}
	r := newRepo(t)
	if _, found, err := git.Head(r.dir); found || err != nil {
		t.Errorf("in an empty repository: %t, %v", found, err)
	}
	hash := r.commit(t, sourcetest.Tree{"dir/a.yaml": {}})
	revision, found, err := git.Head(filepath.Join(r.dir, "dir"))
	if err != nil || !found || revision.ID != hash || revision.Ref != "main" || revision.Subject != "change" {
		t.Errorf("Head = %+v, %t, %v", revision, found, err)
	}
	r.git(t, "checkout", "-q", "--detach")
	if revision, found, err := git.Head(r.dir); err != nil || !found || revision.ID != hash {
		t.Errorf("detached: %+v, %t, %v", revision, found, err)
	}
}
