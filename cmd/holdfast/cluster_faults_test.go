package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// guard is a webhook that refuses what refuses says, in the site's namespace.
func (s *clusterSite) guard(refuses func(request *admissionv1.AdmissionRequest) string) {
	s.t.Helper()
	hook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review admissionv1.AdmissionReview
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		reason := refuses(review.Request)
		review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: reason == "", Result: &metav1.Status{Message: reason}}
		review.Request = nil
		_ = json.NewEncoder(w).Encode(review) // a server that is gone needs no answer
	}))
	s.t.Cleanup(hook.Close)
	none, fail := admissionregistrationv1.SideEffectClassNone, admissionregistrationv1.Fail
	made, err := s.kube.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(s.t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "guard-" + s.namespace},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "guard.example.com", SideEffects: &none, FailurePolicy: &fail, AdmissionReviewVersions: []string{"v1"},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: s.namespace}},
			ClientConfig: admissionregistrationv1.WebhookClientConfig{
				URL: &hook.URL, CABundle: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: hook.Certificate().Raw}),
			},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps", "secrets"}},
			}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		err := s.kube.AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(context.WithoutCancel(s.t.Context()), made.Name, metav1.DeleteOptions{})
		if err != nil && s.t.Context().Err() == nil {
			s.t.Error(err)
		}
	})
}

// refused is the reason of a run's change to a resource.
func refused(run reconcile.Run, name string) string {
	for _, change := range run.Changes {
		if change.Resource.Name == name {
			return string(change.State) + ": " + change.Reason
		}
	}
	return ""
}

func TestAWebhookThatRefusesOneObjectHoldsUpNoOther(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster)
	untouched := s.handmade("web")
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one"), "web/gone.yaml": aMap("gone", "one")})
	s.pass()
	var open atomic.Bool
	s.guard(func(request *admissionv1.AdmissionRequest) string {
		if request.Name == "b" && !open.Load() {
			return "not on a Friday"
		}
		return ""
	})
	s.commit(map[string]string{"web/a.yaml": aMap("a", "two"), "web/b.yaml": aMap("b", "two"), "web/c.yaml": aMap("c", "two"), "web/gone.yaml": ""})
	result := s.pass()
	run := only(t, result, "web")
	// What goes, goes once the rest is in effect.
	expect(t, run, reconcile.OutcomeFailed, "update a applied", "update b failed", "create c applied", "delete gone flagged")
	if reason := refused(run, "b"); !strings.Contains(reason, `"guard.example.com" denied the request: not on a Friday`) || passCode(result) != exitFault {
		t.Errorf("exit code %d, %s", passCode(result), reason)
	}
	s.wantValues(map[string]string{"a": "two", "b": "one", "c": "two", "gone": "one"})
	open.Store(true)
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update b applied", "delete gone applied")
	s.wantValues(map[string]string{"a": "two", "b": "two", "c": "two"})
	untouched()
}

const twoNamespaces = `
targets:
  - name: web
    driver: kubernetes
    path: web
    mode: apply
    prune: true
    healthTimeout: 2s
    settings: {kubeconfig: KUBECONFIG, inventoryNamespace: NAMESPACE}
`

