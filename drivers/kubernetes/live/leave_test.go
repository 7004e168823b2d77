package live

import (
	"encoding/json"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// What is left alone stays as it is when the API server gets what is left to
// apply: while holdfast alone wrote it, after somebody else did, and after that.
func TestLeaveAppliedToAServer(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	rules, err := ReadRules([]Rule{
		{Group: "apps", Kind: "Deployment", JSONPointers: []string{"/spec/replicas", "/metadata/annotations"}},
		{Group: "apps", Kind: "Deployment", Managers: []string{"injector"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	desired := func() *unstructured.Unstructured {
		obj := webDeployment(namespace, 2)
		obj.SetAnnotations(map[string]string{"example.com/ours": "first"})
		return obj
	}
	live := apply(t, client, Leave(desired(), nil, nil))
	wantReplicas(t, live, 2)

	again := desired()
	again.SetAnnotations(map[string]string{"example.com/ours": "second"})
	live = apply(t, client, Leave(again, live, rules.Paths(live)))
	wantReplicas(t, live, 2)
	if got := live.GetAnnotations()["example.com/ours"]; got != "first" {
		t.Errorf("annotation %q, want it as it was", got)
	}

	patch(t, client, deployments, namespace, "web", `{"spec":{"replicas":7}}`, "scale")
	live = patchAs(t, client, namespace, "injector", `{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"injected:1"},{"name":"sidecar","image":"proxy:1"}]}}}}`)
	for range 2 { // the second time it has given up what somebody else wrote
		live = apply(t, client, Leave(desired(), live, rules.Paths(live)))
		wantReplicas(t, live, 7)
		containers, _, _ := unstructured.NestedSlice(live.Object, "spec", "template", "spec", "containers")
		if len(containers) != 2 || containers[0].(map[string]any)["image"] != "injected:1" {
			t.Errorf("containers %v, want them as they were injected", containers)
		}
	}
}

func apply(t *testing.T, client dynamic.Interface, obj *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	raw, err := json.Marshal(obj.Object)
	if err != nil {
		t.Fatal(err)
	}
	force := true
	live, err := client.Resource(deployments).Namespace(obj.GetNamespace()).Patch(t.Context(), obj.GetName(), types.ApplyPatchType, raw,
		metav1.PatchOptions{FieldManager: Manager, Force: &force})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func patchAs(t *testing.T, client dynamic.Interface, namespace, manager, change string) *unstructured.Unstructured {
	t.Helper()
	live, err := client.Resource(deployments).Namespace(namespace).Patch(t.Context(), "web", types.StrategicMergePatchType, []byte(change),
		metav1.PatchOptions{FieldManager: manager})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func wantReplicas(t *testing.T, obj *unstructured.Unstructured, want int64) {
	t.Helper()
	if got, _, _ := unstructured.NestedInt64(obj.Object, "spec", "replicas"); got != want {
		t.Errorf("%d replicas, want %d", got, want)
	}
}
