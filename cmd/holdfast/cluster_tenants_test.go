package main

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// tenantOf is the entry of a target that has to keep to the namespaces; with actsAs
// it acts as the service account there that tenant makes.
func tenantOf(name, namespaces, actsAs string) string {
	if actsAs != "" {
		actsAs = ", impersonate: {serviceAccount: {namespace: " + actsAs + ", name: tenant}}"
	}
	return "  - {name: " + name + ", driver: kubernetes, path: " + name + ", mode: apply, prune: true, settings: {kubeconfig: KUBECONFIG, namespaces: [" + namespaces + "], inventoryNamespace: NAMESPACE, timeout: 3s" + actsAs + "}}\n"
}

// tenant makes the service account that may do all with ConfigMaps in the
// namespace, and nothing anywhere else.
func (s *clusterSite) tenant() {
	s.t.Helper()
	named := metav1.ObjectMeta{Name: "tenant"}
	_, err := s.kube.RbacV1().Roles(s.namespace).Create(s.t.Context(), &rbacv1.Role{ObjectMeta: named, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"*"}},
	}}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.kube.RbacV1().RoleBindings(s.namespace).Create(s.t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: named, RoleRef: rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: "tenant"},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: s.namespace, Name: "tenant"}},
	}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
}

// Where the operator takes a namespace from a target, what it has there stays, and
// is still its own; somebody has to decide on it, and nothing else suffers.
func TestWhatIsLeftInANamespaceThatATargetHasNoMoreStays(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	other := server.Namespace(t)
	limits := "limits: {maxDelete: 1000}\ntargets:\n"
	wide, narrow := limits+tenantOf("web", "NAMESPACE, "+other, ""), limits+tenantOf("web", "NAMESPACE", "")
	want := func(run reconcile.Run, outcome reconcile.Outcome, changes ...string) {
		t.Helper()
		if made := madeBy(run); run.Outcome != outcome || !slices.Equal(slices.Sorted(slices.Values(made)), changes) {
			t.Errorf("%s (%s) with %v, want %s with %v", run.Outcome, run.Message, made, outcome, changes)
		}
	}
	s.configure(s.filledIn(wide))
	s.commit(map[string]string{
		"web/a.yaml": aMap("a", "one", "  namespace: "+s.namespace), "web/b.yaml": aMap("b", "one", "  namespace: "+s.namespace),
		"web/inx.yaml": aMap("inx", "a-private-value", "  namespace: "+other),
	})
	want(only(t, s.pass(), "web"), reconcile.OutcomeOK, "create a applied", "create b applied", "create inx applied")
	there := func() bool {
		_, err := s.kube.CoreV1().ConfigMaps(other).Get(t.Context(), "inx", metav1.GetOptions{})
		return err == nil
	}
	s.configure(s.filledIn(narrow))
	run := only(t, s.pass(), "web") // it is still in Git
	want(run, reconcile.OutcomeFailed, "create inx failed")
	if !run.Mistake || run.Changes[0].Drift {
		t.Errorf("the run is %+v", run)
	}
	s.commit(map[string]string{"web/a.yaml": aMap("a", "two", "  namespace: "+s.namespace), "web/b.yaml": "", "web/inx.yaml": ""})
	want(only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete b applied", "delete inx flagged", "update a applied")
	run = only(t, s.pass(), "web")
	want(run, reconcile.OutcomeFlagged, "delete inx flagged")
	for _, change := range run.Changes {
		if change.Approval != "" || !strings.Contains(change.Reason, "settings.namespaces") || !strings.Contains(change.Reason, "give the settings more") {
			t.Errorf("it is flagged with %+v", change)
		}
	}
	if !there() {
		t.Fatal("it was deleted")
	}
	s.wantInventory("web", "a", "inx")
	for _, command := range []string{"plan", "apply", "run --once"} {
		code, out := cli(t, s.folder, append(strings.Fields(command), "--config", s.config)...)
		if want := map[string]int{"run --once": exitBlocked}[command]; code != want || strings.Contains(out, "a-private-value") || command != "run --once" && !strings.Contains(out, "settings.namespaces") {
			t.Errorf("%s: exit code %d\n%s", command, code, out)
		}
	}
	s.configure(s.filledIn(wide))
	want(only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete inx applied")
	if there() {
		t.Error("the target has the namespace again, and it was not deleted")
	}
	want(only(t, s.pass(), "web"), reconcile.OutcomeOK) // that it is gone is seen
	s.wantInventory("web", "a")
}

// A commit that names another tenant's object is a mistake at its line, whoever may
// look at that: nobody learns what it is like, and no rule is asked about it.
func TestATenantSeesNothingOfAnothers(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	other := server.Namespace(t)
	labels := map[string]string{"app": "dep"}
	_, err := s.kube.AppsV1().Deployments(other).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "dep"},
		Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec: corev1.PodSpec{HostNetwork: true, Containers: []corev1.Container{
				{Name: "main", Image: "shop:1", Env: []corev1.EnvVar{{Name: "KEY", Value: "a-private-value"}}},
			}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.tenant()
	s.commit(map[string]string{
		"policies/a.rego": `package holdfast.custom.foreign
deny contains {"msg": "no host network"} if input.resource.spec.template.spec.hostNetwork
deny contains {"msg": "no host network there"} if input.live.spec.template.spec.hostNetwork
`,
		"web/a.yaml": aMap("a", "one", "  namespace: "+s.namespace),
		"web/dep.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: dep
  namespace: ` + other + `
spec:
  selector: {matchLabels: {app: dep}}
  template:
    metadata: {labels: {app: dep}}
    spec: {containers: [{name: main, image: "shop:1", env: [{name: KEY, value: guess}]}]}
`,
	})
	for _, actsAs := range []string{"", s.namespace} {
		s.configure(s.filledIn("policies: {builtin: false, paths: [policies/]}\ntargets:\n" + tenantOf("web", "NAMESPACE", actsAs)))
		for _, command := range []string{"plan", "apply", "run --once"} {
			code, out := cli(t, s.folder, append(strings.Fields(command), "--config", s.config)...)
			if code != exitMistake || !strings.Contains(out, "dep.yaml:5:14") || !strings.Contains(out, "settings.namespaces") {
				t.Errorf("as %q, %s: exit code %d\n%s", actsAs, command, code, out)
			}
			for _, text := range []string{"private", "host network", "cannot be read", "replicas"} {
				if strings.Contains(out, text) {
					t.Errorf("as %q, %s tells of %q:\n%s", actsAs, command, text, out)
				}
			}
		}
	}
	s.wantValues(map[string]string{"a": "one"})
}

// What a tenant writes down and may not have stops nobody whose it is: neither while
// they want it, nor when they delete it, or what it would be in.
func TestATenantDoesNotStopAnother(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	s.tenant()
	other, space := server.Namespace(t), s.namespace+"-shop"
	targets := "limits: {maxDelete: 1000}\ntargets:\n" + tenantOf("a", "NAMESPACE", s.namespace) + tenantOf("b", other, "") +
		"  - {name: ops, driver: kubernetes, path: ops, mode: apply, prune: true, settings: SETTINGS}\n"
	s.configure(s.filledIn(targets))
	group := s.namespace + ".example.com"
	crd := strings.Replace(definition(group, "size"), "metadata: {", "metadata: {annotations: {holdfast.dev/prune: allow}, ", 1)
	crd = strings.Replace(crd, "scope: Namespaced", "scope: Cluster", 1)
	s.commit(map[string]string{
		"a/mine.yaml": aMap("mine", "one", "  namespace: "+s.namespace),
		"a/ok.yaml":   aMap("ok", "a", "  namespace: "+other), "b/ok.yaml": aMap("ok", "b", "  namespace: "+other), "b/more.yaml": aMap("more", "b", "  namespace: "+other),
		"a/in.yaml":      aMap("in", "one", "  namespace: "+space),
		"a/widget.yaml":  "apiVersion: " + group + "/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: large}\n",
		"ops/space.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + space + "\n" + mayGo, "ops/kind.yaml": crd, "ops/map.yaml": aMap("map", "x"),
	})
	for _, mode := range []string{"apply", "flag"} {
		s.configure(s.filledIn(strings.Replace(targets, "path: a, mode: apply", "path: a, mode: "+mode, 1)))
		result := s.pass()
		for _, target := range []string{"b", "ops"} {
			if run := only(t, result, target); run.Outcome != reconcile.OutcomeOK {
				t.Errorf("a in mode %s: target %s: %s: %s", mode, target, run.Outcome, run.Message)
			}
		}
		run := only(t, result, "a")
		if mode == "apply" && (run.Outcome != reconcile.OutcomeFailed || !run.Mistake) {
			t.Errorf("target a: %s: %s", run.Outcome, run.Message)
		}
	}
	if found, err := s.kube.CoreV1().ConfigMaps(other).Get(t.Context(), "ok", metav1.GetOptions{}); err != nil || found.Data["value"] != "b" {
		t.Errorf("there is %v (%v)", found, err)
	}
	s.wantValues(map[string]string{"mine": "one", "map": "x"})

	s.commit(map[string]string{"b/ok.yaml": "", "ops/space.yaml": "", "ops/kind.yaml": ""})
	result := s.pass()
	expect(t, only(t, result, "b"), reconcile.OutcomeOK, "delete ok applied")
	if run := only(t, result, "ops"); run.Outcome != reconcile.OutcomeOK || len(run.Changes) != 2 {
		t.Errorf("target ops: %s: %s: %v", run.Outcome, run.Message, madeBy(run))
		for _, change := range run.Changes {
			t.Log(change.Reason)
		}
	}

	// Nor does it hide what nobody manages.
	stray := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "stray"}}
	if _, err := s.kube.CoreV1().ConfigMaps(other).Create(t.Context(), stray, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"a/stray.yaml": aMap("stray", "one", "  namespace: "+other)})
	p := s.open()
	defer p.close()
	result, err := p.Pass(t.Context(), reconcile.PassOptions{DryRun: true, Unmanaged: true})
	if err != nil || len(result.Unmanaged) != 1 || !slices.ContainsFunc(result.Unmanaged[0].Resources, func(ref reconcile.ResourceRef) bool {
		return ref.Namespace == other && ref.Name == "stray"
	}) {
		t.Errorf("what nobody manages is not listed (%v)", err)
	}
}
