package main

import (
	"encoding/json"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// An account that may see ConfigMaps alone audits a cluster in which another
// holdfast is at work. The report does not take what it cannot see for absent,
// nor what it does not know for nobody's.
func TestAnAuditWithFewRights(t *testing.T) {
	server := cluster.get(t)
	other := newClusterSite(t, server, strings.ReplaceAll(oneCluster, "name: web", "name: theirs"))
	other.commit(map[string]string{"web/a.yaml": aMap("a", "theirs")})
	other.pass()

	s := newClusterSite(t, server, oneCluster)
	name := metav1.ObjectMeta{Name: "auditor-of-" + s.namespace}
	_, err := s.kube.RbacV1().ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{
		ObjectMeta: name, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"*"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.kube.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: name, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name.Name}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, kubeconfig := server.User(t, name.Name)
	s.through(kubeconfig, oneCluster)
	s.commit(map[string]string{"web/b.yaml": aMap("b", "ours")})

	code, out := cli(t, s.folder, "audit", "--config", s.config, "--format", "json")
	var audit reconcile.Audit
	if err := json.NewDecoder(strings.NewReader(out[strings.Index(out, "{\n"):])).Decode(&audit); err != nil || code != exitClean {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	if len(audit.Targets) != 1 || !audit.Targets[0].Observed {
		t.Errorf("targets: %+v", audit.Targets)
	}
	if n := audit.NotEvaluated; len(n) != 1 || n[0].Reason != "the account may not list them" ||
		!strings.Contains(n[0].What, "Secret") || !strings.Contains(n[0].What, "Deployment.apps") || strings.Contains(n[0].What, "ConfigMap,") {
		t.Errorf("not evaluated: %+v", n)
	}
	found := false
	for _, u := range audit.Unmanaged {
		found = found || u.Namespace == other.namespace && len(u.Resources) == 1 && u.Resources[0].Name == "a"
	}
	if !found {
		t.Errorf("unmanaged: %+v", audit.Unmanaged)
	}
	_, out = cli(t, s.folder, "audit", "--config", s.config, "--format", "markdown")
	if !strings.Contains(out, "Another holdfast, with a state of its own, or another tool may manage them.") || strings.Contains(out, "nobody") {
		t.Errorf("what another holdfast manages is said to be nobody's: %s", out)
	}
}

// A tenant that may see its own namespace alone is told what is unmanaged there.
func TestATenantAuditsItsNamespace(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	_, err := s.kube.RbacV1().Roles(s.namespace).Create(t.Context(), &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: "tenant"}, Rules: []rbacv1.PolicyRule{{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.kube.RbacV1().RoleBindings(s.namespace).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "tenant"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "tenant"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "tenant-of-" + s.namespace}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, kubeconfig := server.User(t, "tenant-of-"+s.namespace)
	s.through(kubeconfig, strings.ReplaceAll(oneCluster, "SETTINGS", "{kubeconfig: KUBECONFIG, namespace: NAMESPACE, namespaces: [NAMESPACE], timeout: 3s}"))
	s.commit(map[string]string{"web/a.yaml": aMap("a", "ours")})
	if run := only(t, s.pass(), "web"); run.Outcome != reconcile.OutcomeOK {
		t.Fatal(run.Message)
	}
	s.handmade("stray")
	code, out := cli(t, s.folder, "audit", "--config", s.config, "--format", "json")
	var audit reconcile.Audit
	if err := json.NewDecoder(strings.NewReader(out[strings.Index(out, "{\n"):])).Decode(&audit); err != nil || code != exitClean {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	if len(audit.NotEvaluated) > 0 {
		t.Errorf("not evaluated: %+v", audit.NotEvaluated)
	}
	names := ""
	for _, u := range audit.Unmanaged {
		for _, res := range u.Resources {
			names += u.Namespace + "/" + res.Kind + "/" + res.Name + " "
		}
	}
	if !strings.Contains(names, s.namespace+"/ConfigMap/") || strings.Contains(names, "/a ") || strings.Contains(names, "kube-system") {
		t.Errorf("unmanaged: %s", names)
	}
}
