package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

// Every commit since the last verified one needs an accepted signature, also
// across a restart, and what is not verified is never applied.
func TestOnlySignedRevisionsAreApplied(t *testing.T) {
	s := newSite(t, oneTarget)
	key := filepath.Join(s.folder, "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	signers := filepath.Join(s.folder, "allowed_signers")
	write(t, signers, "ada@example.com "+string(public))
	operator, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, strings.Replace(string(operator), "branch: main}}", "branch: main}, verify: {allowedSigners: "+signers+"}}", 1))
	s.git("config", "gpg.format", "ssh")
	s.git("config", "user.signingkey", key)
	signing := func(on string) { s.git("config", "commit.gpgsign", on) }

	signing("true")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied")
	signing("false")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "evil")})
	result := s.pass()
	if !errors.Is(result.FetchErr, sources.ErrUnverified) || passCode(result) != exitFault {
		t.Errorf("unsigned: %v, exit code %d", result.FetchErr, passCode(result))
	}
	// A signed commit on top does not vouch for the unsigned one below it.
	signing("true")
	s.commit(map[string]string{"web/b.yaml": aFile("b", "two")})
	if result = s.pass(); !errors.Is(result.FetchErr, sources.ErrUnverified) {
		t.Errorf("signed on top of unsigned: %v", result.FetchErr)
	}
	s.files(map[string]string{"a": "one"})
}
