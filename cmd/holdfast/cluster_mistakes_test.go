package main

import (
	"encoding/json"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// What only the server finds wrong with a manifest is the user's mistake, with
// its line, however it is come by; and it holds up nothing but itself.
func TestAMistakeThatTheServerFindsHasItsLine(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	operator := strings.Replace(oneCluster, "SETTINGS", "{kubeconfig: KUBECONFIG, namespace: NAMESPACE, namespaces: [NAMESPACE], inventoryNamespace: NAMESPACE}", 1)
	s.configure(s.filledIn(operator))
	misspelt := "apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec:\n  ports: [{port: 80}]\n  selektor: {app: b}\n"
	invalid := "apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec:\n  selector: {app: c}\n  ports:\n    - {name: http, port: 80}\n    - name: more\n      port: 70000\n"
	s.commit(map[string]string{
		"web/a.yaml": aMap("a", "one"), "web/b.yaml": misspelt, "web/c.yaml": invalid,
		"web/d.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: d\n  namespace: default\n",
	})
	lines := []string{"b.yaml:6:13", "c.yaml:9:13", "d.yaml:5:14"}
	holdfast := func(want int, args ...string) string {
		t.Helper()
		code, out := cli(t, s.folder, append(args, "--config", s.config)...)
		if code != want {
			t.Errorf("%v: exit code %d, want %d\n%s", args, code, want, out)
		}
		for _, line := range lines {
			if want != exitClean && !strings.Contains(out, line) {
				t.Errorf("%v: %s is not told:\n%s", args, line, out)
			}
		}
		return out
	}
	holdfast(exitMistake, "plan")
	code, out := cli(t, s.folder, "plan", "--format", "json", "--config", s.config)
	var shown passReport
	if err := json.NewDecoder(strings.NewReader(out[strings.Index(out, "{"):])).Decode(&shown); err != nil || code != exitMistake {
		t.Fatalf("plan as JSON: exit code %d, %v\n%s", code, err, out)
	}
	for _, change := range shown.Targets[0].Changes {
		if change.Mistake != (change.Resource.Name != "a") {
			t.Errorf("%s is a mistake: %t", change.Resource.Name, change.Mistake)
		}
	}
	holdfast(exitMistake, "apply")
	s.wantValues(map[string]string{"a": "one"})
	holdfast(exitMistake, "run", "--once")
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFailed, "create d failed", "create b failed", "create c failed")
	if !run.Mistake {
		t.Error("the run does not say whose it is to mend")
	}
	s.configure(s.filledIn(strings.Replace(operator, "mode: apply", "mode: flag", 1)))
	holdfast(exitMistake, "run", "--once")
	holdfast(exitMistake, "apply")

	// With what is the world's fault beside it, that counts.
	_, err := s.kube.CoreV1().ConfigMaps(s.namespace).Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "e"}, Data: map[string]string{"value": "theirs"},
	}, metav1.CreateOptions{FieldManager: "acme-operator"})
	if err != nil {
		t.Fatal(err)
	}
	s.configure(s.filledIn(operator))
	s.commit(map[string]string{"web/e.yaml": aMap("e", "ours")})
	holdfast(exitFault, "apply")
	s.commit(map[string]string{"web/b.yaml": "", "web/c.yaml": "", "web/d.yaml": "", "web/e.yaml": ""})
	holdfast(exitClean, "apply")
}
