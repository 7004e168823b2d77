package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// An audit names a revision, and says which of the files it judged are not as
// that revision has them: changed, new or gone.
func TestAuditOfUncommittedFiles(t *testing.T) {
	t.Parallel()
	s := documentedSite(t)
	write(t, filepath.Join(s.repo, "other", "gone.yaml"), "a: 1\n")
	write(t, filepath.Join(s.repo, "other", "kept.yaml"), "a: 1\n")
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "More")
	audit := func(paths ...string) []string {
		t.Helper()
		out, errs, code := s.holdfast(append([]string{"audit", "--format", "json"}, paths...)...)
		var got reconcile.Audit
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, errs)
		}
		return got.Uncommitted
	}
	if got := audit(); len(got) != 0 {
		t.Errorf("uncommitted in a clean tree: %q", got)
	}
	write(t, filepath.Join(s.repo, "deploy", "motd.yaml"), documentedResource+"# changed\n")
	write(t, filepath.Join(s.repo, "other", "new.yaml"), "a: 1\n")
	if err := os.Remove(filepath.Join(s.repo, "other", "gone.yaml")); err != nil {
		t.Fatal(err)
	}
	if got, want := audit(), []string{"deploy/motd.yaml", "other/gone.yaml", "other/new.yaml"}; !slices.Equal(got, want) {
		t.Errorf("uncommitted: %q, want %q", got, want)
	}
	if got, want := audit("other"), []string{"other/gone.yaml", "other/new.yaml"}; !slices.Equal(got, want) {
		t.Errorf("uncommitted below other: %q, want %q", got, want)
	}
}