// A namespace that is on its way out and does not come to its end, as an object in
// it waits for somebody, is named; all else goes on; and it is made anew with what
// is in it once it is gone.
func TestANamespaceStuckInItsDeletion(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), twoNamespaces)
	stuck, well := s.namespace+"-stuck", s.namespace+"-well"
	in := func(namespace, value string) string {
		return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + namespace + "}\n---\n" + aMap("a", value, "  namespace: "+namespace)
	}
	value := func(namespace, want string) func() bool {
		return func() bool {
			found, err := s.kube.CoreV1().ConfigMaps(namespace).Get(t.Context(), "a", metav1.GetOptions{})
			return err == nil && found.Data["value"] == want && found.DeletionTimestamp == nil
		}
	}
	s.commit(map[string]string{"web/stuck.yaml": in(stuck, "one"), "web/well.yaml": in(well, "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", d.says("run ended", `"outcome":"ok"`))
	_, err := s.kube.CoreV1().ConfigMaps(stuck).Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/held"}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.kube.CoreV1().Namespaces().Get(t.Context(), stuck, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.kube.CoreV1().Namespaces().Delete(t.Context(), stuck, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is told what is waited for", d.says("run ended", runFailed, stuck, "it is being deleted", "example.com/held"))
	s.commit(map[string]string{"web/well.yaml": in(well, "two")})
	eventually(t, "the other namespace goes on", value(well, "two"))
	released := []byte(`{"metadata": {"finalizers": null}}`)
	if _, err := s.kube.CoreV1().ConfigMaps(stuck).Patch(t.Context(), "held", types.MergePatchType, released, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace and what is in it are made anew", value(stuck, "one"))
	after, err := s.kube.CoreV1().Namespaces().Get(t.Context(), stuck, metav1.GetOptions{})
	if err != nil || after.UID == before.UID {
		t.Errorf("%v %v", after, err)
	}
	eventually(t, "all is well", func() bool { return strings.Contains(lastLine(d, "run ended"), `"outcome":"ok"`) })
	if d.says("quarantined")() {
		t.Error("a revision is blamed for what somebody did to the cluster")
	}
	d.stop(syscall.SIGTERM)
}

// lastLine of the daemon's log that has the words.
func lastLine(d *daemon, words string) (last string) {
	for line := range strings.Lines(d.log.String()) {
		if strings.Contains(line, words) {
			last = line
		}
	}
	return last
}

// definition of a kind with the fields, all of them text.
func definition(group string, fields ...string) string {
	text := `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.` + group + `}
spec:
  group: ` + group + `
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
`
	for _, field := range fields {
		text += "                " + field + ": {type: string}\n"
	}
	return text
}

func TestADefinitionAndWhatIsOfItInOneCommit(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	group := s.namespace + ".example.com"
	client, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	t.Cleanup(func() {
		_ = definitions.Delete(context.WithoutCancel(t.Context()), "widgets."+group, metav1.DeleteOptions{})
	}) // the cluster goes away as a whole
	widget := func(spec string) string {
		return "apiVersion: " + group + "/v1\nkind: Widget\nmetadata: {name: a}\nspec: " + spec + "\n"
	}
	spec := func(field string) string {
		found, err := client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: "widgets"}).Namespace(s.namespace).
			Get(t.Context(), "a", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return ""
		}
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := unstructured.NestedString(found.Object, "spec", field)
		return text
	}
	s.commit(map[string]string{"web/a.yaml": widget("{size: large}"), "web/z.yaml": definition(group, "size")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create widgets."+group+" applied", "create a applied")
	if spec("size") != "large" {
		t.Error("the widget is not there")
	}
	// And so with a field that comes with the same commit.
	s.commit(map[string]string{"web/a.yaml": widget("{size: small, colour: red}"), "web/z.yaml": definition(group, "size", "colour")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the new field", func() bool { return spec("colour") == "red" && spec("size") == "small" })
	d.stop(syscall.SIGTERM)
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
}

// Two installations that do not know of each other want the same object.
func TestAnObjectOfAnotherTargetIsLeftToIt(t *testing.T) {
	server := cluster.get(t)
	first := newClusterSite(t, server, oneCluster)
	second := newClusterSite(t, server, strings.ReplaceAll(oneCluster, "name: web", "name: rival"))
	second.namespace = first.namespace
	second.through(second.kubeconfig, strings.ReplaceAll(oneCluster, "name: web", "name: rival"))
	first.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
	first.pass()
	before := first.maps()["a"]
	second.commit(map[string]string{"web/a.yaml": aMap("a", "theirs"), "web/c.yaml": aMap("c", "theirs")})
	run := only(t, second.pass(), "rival")
	expect(t, run, reconcile.OutcomeFailed, "update a failed", "create c applied")
	if reason := refused(run, "a"); !strings.Contains(reason, "it belongs to target web") {
		t.Error(reason)
	}
	if after := first.maps()["a"]; after.ResourceVersion != before.ResourceVersion {
		t.Errorf("it is touched: %+v", after)
	}
	// It is not pruned by who does not own it, and handed over when its owner lets go.
	second.commit(map[string]string{"web/a.yaml": ""})
	expect(t, only(t, second.pass(), "rival"), reconcile.OutcomeOK)
	first.wantValues(map[string]string{"a": "one", "b": "one", "c": "theirs"})
	first.commit(map[string]string{"web/a.yaml": ""})
	expect(t, only(t, first.pass(), "web"), reconcile.OutcomeOK, "delete a applied")
	second.commit(map[string]string{"web/a.yaml": aMap("a", "theirs")})
	expect(t, only(t, second.pass(), "rival"), reconcile.OutcomeOK, "create a applied")
	first.wantValues(map[string]string{"a": "theirs", "b": "one", "c": "theirs"})
	expect(t, only(t, first.pass(), "web"), reconcile.OutcomeOK)
}
