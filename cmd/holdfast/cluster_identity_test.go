package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// What somebody has made in the place of an owned object is not deleted with it,
// by an approval neither, and is nobody's afterwards.
func TestAnotherObjectInThePlaceOfAnOwnedOneIsNotPruned(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "two")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied", "create b applied")
	theirs := s.maps()["b"]
	theirs.ObjectMeta = metav1.ObjectMeta{Name: "b", Namespace: s.namespace}
	api := s.kube.CoreV1().ConfigMaps(s.namespace)
	if err := api.Delete(t.Context(), "b", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	made, err := api.Create(t.Context(), &theirs, metav1.CreateOptions{FieldManager: "someone"})
	if err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"web/b.yaml": ""})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFlagged, "delete b flagged")
	if change := run.Changes[0]; change.Approval != "" || !strings.Contains(change.Reason, "another object") {
		t.Errorf("it is flagged with %+v", change)
	}
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	if now := s.maps()["b"]; now.UID != made.UID {
		t.Error("it was deleted")
	}
	s.wantInventory("web", "a")
}

// A target that gives all that it has to another one is let go of in one pass.
func TestAllThatATargetHasMovesToAnother(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster+"  - {name: app, driver: kubernetes, path: app, mode: apply, prune: true, settings: SETTINGS}\n")
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "two"), "web/README.md": "x", "app/README.md": "x"})
	s.pass()
	before := s.maps()
	s.commit(map[string]string{"web/a.yaml": "", "web/b.yaml": "", "app/a.yaml": aMap("a", "one"), "app/b.yaml": aMap("b", "two")})
	for _, run := range s.pass().Runs {
		if run.Outcome != reconcile.OutcomeOK {
			t.Errorf("target %s: %s: %s", run.Target, run.Outcome, run.Message)
		}
	}
	after := s.maps()
	if names := slices.Sorted(maps.Keys(after)); !slices.Equal(names, []string{"a", "b"}) || before["a"].UID != after["a"].UID || before["b"].UID != after["b"].UID {
		t.Errorf("there are %v", names)
	}
	s.wantInventory("app", "a", "b")
}

// What two targets want is applied by neither, and what goes from one to the
// other is handed over, whether they name the namespace or leave it to their settings.
func TestTargetsMeetHoweverTheyNameTheNamespace(t *testing.T) {
	server := cluster.get(t)
	for name, written := range map[string][2]bool{"neither": {}, "the first": {true, false}, "the second": {false, true}} {
		t.Run(name, func(t *testing.T) {
			operator := "\ntargets:\n"
			for i, target := range []string{"web", "app"} {
				place := map[bool]string{false: "NAMESPACE", true: "default"}[written[i]]
				operator += fmt.Sprintf("  - {name: %[1]s, driver: kubernetes, path: %[1]s, mode: apply, prune: true, settings: {kubeconfig: KUBECONFIG, namespace: %[2]s, inventoryNamespace: NAMESPACE}}\n", target, place)
			}
			s := newClusterSite(t, server, operator)
			in := func(target int, value string) string {
				if written[target] {
					return aMap("a", value, "  namespace: "+s.namespace)
				}
				return aMap("a", value)
			}
			s.commit(map[string]string{"web/a.yaml": in(0, "web"), "app/a.yaml": in(1, "app")})
			result := s.pass()
			for _, target := range []string{"web", "app"} {
				run := only(t, result, target)
				expect(t, run, reconcile.OutcomeHeld)
				if !strings.Contains(run.Message, "as well") {
					t.Error(run.Message)
				}
			}
			s.wantValues(map[string]string{})
			s.commit(map[string]string{"app/a.yaml": "", "app/README.md": "x"})
			s.pass()
			uid := s.maps()["a"].UID
			at := [2]string{"web", "app"}
			for turn := range 2 {
				to := 1 - turn
				s.commit(map[string]string{at[turn] + "/a.yaml": "", at[turn] + "/README.md": "x", at[to] + "/a.yaml": in(to, fmt.Sprint(turn))})
				for _, run := range s.pass().Runs {
					if run.Outcome != reconcile.OutcomeOK {
						t.Errorf("target %s: %s: %s", run.Target, run.Outcome, run.Message)
					}
				}
				s.wantValues(map[string]string{"a": fmt.Sprint(turn)})
				s.wantInventory(at[to], "a")
				if now := s.maps()["a"]; now.UID != uid || now.Labels["holdfast.dev/target"] != at[to] {
					t.Errorf("in turn %d it is another object, or has the label %q", turn, now.Labels["holdfast.dev/target"])
				}
			}
		})
	}
}

