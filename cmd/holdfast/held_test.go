package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// A target that left the configuration stays left alone, also while a later
// revision cannot be read and the others are held at their last good one.
func TestAnOrphanIsNotEnforcedWhileTheConfigurationIsBroken(t *testing.T) {
	s := newSite(t, "destinations: [{driver: host, root: ROOT}]\n")
	target := func(name string) string {
		return "targets: [{name: " + name + ", driver: host, path: web, mode: apply, settings: {root: " + s.root + "}}]\n"
	}
	s.commit(map[string]string{"holdfast.yaml": target("web"), "web/a.yaml": aFile("a", "one")})
	s.pass()
	s.commit(map[string]string{"holdfast.yaml": target("site"), "web/a.yaml": aFile("a", "two")})
	s.pass()
	s.files(map[string]string{"a": "two"})
	s.commit(map[string]string{"holdfast.yaml": "tragets: []\n"})
	result := s.pass()
	if len(result.Runs) != 1 {
		t.Errorf("runs %+v", result.Runs)
	}
	expect(t, only(t, result, "site"), reconcile.OutcomeHeld)
	s.files(map[string]string{"a": "two"})
}

const dependent = `
targets:
  - {name: app, driver: host, path: app, mode: apply, dependsOn: [base], settings: {root: ROOT/app}}
  - {name: base, driver: host, path: base, mode: apply, settings: {root: ROOT/base}}
`

func (s *site) folders(names ...string) {
	s.t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(s.root, name), 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
}

// That a target is held, and why, is not hidden by what it depends on, which
// was met when its last good revision was applied.
func TestAHeldTargetDoesNotWait(t *testing.T) {
	s := newSite(t, "policies: {paths: [policies/]}\n"+dependent)
	s.folders("app", "base")
	s.commit(map[string]string{"policies/bad.rego": denyBad, "app/a.yaml": aFile("a", "one"), "base/b.yaml": aFile("b", "two")})
	s.pass()
	for what, files := range map[string]map[string]string{
		"its own file is broken":     {"app/a.yaml": "a: [", "base/b.yaml": aFile("b", "three")},
		"the revision as a whole is": {"policies/bad.rego": "package holdfast.x\ndeny {", "base/b.yaml": aFile("b", "four")},
	} {
		s.commit(files)
		write(t, filepath.Join(s.root, "app", "a"), "by hand")
		result := s.pass()
		run := only(t, result, "app")
		expect(t, run, reconcile.OutcomeHeld, "update a applied")
		if !strings.Contains(run.Message, "held at revision") || passCode(result) != exitMistake {
			t.Errorf("%s: exit code %d: %s", what, passCode(result), run.Message)
		}
	}
}

// The last good revision of one target may order the targets the other way round.
func TestADependencyThatTurnedAroundHoldsNobody(t *testing.T) {
	s := newSite(t, "destinations: [{driver: host, root: ROOT}]\n")
	s.folders("app", "base")
	repository := strings.ReplaceAll(dependent, "ROOT", s.root)
	turned := strings.NewReplacer("dependsOn: [base], ", "", "path: base, ", "path: base, dependsOn: [app], ").Replace(repository)
	s.commit(map[string]string{"holdfast.yaml": repository, "app/a.yaml": aFile("a", "one"), "base/b.yaml": aFile("b", "two")})
	s.pass()
	s.commit(map[string]string{"holdfast.yaml": turned, "app/a.yaml": "a: [", "base/b.yaml": aFile("b", "three")})
	result := s.pass()
	expect(t, only(t, result, "app"), reconcile.OutcomeHeld)
	expect(t, only(t, result, "base"), reconcile.OutcomeWaiting)
}

// What was seen is remembered also where it could not be enforced, so that a
// branch cannot be turned back past it while holdfast is away.
func TestARewriteIsNoticedAfterARevisionThatIsHeld(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "a: ["})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeHeld)
	s.git("reset", "-q", "--hard", "HEAD~1")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	if result := s.pass(); result.FetchErr == nil {
		t.Error("the branch was turned back, and nobody noticed")
	}
	s.files(map[string]string{"a": "one"})
}
