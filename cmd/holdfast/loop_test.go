package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

func TestApplyThenNothingToDo(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied", "create b applied")
	s.files(map[string]string{"a": "one", "b": "two"})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK)
	if run.InLine != 2 {
		t.Errorf("%d in line, want 2", run.InLine)
	}
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied")
	s.files(map[string]string{"a": "three", "b": "two"})
}

func TestModeFlagWritesNothing(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "mode: apply", "mode: flag", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	write(t, filepath.Join(s.root, "b"), "two")
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "create a planned")
	s.files(map[string]string{"b": "two"})
	if _, err := os.Stat(filepath.Join(s.root, ".holdfast")); err == nil {
		t.Error("something was written at the destination")
	}
	p := s.open()
	defer p.close()
	if owned, err := p.store.Owned(t.Context(), "web"); err != nil || len(owned) > 0 {
		t.Errorf("the inventory holds %v (%v)", owned, err)
	}
}

func TestDriftIsToldFromANewRevision(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	write(t, filepath.Join(s.root, "a"), "by hand")
	s.commit(map[string]string{"web/b.yaml": aFile("b", "three")})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "update a applied", "update b applied")
	if !run.Changes[0].Drift || run.Changes[1].Drift {
		t.Errorf("drift of a: %v, of b: %v; want only that of a", run.Changes[0].Drift, run.Changes[1].Drift)
	}
	if run.Changes[0].ChangedBy == "" || run.Changes[1].ChangedBy != "" {
		t.Errorf("changed by %q and %q", run.Changes[0].ChangedBy, run.Changes[1].ChangedBy)
	}
	if err := os.Remove(filepath.Join(s.root, "a")); err != nil {
		t.Fatal(err)
	}
	run = only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "create a applied")
	if !run.Changes[0].Drift {
		t.Error("a file that was taken away by hand is not drift")
	}
	s.files(map[string]string{"a": "one", "b": "three"})
}

// denyB is a policy that refuses the content "bad".
const denyBad = `# METADATA
# custom: {id: acme/bad, kinds: [host.holdfast.dev/File]}
package holdfast.acme.bad
deny contains {"msg": "bad", "path": ["spec", "content"]} if input.resource.spec.content == "bad"
`

func TestAFindingHoldsItsResourceAndWhatDependsOnIt(t *testing.T) {
	for _, onBlock := range []string{"resource", "target"} {
		s := newSite(t, "policies: {paths: [policies/]}\n"+strings.Replace(oneTarget, "prune:", "onBlock: "+onBlock+"\n    prune:", 1))
		s.commit(map[string]string{"policies/bad.rego": denyBad, "web/a.yaml": aFile("a", "one")})
		s.pass()
		s.commit(map[string]string{
			"web/a.yaml": aFile("a", "bad"), "web/c.yaml": aFile("c", "three"),
			"web/b.yaml": aFile("b", "two", "  annotations: {holdfast.dev/depends-on: File/a}"),
		})
		run := only(t, s.pass(), "web")
		if onBlock == "target" {
			expect(t, run, reconcile.OutcomeBlocked, "update a blocked", "create b blocked", "create c blocked")
			s.files(map[string]string{"a": "one"})
			continue
		}
		expect(t, run, reconcile.OutcomeBlocked, "update a blocked", "create b blocked", "create c applied")
		s.files(map[string]string{"a": "one", "c": "three"})
		if len(run.Findings) != 1 || run.Findings[0].Location.String() != "web/a.yaml:8:12" {
			t.Errorf("findings %+v", run.Findings)
		}
		s.commit(map[string]string{"web/a.yaml": aFile("a", "mended")})
		expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied", "create b applied")
	}
}

