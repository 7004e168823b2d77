package git_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

// repo is a repository with a work tree, written to by the real git.
type repo struct {
	dir string
	env []string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{dir: filepath.Join(t.TempDir(), "infra")}
	home := t.TempDir()
	r.env = append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+filepath.Join(home, "config"),
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git(t, "init", "-q", "-b", "main")
	r.git(t, "config", "gc.auto", "0") // it would go on in the background
	return r
}

// git runs git in the work tree and gives its output.
func (r *repo) git(t testing.TB, args ...string) string {
	t.Helper()
	return r.gitEnv(t, nil, args...)
}

func (r *repo) gitEnv(t testing.TB, env []string, args ...string) string {
	t.Helper()
	command := exec.Command("git", args...)
	command.Dir, command.Env = r.dir, append(r.env, env...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// gitInput runs git with input.
func (r *repo) gitInput(t *testing.T, input string, args ...string) string {
	t.Helper()
	command := exec.Command("git", args...)
	command.Dir, command.Env, command.Stdin = r.dir, r.env, strings.NewReader(input)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// succeeds runs git and reports whether it exits with 0.
func (r *repo) succeeds(args ...string) bool {
	command := exec.Command("git", args...)
	command.Dir, command.Env = r.dir, r.env
	return command.Run() == nil
}

func (r *repo) run(t *testing.T, program string, args ...string) {
	t.Helper()
	command := exec.Command(program, args...)
	command.Dir, command.Env = r.dir, r.env
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// write replaces the work tree with tree.
func (r *repo) write(t testing.TB, tree sourcetest.Tree) {
	t.Helper()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != ".git" {
			if err := os.RemoveAll(filepath.Join(r.dir, entry.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, entry := range tree {
		path := filepath.Join(r.dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil && entry.Link != "" {
			err = os.Symlink(entry.Link, path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(entry.Content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// commit commits tree, with the extra arguments, and gives the hash.
func (r *repo) commit(t testing.TB, tree sourcetest.Tree, args ...string) string {
	t.Helper()
	r.write(t, tree)
	r.git(t, "add", "-A")
	r.git(t, append([]string{"commit", "-q", "--allow-empty", "-m", "change\n\nwith a body"}, args...)...)
	return r.git(t, "rev-parse", "HEAD")
}

// file is a tree of one file.
func file(content string) sourcetest.Tree {
	return sourcetest.Tree{"a.yaml": {Content: content}}
}

func newSource(t *testing.T, options git.Options) *git.Source {
	t.Helper()
	source, err := git.New(options)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return source
}

func fetch(t *testing.T, source *git.Source) sources.Snapshot {
	t.Helper()
	snapshot, err := source.Fetch(t.Context())
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	return snapshot
}

func TestConformanceLocal(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Harness {
		r := newRepo(t)
		return sourcetest.Harness{
			Write: func(t *testing.T, tree sourcetest.Tree) { r.commit(t, tree) },
			Open: func(t *testing.T, maxFileSize int64) sources.Source {
				return open(t, git.Options{URL: r.dir, MaxFileSize: maxFileSize})
			},
		}
	})
}

// open makes a source that the suite closes.
func open(t *testing.T, options git.Options) sources.Source {
	t.Helper()
	source, err := git.New(options)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return source
}
