package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// many are n files a00, a01 … in one document each.
func many(n int) string {
	var documents []string
	for i := range n {
		documents = append(documents, aFile(fmt.Sprintf("a%02d", i), "x"))
	}
	return strings.Join(documents, "---\n")
}

func contents(n int) map[string]string {
	want := map[string]string{}
	for i := range n {
		want[fmt.Sprintf("a%02d", i)] = "x"
	}
	return want
}

func TestPruneTakesAwayOnlyWhatHoldfastMade(t *testing.T) {
	s := newSite(t, oneTarget)
	write(t, filepath.Join(s.root, "theirs"), "not ours")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	s.commit(map[string]string{"web/b.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete b applied")
	s.files(map[string]string{"a": "one", "theirs": "not ours"})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	p := s.open()
	defer p.close()
	if owned, err := p.store.Owned(t.Context(), "web"); err != nil || len(owned) != 1 {
		t.Errorf("the tombstone stays after absence was seen: %v %v", owned, err)
	}
}

func TestPruneOverTheLimitNeedsAnApproval(t *testing.T) {
	s := newSite(t, "approvals: [approvals/]\n"+oneTarget)
	s.commit(map[string]string{"web/a.yaml": many(20)})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": many(17)})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFlagged, "delete a17 flagged", "delete a18 flagged", "delete a19 flagged")
	s.files(contents(20))
	s.commit(map[string]string{"approvals/a.yaml": fmt.Sprintf(
		"approvals:\n  - {target: web, digest: %q, owner: ada, reason: they are gone, expires: 2099-12-31}\n", run.Changes[0].Approval)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a17 applied", "delete a18 applied", "delete a19 applied")
	s.files(contents(17))
	// The approval was for that set. The next one, within a day, is over the limit again.
	s.commit(map[string]string{"web/a.yaml": many(16)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete a16 flagged")
	s.files(contents(17))
}

func TestATargetThatBecomesEmptyIsNotPruned(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/keep.txt": "not a manifest"})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete a flagged")
	s.commit(map[string]string{"web/keep.txt": ""}) // the folder itself is gone
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeHeld, "delete a flagged")
	s.files(map[string]string{"a": "one"})
}

func TestARenameIsNotAnOutage(t *testing.T) {
	s := newSite(t, "policies: {paths: [policies/]}\n"+oneTarget)
	s.commit(map[string]string{"policies/bad.rego": denyBad, "web/a.yaml": aFile("a", "one"), "web/z.yaml": aFile("z", "last")})
	s.pass()
	// Another path under another name: the old one stays until the new one is in effect.
	s.commit(map[string]string{"web/a.yaml": aFile("b", "bad")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeBlocked, "delete a flagged", "create b blocked")
	s.files(map[string]string{"a": "one", "z": "last"})
	s.commit(map[string]string{"web/a.yaml": aFile("b", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a applied", "create b applied")
	// Another name for the same path: nothing is deleted.
	s.commit(map[string]string{"web/a.yaml": strings.Replace(aFile("b", "one"), "name: b", "name: c", 1)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "move b applied")
	s.files(map[string]string{"b": "one", "z": "last"})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	// And c owns it now: it goes when c goes.
	s.commit(map[string]string{"web/a.yaml": ""})
	run := only(t, s.pass(), "web")
	if len(run.Changes) != 1 || run.Changes[0].Resource.Name != "c" {
		t.Errorf("changes %+v", run.Changes)
	}
}

func TestAResourceThatMovesBetweenTargetsIsHandedOver(t *testing.T) {
	s := newSite(t, oneTarget+"  - {name: other, driver: host, path: other, mode: apply, prune: true, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "other/c.yaml": aFile("c", "three")})
	s.pass()
	before, err := os.Stat(filepath.Join(s.root, "a"))
	if err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"web/a.yaml": "", "other/a.yaml": aFile("a", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "move a applied")
	after, err := os.Stat(filepath.Join(s.root, "a"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was written anew: %v", err)
	}
	p := s.open()
	defer p.close()
	for target, want := range map[string]int{"web": 1, "other": 2} {
		if owned, err := p.store.Owned(t.Context(), target); err != nil || len(owned) != want {
			t.Errorf("%s owns %v (%v), want %d", target, owned, err, want)
		}
	}
}

func TestNothingIsPrunedWhileATargetOfThePlaceCannotBeRead(t *testing.T) {
	s := newSite(t, oneTarget+"  - {name: other, driver: host, path: other, mode: apply, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "other/c.yaml": aFile("c", "three")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "", "other/c.yaml": "c: [\n---\n" + aFile("a", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete a flagged")
	s.files(map[string]string{"a": "one", "b": "two", "c": "three"})
	s.commit(map[string]string{"other/c.yaml": aFile("c", "three") + "---\n" + aFile("a", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "move a applied")
	s.files(map[string]string{"a": "one", "b": "two", "c": "three"})
}

func TestWhatAnotherHasChangedIsNotPruned(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	write(t, filepath.Join(s.root, "b"), "someone's work")
	s.commit(map[string]string{"web/b.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete b flagged")
	s.files(map[string]string{"a": "one", "b": "someone's work"})
}

func TestThePruneAnnotationOfTheLastAppliedObjectCounts(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", "  annotations: {holdfast.dev/prune: never}")})
	s.pass()
	s.commit(map[string]string{"web/b.yaml": ""})
	for range 2 {
		result := s.pass()
		expect(t, only(t, result, "web"), reconcile.OutcomeOK, "delete b kept")
		if code := onceCode(result); code != exitClean {
			t.Errorf("exit code %d", code)
		}
	}
	s.files(map[string]string{"a": "one", "b": "two"})
}

// Where prune is off what left the source is kept and shown, and nothing waits for
// it: a target that depends on this one goes on. Once prune is on it is deleted.
func TestWithoutPruneWhatLeftTheSourceIsKept(t *testing.T) {
	off := strings.Replace(oneTarget, "prune: true", "prune: false", 1)
	next := "  - {name: next, driver: host, path: next, mode: apply, dependsOn: [web], settings: {root: ROOT}}\n"
	s := newSite(t, off+next)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "next/c.yaml": aFile("c", "three")})
	s.pass()
	s.commit(map[string]string{"web/b.yaml": "", "next/c.yaml": aFile("c", "four")})
	result := s.pass()
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "delete b kept")
	expect(t, only(t, result, "next"), reconcile.OutcomeOK, "update c applied")
	wantWords(t, s.command(exitClean, "status"), "kept: File b: prune is off for this target")
	s.configure(oneTarget + next)
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete b applied")
	s.files(map[string]string{"a": "one", "c": "four"})
}

func TestATargetThatIsRemovedOrRenamedKeepsWhatItOwns(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	s.configure(strings.Replace(oneTarget, "name: web", "name: site", 1))
	s.commit(map[string]string{"web/b.yaml": ""})
	result := s.pass()
	if len(result.Orphans) != 1 || result.Orphans[0] != "web" {
		t.Errorf("orphans %v", result.Orphans)
	}
	expect(t, only(t, result, "site"), reconcile.OutcomeOK)
	s.files(map[string]string{"a": "one", "b": "two"})
}

// What the documentation says of removing a target: its resources first, by an
// approval, and then its entry in the configuration. Nothing is left of it.
func TestATargetIsRemovedInTwoSteps(t *testing.T) {
	s := newSite(t, "approvals: [approvals/]\n"+oneTarget+"  - {name: other, driver: host, path: other, mode: apply, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "other/c.yaml": aFile("c", "three")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "", "web/b.yaml": "", "web/README.md": "on its way out"})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFlagged, "delete a flagged", "delete b flagged")
	s.commit(map[string]string{"approvals/web.yaml": fmt.Sprintf(
		"approvals:\n  - {target: web, digest: %q, owner: ada, reason: it is not needed, expires: 2099-12-31}\n", run.Changes[0].Approval)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a applied", "delete b applied")
	s.files(map[string]string{"c": "three"})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	s.configure("targets:\n  - {name: other, driver: host, path: other, mode: apply, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/README.md": "", "approvals/web.yaml": ""})
	if result := s.pass(); len(result.Orphans) > 0 || len(result.Runs) != 1 {
		t.Errorf("orphans %v, runs %+v", result.Orphans, result.Runs)
	}
	p := s.open()
	defer p.close()
	if names, err := p.store.Targets(t.Context()); err != nil || len(names) != 1 {
		t.Errorf("the state knows %v %v", names, err)
	}
}

func TestStateThatIsLostPrunesNothing(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(s.folder, "state.db"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	s.commit(map[string]string{"web/b.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	s.files(map[string]string{"a": "one", "b": "two"})
}

func TestASecondHoldfastWithAnotherStateStandsBack(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	second := *s
	second.folder = filepath.Join(s.folder, "second")
	if err := os.Mkdir(second.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	second.config = filepath.Join(second.folder, "operator.yaml")
	second.configure(oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	run := only(t, second.pass(), "web")
	expect(t, run, reconcile.OutcomeFailed)
	if !strings.Contains(run.Message, "held by another holdfast") || !strings.Contains(run.Message, "the file "+s.root+"/.holdfast/") {
		t.Error(run.Message)
	}
	s.files(map[string]string{"a": "one"})
}

// A typing error in what makes a resource one is a mistake, and not the end of
// the resource.
func TestAResourceWithoutIdentityIsNotADeletedOne(t *testing.T) {
	for name, broken := range map[string]string{
		"no apiVersion":        "kind: File\nmetadata: {name: b}\nspec: {path: /b, content: two}\n",
		"a misspelt kind":      "apiVersion: host.holdfast.dev/v1\nkynd: File\nmetadata: {name: b}\nspec: {path: /b, content: two}\n",
		"an empty kind":        "apiVersion: host.holdfast.dev/v1\nkind:\nmetadata: {name: b}\nspec: {path: /b, content: two}\n",
		"a misspelt name":      "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {nmae: b}\nspec: {path: /b, content: two}\n",
		"an empty name":        "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: ''}\nspec: {path: /b, content: two}\n",
		"a name that is none":  "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: [b]}\nspec: {path: /b, content: two}\n",
		"misspelt metadata":    "apiVersion: host.holdfast.dev/v1\nkind: File\nmetdata: {name: b}\nspec: {path: /b, content: two}\n",
		"an item of a list":    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: host.holdfast.dev/v1\n  metadata: {name: b}\n  spec: {path: /b, content: two}\n",
		"a value in a list":    "apiVersion: v1\nkind: List\nitems:\n- b\n",
		"a value":              "b\n",
		"a misspelt word":      "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: b, annotations: {holdfast.dev/prune: nevr}}\nspec: {path: /b, content: three}\n",
		"nothing that is left": "spec: {path: /b, content: two}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, oneTarget)
			s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
			expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied", "create b applied")
			s.commit(map[string]string{"web/b.yaml": broken})
			run := only(t, s.pass(), "web")
			expect(t, run, reconcile.OutcomeHeld)
			if !strings.Contains(run.Message, "web/b.yaml:") {
				t.Errorf("the message does not say where: %s", run.Message)
			}
			s.files(map[string]string{"a": "one", "b": "two"})
			code, out := cli(t, s.folder, "plan", "--config", s.config)
			if code != exitMistake || !strings.Contains(out, "web/b.yaml:") {
				t.Errorf("plan: exit code %d\n%s", code, out)
			}
		})
	}
}

// What a target in mode flag was to have, and another has again, is that one's alone.
func TestAFlaggedTargetGivesUpWhatItIsNotToHave(t *testing.T) {
	s := newSite(t, "limits: {maxDelete: 1000}\n"+strings.Replace(twoTargets, "path: slow, mode: apply", "path: slow, mode: flag, prune: true", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "slow/README.md": "x"})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "", "slow/a.yaml": aFile("a", "one")})
	s.pass()
	s.pass()
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/a.yaml": ""})
	s.pass()
	expect(t, only(t, s.pass(), "slow"), reconcile.OutcomeOK)
	s.commit(map[string]string{"web/a.yaml": ""})
	result := s.pass()
	expect(t, only(t, result, "slow"), reconcile.OutcomeOK)
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "delete a applied")
	s.files(map[string]string{"b": "two"})
}