// What an object becomes by the server's defaults is judged before it is made,
// also where its namespace, or its very kind, comes in the same commit.
func TestDefaultsAreJudgedInANewNamespace(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), "policies: {builtin: false, paths: [policies/]}\n"+oneCluster)
	space := s.namespace + "-new"
	group := strings.ReplaceAll(s.namespace, "-", "") + ".example.com"
	s.commit(map[string]string{
		"policies/a.rego": `package holdfast.custom.defaults
deny contains {"msg": "no service of this kind"} if input.resource.spec.type == "ClusterIP"
deny contains {"msg": "too large"} if input.resource.spec.size > 50
`,
		"web/a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + space + "}\n",
		"web/b.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: " + space + "}\nspec: {selector: {app: b}, ports: [{port: 80}]}\n",
		"web/c.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: c, namespace: " + space + "}\nspec: {type: ExternalName, externalName: c.example.com}\n",
		"web/d.yaml": aMap("d", "one", "  namespace: "+space),
		"web/e.yaml": "apiVersion: " + group + "/v1\nkind: Shop\nmetadata: {name: e, namespace: " + space + "}\nspec: {}\n",
		"web/f.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.` + group + `}
spec:
  group: ` + group + `
  scope: Namespaced
  names: {kind: Shop, plural: shops}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, default: 99}}}}}}
`,
	})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeBlocked, "create shops."+group+" applied", "create d applied", "create "+space+" applied", "create b blocked", "create c applied", "create e blocked")
	services, err := s.kube.CoreV1().Services(space).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(services.Items) != 1 {
		t.Errorf("there are %d services: %v", len(services.Items), err)
	}
}

// Objects without a namespace of their own are not left behind when the
// target's changes.
func TestTheDefaultNamespaceStaysWithWhatIsInIt(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied")
	s.configure(s.filledIn(strings.Replace(oneCluster, "SETTINGS", "{kubeconfig: KUBECONFIG, namespace: default, inventoryNamespace: NAMESPACE, timeout: 3s}", 1)))
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFailed)
	if !strings.Contains(run.Message, "default namespace") || !strings.Contains(run.Message, s.namespace) {
		t.Error(run.Message)
	}
	s.configure(s.filledIn(oneCluster))
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	s.wantInventory("web", "a")
}

// A plan tells what the server, or somebody who has a say there, would not take,
// also of a target that only shows.
func TestAPlanTellsWhatWouldBeRefused(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), strings.Replace(oneCluster, "mode: apply", "mode: flag", 1))
	fixed := true
	for _, made := range []*corev1.ConfigMap{
		{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Data: map[string]string{"value": "theirs"}},
		{ObjectMeta: metav1.ObjectMeta{Name: "b"}, Data: map[string]string{"value": "theirs"}, Immutable: &fixed},
	} {
		manager := map[string]string{"a": "acme-operator", "b": "kubectl-create"}[made.Name]
		if _, err := s.kube.CoreV1().ConfigMaps(s.namespace).Create(t.Context(), made, metav1.CreateOptions{FieldManager: manager}); err != nil {
			t.Fatal(err)
		}
	}
	s.commit(map[string]string{
		"web/a.yaml": aMap("a", "ours"), "web/b.yaml": aMap("b", "ours"), "web/c.yaml": aMap("c", "one", "  namespace: nowhere"),
		"web/d.yaml": "apiVersion: shop.example.com/v1\nkind: Shop\nmetadata: {name: d}\n",
		"web/e.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: e}\nspec: {ports: [{port: 80}], selektor: {app: e}}\n",
		"web/f.yaml": aMap("f", "one"),
	})
	want := map[string]string{
		"a": "acme-operator", "b": "immutable", "c": "nowhere", "d": "CustomResourceDefinition", "e": "selektor", "f": "",
	}
	for _, change := range only(t, s.pass(), "web").Changes {
		name := change.Resource.Name
		if told := strings.HasPrefix(change.Reason, "it would fail: "); change.State != reconcile.StatePlanned || told != (want[name] != "") || !strings.Contains(change.Reason, want[name]) {
			t.Errorf("%s %s is %s: %q", change.Action, name, change.State, change.Reason)
		}
	}
	code, out := cli(t, s.folder, "plan", "--config", s.config)
	for _, text := range want {
		if !strings.Contains(out, text) {
			t.Errorf("plan does not tell of %s:\n%s", text, out)
		}
	}
	if code != exitMistake { // of the field that is not there
		t.Errorf("exit code %d", code)
	}
	s.commit(map[string]string{"web/b.yaml": "", "web/c.yaml": "", "web/d.yaml": "", "web/e.yaml": ""})
	if code, out := cli(t, s.folder, "plan", "--config", s.config); code != exitBlocked || !strings.Contains(out, "acme-operator") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	s.commit(map[string]string{"web/a.yaml": ""})
	if code, out := cli(t, s.folder, "plan", "--config", s.config); code != exitClean {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}
