package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const mayGo = "  annotations: {holdfast.dev/prune: allow}\n"

// What a namespace, or a definition, is deleted with is not lost to another target:
// neither what that wants, nor what it owns and the configuration does not name any more.
func TestWhatOthersHaveInItKeepsItFromBeingDeleted(t *testing.T) {
	other := "  - {name: app, driver: kubernetes, path: app, mode: apply, prune: true, settings: SETTINGS}\n"
	s := newClusterSite(t, cluster.get(t), "limits: {maxDelete: 1000}\n"+oneCluster+other)
	space, group := s.namespace+"-shop", s.namespace+".example.com"
	crd := strings.Replace(definition(group, "size"), "metadata: {", "metadata: {annotations: {holdfast.dev/prune: allow}, ", 1)
	s.commit(map[string]string{
		"web/space.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + space + "\n" + mayGo,
		"web/kind.yaml":  crd, "web/maps.yaml": aMap("m", "x"),
		"app/a.yaml":      aMap("a", "one", "  namespace: "+space),
		"app/widget.yaml": "apiVersion: " + group + "/v1\nkind: Widget\nmetadata: {name: w, namespace: " + space + "}\nspec: {size: large}\n",
	})
	s.pass()
	for _, run := range s.pass().Runs {
		expect(t, run, reconcile.OutcomeOK, madeBy(run)...)
	}
	there := func() bool {
		_, err := s.kube.CoreV1().ConfigMaps(space).Get(t.Context(), "a", metav1.GetOptions{})
		return err == nil
	}
	refused := func(run reconcile.Run) {
		t.Helper()
		if run.Outcome != reconcile.OutcomeFlagged || len(run.Changes) != 2 {
			t.Errorf("%s: %s: %+v", run.Outcome, run.Message, run.Changes)
		}
		for _, change := range run.Changes {
			if !strings.Contains(change.Reason, "of target app, which stays, needs it") {
				t.Errorf("%s is %s: %s", change.Resource.Name, change.State, change.Reason)
			}
		}
		if !there() {
			t.Error("what another target has was deleted")
		}
	}
	s.commit(map[string]string{"web/space.yaml": "", "web/kind.yaml": ""})
	refused(only(t, s.pass(), "web"))

	// The other target's entry goes, and what it owns stays.
	s.configure(s.filledIn("limits: {maxDelete: 1000}\n" + oneCluster))
	refused(only(t, s.pass(), "web"))

	// Emptied and approved, it goes, and then these do.
	s.configure(s.filledIn("limits: {maxDelete: 1000}\napprovals: [approvals/]\n" + oneCluster + other))
	s.commit(map[string]string{"app/a.yaml": "", "app/widget.yaml": "", "app/README.md": "empty"})
	run := only(t, s.pass(), "app")
	s.commit(map[string]string{"approvals/a.yaml": fmt.Sprintf(
		"approvals:\n  - {target: app, digest: %q, owner: ada, reason: it is gone, expires: 2099-12-31}\n", run.Changes[0].Approval)})
	p := s.open()
	defer p.close()
	eventually(t, "all is gone", func() bool {
		p.pass()
		_, err := s.kube.CoreV1().Namespaces().Get(t.Context(), space, metav1.GetOptions{})
		return err != nil
	})
}

// madeBy are a run's changes as they are.
func madeBy(run reconcile.Run) []string {
	var changes []string
	for _, c := range run.Changes {
		changes = append(changes, fmt.Sprintf("%s %s %s", c.Action, c.Resource.Name, c.State))
	}
	return changes
}

// A target that is given another name takes over what it had, and nothing is
// made anew or left behind.
func TestATargetThatIsRenamedKeepsWhatItHas(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "two")})
	s.pass()
	before := s.maps()
	s.configure(s.filledIn(strings.ReplaceAll(oneCluster, "name: web", "name: shop")))
	expect(t, only(t, s.pass(), "shop"), reconcile.OutcomeOK, "update a applied", "update b applied")
	result := s.pass()
	expect(t, only(t, result, "shop"), reconcile.OutcomeOK)
	if len(result.Orphans) > 0 {
		t.Errorf("orphaned are %v", result.Orphans)
	}
	after := s.maps()
	for name := range before {
		if before[name].UID != after[name].UID || after[name].Labels["holdfast.dev/target"] != "shop" {
			t.Errorf("%s was made anew, or is not taken over: %v", name, after[name].Labels)
		}
	}
	s.wantInventory("shop", "a", "b")
	s.commit(map[string]string{"web/b.yaml": ""})
	expect(t, only(t, s.pass(), "shop"), reconcile.OutcomeOK, "delete b applied")
	if names := s.maps(); len(names) != 1 || slices.Contains(result.Orphans, "web") {
		t.Errorf("there are %v", names)
	}
}
