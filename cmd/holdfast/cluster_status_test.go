package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// command is what a command with the operator's file says, and asserts its exit code.
func (s *site) command(want int, args ...string) string {
	s.t.Helper()
	code, out := cli(s.t, s.folder, append(args, "--config", s.config)...)
	if code != want {
		s.t.Errorf("%v: exit code %d, want %d\n%s", args, code, want, out)
	}
	return out
}

func wantWords(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in:\n%s", word, text)
		}
	}
}

const besideInCluster = oneCluster + `  - {name: shop, driver: kubernetes, path: shop, mode: MODE, prune: true, settings: SETTINGS}
`

// What says that it is never to be deleted stays when it leaves Git, is shown, and nothing
// waits for it. It can come back, and another target can have it.
func TestWhatIsNeverPrunedIsKeptAndNothingWaitsForIt(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), strings.Replace(besideInCluster, "MODE", "apply", 1))
	words := map[string]string{
		"own": "holdfast.dev/prune: never", "flux": "kustomize.toolkit.fluxcd.io/prune: disabled", "argo": "argocd.argoproj.io/sync-options: Prune=false",
	}
	in, gone := map[string]string{"web/a.yaml": aMap("a", "one"), "shop/b.yaml": aMap("b", "one")}, map[string]string{}
	for name, word := range words {
		in["web/"+name+".yaml"], gone["web/"+name+".yaml"] = aMap(name, "kept", "  annotations: {"+word+"}"), ""
	}
	s.commit(in)
	s.pass()
	s.commit(gone)
	s.command(exitClean, "run", "--once")
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "delete argo kept", "delete flux kept", "delete own kept")
	s.wantValues(map[string]string{"a": "one", "b": "one", "argo": "kept", "flux": "kept", "own": "kept"})
	wantWords(t, s.command(exitClean, "plan"), "· kept: ConfigMap own: holdfast.dev/prune: never", "Nothing to change", "3 kept")
	wantWords(t, s.command(exitClean, "status"), "kept: ConfigMap flux: holdfast.dev/prune: never")
	// Back, with another content; and the word on it goes, so that it is deleted the next time.
	s.commit(map[string]string{"web/own.yaml": aMap("own", "again")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete argo kept", "delete flux kept", "update own applied")
	s.commit(map[string]string{"web/own.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete argo kept", "delete flux kept", "delete own applied")
	// In another target.
	s.commit(map[string]string{"shop/flux.yaml": aMap("flux", "theirs")})
	s.pass()
	expect(t, only(t, s.pass(), "shop"), reconcile.OutcomeOK)
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete argo kept")
	s.wantInventory("shop", "b", "flux")
	s.wantInventory("web", "a", "argo")
	if found := s.maps()["flux"]; found.Data["value"] != "theirs" || found.Labels["holdfast.dev/target"] != "shop" {
		t.Errorf("%+v", found)
	}
}

// What waits for a finalizer after its deletion is shown as that, and not as deleted again in each pass.
func TestADeleteThatWaitsForAFinalizerIsShown(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
	s.pass()
	client := s.kube.CoreV1().ConfigMaps(s.namespace)
	finalizers := func(list string) {
		t.Helper()
		if _, err := client.Patch(t.Context(), "b", types.MergePatchType, []byte(`{"metadata": {"finalizers": `+list+`}}`), metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	finalizers(`["example.com/held"]`)
	s.commit(map[string]string{"web/b.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete b applied")
	p := s.open()
	for range 2 {
		run := only(t, p.pass(), "web")
		expect(t, run, reconcile.OutcomeOK, "delete b begun")
		wantWords(t, run.Changes[0].Reason, "its deletion was begun at ", "example.com/held")
	}
	if last := p.events[len(p.events)-1]; last.Kind != reconcile.EventEnded || !last.Repeat {
		t.Errorf("a pass in which nothing is new is told again: %+v", last)
	}
	p.close()
	wantWords(t, s.command(exitClean, "status"), "being deleted: ConfigMap b: its deletion was begun at ", "example.com/held")
	wantWords(t, s.command(exitClean, "plan"), "· being deleted: ConfigMap b", "example.com/held", "1 being deleted")
	finalizers("null")
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	s.wantInventory("web", "a")
}

// What is not made, as it says itself, is told by plan, run, status and audit.
func TestWhatIsNotAppliedIsTold(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{
		"web/a.yaml": aMap("a", "one"), "web/undo.yaml": aJob("undo", "argocd.argoproj.io/hook: SyncFail"), "web/test.yaml": aJob("test", "helm.sh/hook: test"),
		"web/idle.yaml": aMap("idle", "one", "  annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled}"),
	})
	text := s.command(exitClean, "plan")
	wantWords(t, text, "not applied: Job undo: by its annotation argocd.argoproj.io/hook: SyncFail", "not applied: Job test: by its annotation helm.sh/hook: test",
		"not applied: ConfigMap idle: by kustomize.toolkit.fluxcd.io/reconcile: disabled", "1 to create")
	s.command(exitClean, "run", "--once")
	s.wantValues(map[string]string{"a": "one"})
	run := only(t, s.pass(), "web")
	if left := run.NotApplied; len(left) != 3 || left[0].Resource.Name == "" || left[0].Location.File == "" || run.Resources != 1 || run.InLine != 1 {
		t.Errorf("the run says %+v, with %d of %d in line", left, run.InLine, run.Resources)
	}
	wantWords(t, s.command(exitClean, "status"), "3 resources are not applied, as the manifests say")
	var audit reconcile.Report
	out, errs, _ := s.holdfast("audit", "--config", s.config, "--format", "json")
	if err := json.Unmarshal([]byte(out), &audit); err != nil {
		t.Fatal(err, errs)
	}
	wantWords(t, fmt.Sprint(audit.NotEvaluated), "what is live of Job undo, target web by its annotation argocd.argoproj.io/hook: SyncFail")
}

// What moves to a target that only flags is no drift there: nobody has changed it.
func TestWhatMovesToAFlaggedTargetIsNoDrift(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), strings.Replace(besideInCluster, "MODE", "flag", 1))
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one"), "shop/c.yaml": aMap("c", "one")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "", "web/b.yaml": "", "web/z.yaml": aMap("z", "one"), "shop/a.yaml": aMap("a", "one"), "shop/b.yaml": aMap("b", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "move a applied", "move b applied", "create z applied")
	_, err := s.kube.CoreV1().ConfigMaps(s.namespace).Patch(t.Context(), "b", types.MergePatchType, []byte(`{"data": {"value": "by hand"}}`), metav1.PatchOptions{FieldManager: "night-shift"})
	if err != nil {
		t.Fatal(err)
	}
	run := only(t, s.pass(), "shop")
	expect(t, run, reconcile.OutcomeFlagged, "update a planned", "update b planned", "create c planned")
	if a, b := run.Changes[0], run.Changes[1]; a.Drift || a.ChangedBy != "" || !b.Drift || !strings.Contains(b.ChangedBy, "night-shift") {
		t.Errorf("a is drift: %v, by %q; b is: %v, by %q", a.Drift, a.ChangedBy, b.Drift, b.ChangedBy)
	}
}

// What does not get healthy is told with its namespace, and is a fault of the world.
func TestWhatIsNotHealthyIsToldWithItsNamespace(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster+"    healthTimeout: 1s\n")
	s.commit(map[string]string{"web/a.yaml": strings.Replace(aDeployment("shop", "1.0", 1, ""), "{name: shop}", "{name: shop, namespace: "+s.namespace+"}", 1)})
	out := s.command(exitFault, "run", "--once")
	wantWords(t, out, "Deployment "+s.namespace+"/shop is progressing", `"namespace":"`+s.namespace+`"`)
	wantWords(t, s.command(exitClean, "status"), "Deployment "+s.namespace+"/shop is progressing")
}
