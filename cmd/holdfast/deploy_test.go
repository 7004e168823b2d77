package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

// deployed is the folder of manifests with which holdfast runs in a cluster.
var deployed = filepath.Join("..", "..", "docs", "deploy", "kubernetes")

// The manifests are as the whole library asks for, but for what docs/kubernetes.md gives reasons for.
func TestDeployManifestsAreClean(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	if err := os.CopyFS(filepath.Join(s.repo, "deploy"), os.DirFS(deployed)); err != nil {
		t.Fatal(err)
	}
	out, errs, code := s.holdfast("check", "deploy", "--profile", "strict", "--format", "json")
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	var report struct {
		Findings     []struct{ Rule string }
		Undecided    []any
		NotEvaluated []any
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range report.Findings {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	want := []string{
		"allocation/namespace-limit-range", "allocation/namespace-quota", // one pod, with limits of its own
		"security/image-always-pull", "security/image-digest", "security/image-floating-tag", // the image is the user's own
		"security/rbac-read-secrets",     // targets hold Secrets; it is bound in single namespaces
		"security/service-account-token", // holdfast talks to the API server
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "kubernetes.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range want {
		if !strings.Contains(string(page), "`"+rule+"`") {
			t.Errorf("docs/kubernetes.md does not say why the manifests do not follow %s", rule)
		}
	}
}

// inCluster is a cluster into which the manifests were applied.
type inCluster struct {
	server *kubetest.Server
	admin  kubernetes.Interface
	s      *site
}

// deploy has holdfast itself apply the manifests, as an administrator.
func deploy(t *testing.T) *inCluster {
	server, err := kubetest.Start(kubetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newSite(t, "")
	if err := os.CopyFS(s.repo, os.DirFS(deployed)); err != nil {
		t.Fatal(err)
	}
	// Nothing runs here that would make the workload and the volume healthy.
	s.configure(fmt.Sprintf(`
targets:
  - {name: holdfast, driver: kubernetes, path: ., mode: apply, healthTimeout: 1s, settings: {kubeconfig: %[1]s}}
  - {name: examples, driver: kubernetes, path: examples, mode: apply, settings: {kubeconfig: %[1]s}}
`, server.Kubeconfig()))
	s.commit(nil)
	out, errs, _ := s.holdfast("apply", "--config", s.config)
	admin, err := kubernetes.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.AppsV1().Deployments("holdfast-system").Get(t.Context(), "holdfast", metav1.GetOptions{}); err != nil {
		t.Fatalf("the manifests were not applied: %v\n%s%s", err, out, errs)
	}
	return &inCluster{server, admin, s}
}

// account is a kubeconfig with a token of holdfast's own service account.
func (c *inCluster) account(t *testing.T) string {
	t.Helper()
	token, err := c.admin.CoreV1().ServiceAccounts("holdfast-system").CreateToken(t.Context(), "holdfast", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at := c.server.Config()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	err = clientcmd.WriteToFile(api.Config{
		Clusters:       map[string]*api.Cluster{"c": {Server: at.Host, CertificateAuthorityData: at.CAData}},
		AuthInfos:      map[string]*api.AuthInfo{"a": {Token: token.Status.Token}},
		Contexts:       map[string]*api.Context{"x": {Cluster: "c", AuthInfo: "a"}},
		CurrentContext: "x",
	}, file)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// With the manifests and nothing else, holdfast keeps what is in the namespaces
// that are given to it, and is refused elsewhere.
func TestDeployedRights(t *testing.T) {
	t.Parallel()
	c := deploy(t)
	kubeconfig := c.account(t)
	s := newSite(t, "")
	object := func(namespace string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: " + namespace + "}\ndata: {a: b}\n"
	}
	s.configure(fmt.Sprintf(`
targets:
  - {name: shop, driver: kubernetes, path: shop, mode: apply, prune: true, settings: {kubeconfig: %[1]s, namespaces: [shop]}}
  - {name: blog, driver: kubernetes, path: blog, mode: apply, settings: {kubeconfig: %[1]s, namespaces: [blog], impersonate: {serviceAccount: {namespace: blog, name: deployer}}}}
`, kubeconfig))
	s.commit(map[string]string{
		"shop/web.yaml": object("shop"), "blog/web.yaml": object("blog"),
		"shop/more.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\nstringData: {a: b}\n",
	})
	if out, errs, code := s.holdfast("plan", "--config", s.config); code != 0 || !strings.Contains(out, "3 to create") {
		t.Fatalf("plan: exit code %d\n%s%s", code, out, errs)
	}
	if out, errs, code := s.holdfast("apply", "--config", s.config); code != 0 {
		t.Fatalf("apply: exit code %d\n%s%s", code, out, errs)
	}
	for _, namespace := range []string{"shop", "blog"} {
		if _, err := c.admin.CoreV1().ConfigMaps(namespace).Get(t.Context(), "web", metav1.GetOptions{}); err != nil {
			t.Errorf("%s: %v", namespace, err)
		}
	}
	s.commit(map[string]string{"shop/more.yaml": ""})
	if out, errs, code := s.holdfast("apply", "--config", s.config); code != 0 {
		t.Fatalf("prune: exit code %d\n%s%s", code, out, errs)
	}
	if _, err := c.admin.CoreV1().Secrets("shop").Get(t.Context(), "web", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("what left the source is still there: %v", err)
	}

	// Neither with its own rights nor with those of the tenant does it get elsewhere.
	s.configure(fmt.Sprintf(`
targets:
  - {name: elsewhere, driver: kubernetes, path: elsewhere, mode: apply, settings: {kubeconfig: %[1]s, inventoryNamespace: holdfast-system}}
  - {name: tenant, driver: kubernetes, path: tenant, mode: apply, settings: {kubeconfig: %[1]s, inventoryNamespace: blog, impersonate: {serviceAccount: {namespace: blog, name: deployer}}}}
`, kubeconfig))
	s.commit(map[string]string{"elsewhere/web.yaml": object("default"), "tenant/web.yaml": strings.Replace(object("shop"), "web", "tenant", 1)})
	out, errs, code := s.holdfast("apply", "--config", s.config)
	if code == 0 || strings.Count(out+errs, "forbidden") < 2 {
		t.Errorf("apply elsewhere: exit code %d\n%s%s", code, out, errs)
	}
	for namespace, name := range map[string]string{"default": "web", "shop": "tenant"} {
		if _, err := c.admin.CoreV1().ConfigMaps(namespace).Get(t.Context(), name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("%s/%s was made: %v", namespace, name, err)
		}
	}
}

// The pod is admitted under the restricted profile, which its namespace enforces.
func TestDeployedPodIsAdmitted(t *testing.T) {
	t.Parallel()
	c := deploy(t)
	deployment, err := c.admin.AppsV1().Deployments("holdfast-system").Get(t.Context(), "holdfast", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "probe"}, Spec: deployment.Spec.Template.Spec}
	create := func() error {
		_, err := c.admin.CoreV1().Pods("holdfast-system").Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
	if err := create(); err != nil {
		t.Errorf("the pod is refused: %v", err)
	}
	pod.Spec.HostNetwork = true
	if err := create(); !apierrors.IsForbidden(err) {
		t.Errorf("the namespace does not enforce its profile: %v", err)
	}
	// What the pod is told to run with is a configuration, and lets in the targets that the examples are for.
	file, err := c.admin.CoreV1().ConfigMaps("holdfast-system").Get(t.Context(), "holdfast", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	operator, err := config.Parse("holdfast.yaml", []byte(file.Data["holdfast.yaml"]), config.ParseOptions{Role: config.Operator, Drivers: builtinDrivers()})
	if err != nil {
		t.Fatal(err)
	}
	repository, err := config.Parse("holdfast.yaml", []byte("targets: [{name: shop, driver: kubernetes, path: shop, settings: {inCluster: true, namespaces: [shop]}}]"),
		config.ParseOptions{Role: config.Repository, Drivers: builtinDrivers()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Merge(operator, repository); err != nil {
		t.Error(err)
	}
}