func TestABrokenFileHoldsItsTargetAlone(t *testing.T) {
	two := oneTarget + "  - {name: db, driver: host, path: db, mode: apply, prune: true, settings: {root: ROOT/db}}\n"
	s := newSite(t, two)
	if err := os.Mkdir(filepath.Join(s.root, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "db/c.yaml": aFile("c", "three")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "a: [", "web/b.yaml": "", "db/c.yaml": aFile("c", "four")})
	write(t, filepath.Join(s.root, "a"), "by hand")
	result := s.pass()
	run := only(t, result, "web")
	// What was good goes on being enforced, and nothing is pruned.
	expect(t, run, reconcile.OutcomeHeld, "update a applied")
	if run.Revision != good || !strings.Contains(run.Message, "web/a.yaml:1") {
		t.Errorf("at %s: %s", run.Revision, run.Message)
	}
	expect(t, only(t, result, "db"), reconcile.OutcomeOK, "update c applied")
	s.files(map[string]string{"a": "one", "b": "two", "db/c": "four"})
	if passCode(result) != exitMistake {
		t.Errorf("exit code %d", passCode(result))
	}
	s.commit(map[string]string{"web/a.yaml": aFile("a", "five")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied", "delete b applied")
	s.files(map[string]string{"a": "five", "db/c": "four"})
}

func TestABrokenConfigurationHoldsAllUntilItIsMended(t *testing.T) {
	s := newSite(t, "destinations: [{driver: host, root: ROOT}]\n")
	repository := "targets: [{name: web, driver: host, path: web, mode: apply, prune: true, settings: {root: " + s.root + "}}]\n"
	s.commit(map[string]string{"holdfast.yaml": repository, "web/a.yaml": aFile("a", "one")})
	s.pass()
	for what, broken := range map[string]string{
		"a misspelt key":               "tragets: []\n",
		"a key of the operator":        repository + "state: /tmp/elsewhere.db\n",
		"another destination":          strings.ReplaceAll(repository, s.root, "/"),
		"no configuration":             "",
		"a policy with a syntax error": repository + "policies: {paths: [policies/]}\n",
	} {
		s.commit(map[string]string{"holdfast.yaml": broken, "web/a.yaml": aFile("a", "two"), "policies/x.rego": "package holdfast.x\ndeny {"})
		result := s.pass()
		expect(t, only(t, result, "web"), reconcile.OutcomeHeld)
		if len(result.Unfit) == 0 || passCode(result) != exitMistake {
			t.Errorf("%s: %+v, exit code %d", what, result.Unfit, passCode(result))
		}
		s.files(map[string]string{"a": "one"})
	}
	s.commit(map[string]string{"holdfast.yaml": repository})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied")
	s.files(map[string]string{"a": "two"})
}

func TestASourceThatIsAwayIsNeverAnEmptyTree(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	p := s.open()
	defer p.close()
	p.pass()
	away := s.repo + ".away"
	if err := os.Rename(s.repo, away); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.root, "a"), "by hand")
	result := p.pass()
	if result.FetchErr == nil {
		t.Error("no error")
	}
	// What was read before goes on being enforced.
	s.files(map[string]string{"a": "one"})
	if err := os.Mkdir(s.repo, 0o755); err != nil {
		t.Fatal(err)
	}
	s.git("init", "-q", "-b", "main", s.repo)
	if result = p.pass(); result.FetchErr == nil {
		t.Error("an empty repository in its place is taken for good")
	}
	s.files(map[string]string{"a": "one"})
}

func TestWhatTheSourceRefusesIsNotApplied(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	s.git("commit", "-q", "--amend", "-m", "rewritten")
	s.git("checkout", "-q", "--orphan", "other")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	s.git("branch", "-q", "-f", "main", "other")
	result := s.pass()
	if !strings.Contains(fmt.Sprint(result.FetchErr), sources.ErrRewritten.Error()) || passCode(result) != exitFault {
		t.Errorf("a rewritten branch: %v, exit code %d", result.FetchErr, passCode(result))
	}
	s.files(map[string]string{"a": "one"})
	s.git("branch", "-q", "-D", "main")
	if result = s.pass(); result.FetchErr == nil {
		t.Error("a branch that was deleted is no error")
	}
	s.files(map[string]string{"a": "one"})
}

func TestDependenciesBetweenTargets(t *testing.T) {
	s := newSite(t, `
policies: {paths: [policies/]}
targets:
  - {name: app, driver: host, path: app, mode: apply, dependsOn: [base], settings: {root: ROOT/app}}
  - {name: base, driver: host, path: base, mode: apply, settings: {root: ROOT/base}}
`)
	for _, dir := range []string{"app", "base"} {
		if err := os.Mkdir(filepath.Join(s.root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.commit(map[string]string{"policies/bad.rego": denyBad, "app/a.yaml": aFile("a", "one"), "base/b.yaml": aFile("b", "bad")})
	result := s.pass()
	if result.Runs[0].Target != "base" {
		t.Errorf("%s is first", result.Runs[0].Target)
	}
	expect(t, only(t, result, "base"), reconcile.OutcomeBlocked, "create b blocked")
	expect(t, only(t, result, "app"), reconcile.OutcomeWaiting)
	s.files(nil)
	s.commit(map[string]string{"base/b.yaml": aFile("b", "good")})
	result = s.pass()
	expect(t, only(t, result, "app"), reconcile.OutcomeOK, "create a applied")
	s.files(map[string]string{"app/a": "one", "base/b": "good"})
}

func TestWhatOnlyTheDriverCanSeeHoldsTheTarget(t *testing.T) {
	s := newSite(t, oneTarget)
	good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	for what, files := range map[string]map[string]string{
		"the path of another file":        {"web/b.yaml": strings.Replace(aFile("b", "two"), "path: /b", "path: /a", 1)},
		"a path that leads out":           {"web/b.yaml": strings.Replace(aFile("b", "two"), "path: /b", "path: /../b", 1)},
		"a source that is not there":      {"web/b.yaml": strings.Replace(aFile("b", "two"), `content: "two"`, "source: files/b", 1)},
		"a need that no resource answers": {"web/b.yaml": aFile("b", "two", "  annotations: {holdfast.dev/depends-on: File/zzz}")},
		"a kind of another driver":        {"web/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"},
	} {
		s.commit(files)
		result := s.pass()
		run := only(t, result, "web")
		expect(t, run, reconcile.OutcomeHeld)
		if run.Revision != good || !strings.Contains(run.Message, "web/b.yaml:") || passCode(result) != exitMistake {
			t.Errorf("%s: at %s, exit code %d: %s", what, run.Revision, passCode(result), run.Message)
		}
		s.files(map[string]string{"a": "one"})
	}
}
