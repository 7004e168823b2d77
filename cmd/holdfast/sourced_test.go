package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Who runs the daemon audits what it enforces, with its configuration and
// without a clone: the newest revision of the source against what is live.
func TestAuditOfTheSource(t *testing.T) {
	s := newSite(t, "policies: {paths: [policies/]}\n"+oneTarget)
	revision := s.commit(map[string]string{"policies/bad.rego": denyBad, "web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "bad")})
	s.pass()
	write(t, filepath.Join(s.root, "a"), "by hand")
	write(t, filepath.Join(s.repo, "web/b.yaml"), aFile("b", "not committed"))
	var out, complaints bytes.Buffer
	if code := run(t.Context(), []string{"audit", "--config", s.config, "--format", "json"}, &out, &complaints); code != exitBlocked {
		t.Fatalf("exit code %d: %s", code, &complaints)
	}
	var audit reconcile.Audit
	if err := json.Unmarshal(out.Bytes(), &audit); err != nil {
		t.Fatal(err)
	}
	if audit.Revision != revision || audit.Commit.ID != revision || audit.Title != "repo" {
		t.Errorf("revision %s, commit %s, title %s", audit.Revision, audit.Commit.ID, audit.Title)
	}
	if len(audit.Findings) != 1 || audit.Findings[0].Location.File != "web/b.yaml" {
		t.Errorf("findings %+v", audit.Findings)
	}
	if len(audit.Targets) != 1 || !audit.Targets[0].Observed || len(audit.Targets[0].Changes) != 2 || !audit.Targets[0].Changes[0].Drift {
		t.Errorf("targets %+v", audit.Targets)
	}
}

// A configuration that is found by looking may be that of a change under
// review: it must not lead to other files of the machine.
func TestAConfigurationFoundByLookingKeepsWithin(t *testing.T) {
	s := newSite(t, oneTarget)
	outside := filepath.Join(s.folder, "outside")
	write(t, filepath.Join(outside, "secret.rego"), "package holdfast.x\n# canary-outside\ndeny {")
	write(t, filepath.Join(s.repo, "web/a.yaml"), aFile("a", "one"))
	write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies: {paths: ["+outside+"]}\ntargets: []\n")
	var out bytes.Buffer
	if code := run(t.Context(), []string{"check", s.repo}, &out, &out); code != exitMistake || !strings.Contains(out.String(), "given with --config") {
		t.Errorf("exit code %d: %s", code, &out)
	}
	if err := os.RemoveAll(outside); err != nil {
		t.Fatal(err)
	}
}
