package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
)

func touch(t *testing.T, parts ...string) string {
	t.Helper()
	file := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	outside := touch(t, root, "holdfast.yaml")
	touch(t, root, "repo", ".git", "HEAD")
	touch(t, root, "repo", "a", "b", "x")
	touch(t, root, "worktree", ".git")
	inWorktree := touch(t, root, "worktree", "holdfast.yaml")
	touch(t, root, "worktree", "deep", "x")
	nearer := touch(t, root, "worktree", "sub", "holdfast.yaml")
	touch(t, root, "worktree", "folder", "holdfast.yaml", "x")
	touch(t, root, "plain", "x")

	for _, test := range []struct{ dir, want string }{
		{"repo/a/b", ""},
		{"repo", ""},
		{"worktree", inWorktree},
		{"worktree/deep", inWorktree},
		{"worktree/sub", nearer},
		{"worktree/folder", inWorktree},
		{"worktree/gone", inWorktree},
		{"plain", ""},
		{".", outside},
	} {
		got, ok := config.Find(filepath.Join(root, test.dir))
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Find(%s) is %q, %v; want %q", test.dir, got, ok, test.want)
		}
	}
}

func TestExcluder(t *testing.T) {
	if config.Excluder(nil) != nil {
		t.Error("no patterns, and yet something to ask")
	}
	excluded := config.Excluder([]string{"*.example.yaml", "testdata/", "/top", "a/**/z.yaml", "!keep.example.yaml"})
	for path, want := range map[string]bool{
		"x.example.yaml":          true,
		"deep/x.example.yaml":     true,
		"deep/keep.example.yaml":  false,
		"testdata/x.yaml":         true,
		"deep/testdata/y/x.yaml":  true,
		"nottestdata/x.yaml":      false,
		"top/x.yaml":              true,
		"deep/top/x.yaml":         false,
		"a/b/c/z.yaml":            true,
		"b/z.yaml":                false,
		"testdata.yaml":           false,
		"clusters/prod/shop.yaml": false,
	} {
		if got := excluded(path); got != want {
			t.Errorf("%s excluded: %v, want %v", path, got, want)
		}
	}
}
