package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// aDeployment that the library has nothing against; more is of its spec.
func aDeployment(name, image string, replicas int, more string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: %[3]d
  selector: {matchLabels: {app: %[1]s}}
  %[4]s
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: web
          image: registry.example.com/web:%[2]s
          resources: {requests: {cpu: 1000m, memory: 64Mi}, limits: {memory: 64Mi}}
          readinessProbe: {httpGet: {path: /, port: 8080}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
`, name, image, replicas, more)
}

// plan, apply and status on a cluster: what the server fills in is no
// difference, and what is shown is what changes.
func TestPlanShowsWhatWouldBeThere(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	holdfast := func(want int, args ...string) string {
		t.Helper()
		code, out := cli(t, s.folder, append(args, "--config", s.config)...)
		if code != want {
			t.Errorf("%v: exit code %d, want %d\n%s", args, code, want, out)
		}
		return out
	}
	s.commit(map[string]string{"web/a.yaml": aDeployment("shop", "1.0", 0, "")})
	if out := holdfast(exitClean, "plan", "-v"); !strings.Contains(out, "terminationGracePeriodSeconds") {
		t.Errorf("a default of the server is not shown:\n%s", out)
	}
	if list, err := s.kube.AppsV1().Deployments(s.namespace).List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) > 0 {
		t.Errorf("plan has written: %v %v", list.Items, err)
	}
	holdfast(exitClean, "apply")
	if out := holdfast(exitClean, "plan"); strings.Contains(out, "update") {
		t.Errorf("what the server filled in is taken for a difference:\n%s", out)
	}
	// The same amount in other words is no difference either.
	s.commit(map[string]string{"web/a.yaml": strings.Replace(aDeployment("shop", "2.0", 0, ""), "cpu: 1000m", `cpu: "1"`, 1)})
	out := holdfast(exitClean, "plan")
	if !strings.Contains(out, "web:1.0") || !strings.Contains(out, "web:2.0") {
		t.Errorf("the difference is not shown:\n%s", out)
	}
	for _, other := range []string{"cpu", "terminationGracePeriodSeconds", "generation", "managedFields", "readinessProbe"} {
		if strings.Contains(out, other) {
			t.Errorf("%s is shown, and does not change:\n%s", other, out)
		}
	}
	holdfast(exitClean, "apply")
	if out := holdfast(exitClean, "status"); !strings.Contains(out, "web") || strings.Contains(out, "failed") {
		t.Errorf("status:\n%s", out)
	}
}

// A change by somebody else is undone within moments, and it is told whose it was.
func TestDriftInAClusterIsCorrectedAndItsAuthorNamed(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	untouched := s.handmade("web")
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", d.says("run ended", `"outcome":"ok"`))
	client := s.kube.CoreV1().ConfigMaps(s.namespace)
	_, err := client.Patch(t.Context(), "a", types.MergePatchType, []byte(`{"data": {"value": "by hand"}}`), metav1.PatchOptions{FieldManager: "night-shift"})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "drift is told with its author", d.says(`"drift":true`, `"name":"a"`, "night-shift"))
	eventually(t, "drift is corrected", s.hold(map[string]string{"a": "one", "b": "one"}))
	if err := client.Delete(t.Context(), "b", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	s.settles(d, map[string]string{"a": "one", "b": "one"})
	untouched()
}

// While something does not get ready, all else is kept in line, and so is that.
func TestDriftIsCorrectedWhileAClusterIsNotReady(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster+"    healthTimeout: 30m\n")
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aDeployment("b", "1.0", 1, "")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", d.says("change", `"name":"b"`, `"state":"applied"`))
	maps, deployments := s.kube.CoreV1().ConfigMaps(s.namespace), s.kube.AppsV1().Deployments(s.namespace)
	by := metav1.PatchOptions{FieldManager: "night-shift"}
	if _, err := maps.Patch(t.Context(), "a", types.MergePatchType, []byte(`{"data": {"value": "by hand"}}`), by); err != nil {
		t.Fatal(err)
	}
	eventually(t, "drift is told with its author", d.says(`"drift":true`, `"name":"a"`, "night-shift"))
	eventually(t, "drift is corrected", s.hold(map[string]string{"a": "one"}))
	if _, err := deployments.Patch(t.Context(), "b", types.MergePatchType, []byte(`{"spec": {"replicas": 5}}`), by); err != nil {
		t.Fatal(err)
	}
	eventually(t, "drift of what is not ready is corrected", func() bool {
		got, err := deployments.Get(t.Context(), "b", metav1.GetOptions{})
		return err == nil && *got.Spec.Replicas == 1
	})
	if d.says("run ended")() {
		t.Error("the wait for health is over")
	}
	d.stop(syscall.SIGTERM)
}

func TestPruneInAClusterHasItsLimit(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), "approvals: [approvals/]\n"+oneCluster)
	untouched := s.handmade("web")
	documents, all := manyMaps(20, "x")
	s.commit(map[string]string{"web/a.yaml": documents})
	s.pass()
	documents, left := manyMaps(17, "x")
	s.commit(map[string]string{"web/a.yaml": documents})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFlagged, "delete a17 flagged", "delete a18 flagged", "delete a19 flagged")
	s.wantValues(all)
	s.commit(map[string]string{"approvals/a.yaml": fmt.Sprintf(
		"approvals:\n  - {target: web, digest: %q, owner: ada, reason: they are gone, expires: 2099-12-31}\n", run.Changes[0].Approval)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a17 applied", "delete a18 applied", "delete a19 applied")
	s.wantValues(left)
	untouched()
}

// A rollout that the cluster gives up is taken back, and stays so until there is a newer commit.
func TestARolloutThatFailsIsTakenBack(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster+"    rollback: true\n    healthTimeout: 30s\n")
	image := func() string {
		found, err := s.kube.AppsV1().Deployments(s.namespace).Get(t.Context(), "shop", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(found.Spec.Template.Spec.Containers[0].Image, "registry.example.com/web:")
	}
	s.commit(map[string]string{"web/a.yaml": aDeployment("shop", "1.0", 0, "progressDeadlineSeconds: 1"), "web/b.yaml": aMap("b", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create shop applied", "create b applied")
	bad := s.commit(map[string]string{"web/a.yaml": aDeployment("shop", "2.0", 1, "progressDeadlineSeconds: 1"), "web/b.yaml": aMap("b", "two")})
	d := s.start("run", "--config", s.config)
	eventually(t, "it is taken back", func() bool { return s.values()["b"] == "one" && image() == "1.0" && d.says("quarantined", bad)() })
	code, out := cli(t, s.folder, "status", "--config", s.config)
	if code != exitClean || !strings.Contains(out, bad[:12]) || !strings.Contains(out, "Deployment shop is degraded") {
		t.Errorf("status, exit code %d:\n%s", code, out)
	}
	s.commit(map[string]string{"web/a.yaml": aDeployment("shop", "3.0", 0, "progressDeadlineSeconds: 1")})
	eventually(t, "the newer commit", func() bool { return s.values()["b"] == "two" && image() == "3.0" })
	d.stop(syscall.SIGTERM)
}

func TestASuspendedClusterIsLeftAlone(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
	s.pass()
	s.configure(s.filledIn(oneCluster + "    suspend: true\n"))
	s.commit(map[string]string{"web/a.yaml": aMap("a", "two"), "web/b.yaml": ""})
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeWaiting)
	if run.Message != "suspended in the configuration" {
		t.Error(run.Message)
	}
	s.wantValues(map[string]string{"a": "one", "b": "one"})
	s.configure(s.filledIn(oneCluster))
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied", "delete b applied")
	s.wantValues(map[string]string{"a": "two"})
}

// A Secret that goes to a cluster comes out nowhere else: not where a webhook
// quotes it in its refusal, where the server refuses a change to it, in drift, in what is
// live and unknown to Git, nor in the inventory.
func TestCanaryOfACluster(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	var canaries []string
	canary := func(name string) string {
		value := "canary-" + name + "-7f3e9c"
		canaries = append(canaries, value)
		return value
	}
	secret := func(name, value, more string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\n" + more + "data: {key: " +
			base64.StdEncoding.EncodeToString([]byte(value)) + "}\nstringData: {other: " + value + "}\n"
	}
	s.guard(func(request *admissionv1.AdmissionRequest) string {
		if request.Name == "refused" {
			return "I do not like " + string(request.Object.Raw)
		}
		return ""
	})
	var out bytes.Buffer
	commands := func() {
		for _, args := range [][]string{
			{"plan", "-v"}, {"plan", "--format", "json"}, {"apply", "-v"}, {"run", "--once", "--log-level", "debug"},
			{"status"}, {"status", "--format", "json"}, {"audit", s.repo, "--format", "json=" + s.folder + "/audit.json", "--format", "html=" + s.folder + "/audit.html"},
		} {
			run(t.Context(), append(args, "--config", s.config), &out, &out)
		}
	}
	s.commit(map[string]string{
		"web/a.yaml": secret("a", canary("first"), ""), "web/b.yaml": secret("b", canary("fixed"), "immutable: true\n"),
		"web/c.yaml": secret("refused", canary("refused"), ""),
		"web/d.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: misspelt}\nstringdata: {other: " + canary("misspelt") + "}\n",
	})
	commands()
	s.commit(map[string]string{
		"web/a.yaml": secret("a", canary("second"), ""), "web/b.yaml": secret("b", canary("changed"), "immutable: true\n"),
	})
	commands()
	drifted := `{"stringData": {"key": "` + canary("drift") + `"}}`
	if _, err := s.kube.CoreV1().Secrets(s.namespace).Patch(t.Context(), "a", types.MergePatchType, []byte(drifted), metav1.PatchOptions{FieldManager: "night-shift"}); err != nil {
		t.Fatal(err)
	}
	d := s.start("run", "--config", s.config, "--log-level", "debug")
	eventually(t, "a pass of the daemon", d.says("run ended"))
	d.stop(syscall.SIGTERM)
	s.commit(map[string]string{"web/a.yaml": "", "web/x.yaml": aMap("x", "y")})
	commands()
	out.WriteString(d.log.String())
	if text := out.String(); !strings.Contains(text, "(sensitive)") || !strings.Contains(text, "I do not like") || !strings.Contains(text, "immutable") {
		t.Fatalf("the commands did not do their part:\n%s", text)
	}
	written := map[string][]byte{"standard output and error": out.Bytes()}
	err := filepath.WalkDir(s.folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && name == s.repo {
			return firstOf(err, fs.SkipDir)
		}
		if entry.Type().IsRegular() {
			written[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	inventory, err := s.inventory("web")
	if err != nil {
		t.Fatal(err)
	}
	written["the inventory"] = fmt.Append(nil, inventory)
	for name, content := range written {
		for _, canary := range canaries {
			for _, form := range []string{canary, strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(canary)), "=")} {
				if at := bytes.Index(content, []byte(form)); at >= 0 {
					t.Errorf("%s holds %s: …%q…", name, canary, content[max(0, at-80):min(len(content), at+60)])
				}
			}
		}
	}
}
