package kubernetes_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ways are how other tools write an object.
var ways = map[string]func(t *testing.T, c cluster, obj fields){
	"kubectl apply": func(t *testing.T, c cluster, obj fields) {
		metadata := obj["metadata"].(fields)
		metadata["annotations"] = fields{"kubectl.kubernetes.io/last-applied-configuration": `{"the": "whole object"}`}
		c.create(t, obj, "kubectl-client-side-apply")
	},
	"kubectl create":       func(t *testing.T, c cluster, obj fields) { c.create(t, obj, "kubectl-create") },
	"Helm":                 func(t *testing.T, c cluster, obj fields) { c.create(t, obj, "helm") },
	"kustomize-controller": func(t *testing.T, c cluster, obj fields) { c.serverApply(t, obj, "kustomize-controller") },
	"Argo CD":              func(t *testing.T, c cluster, obj fields) { c.serverApply(t, obj, "argocd-controller") },
}

func (c cluster) create(t *testing.T, obj fields, manager string) {
	t.Helper()
	kind, _ := obj["kind"].(string)
	_, err := c.of(kind).Create(t.Context(), &unstructured.Unstructured{Object: obj}, metav1.CreateOptions{FieldManager: manager})
	if err != nil {
		t.Fatal(err)
	}
}

func (c cluster) serverApply(t *testing.T, obj fields, manager string) {
	t.Helper()
	u := &unstructured.Unstructured{Object: obj}
	_, err := c.of(u.GetKind()).Apply(t.Context(), u.GetName(), u, metav1.ApplyOptions{FieldManager: manager})
	if err != nil {
		t.Fatal(err)
	}
}

func content(res resource.Resource) fields {
	return (&unstructured.Unstructured{Object: res.Content.(fields)}).DeepCopy().Object
}

// Whoever wrote an object before, what is no longer in the manifest goes; what
// the server fills in stays, and is not shown as if it went.
func TestAdoptionRemovesWhatIsNoLongerAskedFor(t *testing.T) {
	for name, write := range ways {
		t.Run(name, func(t *testing.T) {
			w := newTarget(t, nil)
			old := content(deployment("web", "web:1"))
			old["metadata"].(fields)["labels"] = fields{"old": "label"}
			pod, _, _ := unstructured.NestedMap(old, "spec", "template", "spec")
			containers := pod["containers"].([]any)
			containers[0].(fields)["env"] = []any{fields{"name": "OLD", "value": "x"}, fields{"name": "KEPT", "value": "y"}}
			pod["containers"] = append(containers, fields{"name": "sidecar", "image": "old:1"})
			if err := unstructured.SetNestedMap(old, pod, "spec", "template", "spec"); err != nil {
				t.Fatal(err)
			}
			write(t, w.cluster, old)

			wanted := deployment("web", "web:1")
			pod, _, _ = unstructured.NestedMap(content(wanted), "spec", "template", "spec")
			pod["containers"].([]any)[0].(fields)["env"] = []any{fields{"name": "KEPT", "value": "y"}}
			if err := unstructured.SetNestedMap(wanted.Content.(fields), pod, "spec", "template", "spec"); err != nil {
				t.Fatal(err)
			}
			plan := w.plan(wanted)
			change := only(t, plan, "web")
			for _, d := range change.Diff {
				switch d.Path.String() {
				case `metadata.labels["holdfast.dev/target"]`, "metadata.labels.old", "spec.template.spec.containers":
				default:
					t.Errorf("the plan shows %s: %v -> %v", d.Path, d.Before, d.After)
				}
			}
			for _, err := range w.apply(plan) {
				t.Fatal(err)
			}
			now := w.get(t, "Deployment", "web")
			if _, has := now.GetLabels()["old"]; has {
				t.Error("the old label is still there")
			}
			if _, has := now.GetAnnotations()["kubectl.kubernetes.io/last-applied-configuration"]; has {
				t.Error("kubectl's copy of the old object is still there")
			}
			left, _, _ := unstructured.NestedSlice(now.Object, "spec", "template", "spec", "containers")
			if len(left) != 1 || len(left[0].(fields)["env"].([]any)) != 1 {
				t.Errorf("containers are %v", left)
			}
			after, _ := resource.Lookup(change.After.Content, resource.Path{"spec"})
			if !contains(now.Object["spec"], after) {
				t.Errorf("there is %v, and the plan said %v", now.Object["spec"], after)
			}
			w.wantInLine(wanted)
		})
	}
}

// A match is adopted, and a field that goes from the manifest later goes from
// the object as well.
// With Flux's word Merge the manifest's fields are set, and what others wrote
// beside them stays.
func TestWithMergeNothingOfOthersGoes(t *testing.T) {
	for name, write := range ways {
		t.Run(name, func(t *testing.T) {
			w := newTarget(t, nil)
			write(t, w.cluster, content(configMap("settings", fields{"a": "theirs", "b": "theirs"})))
			wanted := configMap("settings", fields{"a": "ours"})
			wanted.Content.(fields)["metadata"].(fields)["annotations"] = fields{"kustomize.toolkit.fluxcd.io/ssa": "Merge"}
			if shown := shows(only(t, w.plan(wanted), "settings")); strings.Contains(shown, "data.b") {
				t.Errorf("the plan is to take away what is theirs: %s", shown)
			}
			w.bring(wanted)
			data, _, _ := unstructured.NestedStringMap(w.get(t, "ConfigMap", "settings").Object, "data")
			if data["a"] != "ours" || data["b"] != "theirs" {
				t.Errorf("it holds %v", data)
			}
		})
	}
}

func TestAdoptionOfWhatMatchesOutlivesIt(t *testing.T) {
	w := newTarget(t, nil)
	w.create(t, content(configMap("settings", fields{"a": "1", "b": "2"})), "helm")
	w.bring(configMap("settings", fields{"a": "1", "b": "2"}))
	w.bring(configMap("settings", fields{"a": "1"}))
	data, _, _ := unstructured.NestedMap(w.get(t, "ConfigMap", "settings").Object, "data")
	if len(data) != 1 {
		t.Errorf("data is %v", data)
	}
}

func TestConflictNamesTheOtherManager(t *testing.T) {
	w := newTarget(t, nil)
	w.create(t, content(configMap("settings", fields{"a": "theirs"})), "some-operator")
	wanted := configMap("settings", fields{"a": "ours"})
	plan := w.plan(wanted)
	if change := only(t, plan, "settings"); change.Action != resource.ActionUpdate || !strings.Contains(shows(change), "data.a: theirs -> ours") {
		t.Errorf("the plan is a %s: %s", change.Action, shows(change))
	}
	err := w.apply(plan)["settings"]
	if err == nil {
		t.Fatal("it was taken from its manager")
	}
	for _, part := range []string{"some-operator", "data.a", "settings.takeOver", "settings.ignoreDifferences"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
	if data, _, _ := unstructured.NestedString(w.get(t, "ConfigMap", "settings").Object, "data", "a"); data != "theirs" {
		t.Errorf("a is %q", data)
	}

	taking := w.target(t, map[string]any{"takeOver": []any{"some-operator"}})
	taking.bring(wanted)
	if data, _, _ := unstructured.NestedString(w.get(t, "ConfigMap", "settings").Object, "data", "a"); data != "ours" {
		t.Errorf("once it is taken over, a is %q", data)
	}
}

func TestIgnoredDifferencesAreLeftAlone(t *testing.T) {
	w := newTarget(t, map[string]any{"ignoreDifferences": []any{
		map[string]any{"group": "apps", "kind": "Deployment", "jsonPointers": []any{"/spec/replicas"}},
	}})
	wanted := deployment("web", "web:1")
	wanted.Content.(fields)["spec"].(fields)["replicas"] = int64(2)
	w.bring(wanted)
	w.patch(t, "Deployment", "web", "autoscaler", `{"spec": {"replicas": 5}}`)
	time.Sleep(told)
	w.wantInLine(wanted)
	wanted.Content.(fields)["metadata"].(fields)["labels"] = fields{"new": "label"}
	w.bring(wanted)
	if n, _, _ := unstructured.NestedInt64(w.get(t, "Deployment", "web").Object, "spec", "replicas"); n != 5 {
		t.Errorf("%d replicas, want the autoscaler's 5", n)
	}
}

func TestDriftIsForcedBackAndTellsWho(t *testing.T) {
	w := newTarget(t, nil)
	wanted := configMap("settings", fields{"a": "1"})
	w.bring(wanted)
	w.patch(t, "ConfigMap", "settings", "some-operator", `{"data": {"a": "2"}}`)
	time.Sleep(told)
	change := only(t, w.plan(wanted), "settings")
	if !change.Drift || !strings.HasPrefix(change.ChangedBy, "some-operator at ") {
		t.Errorf("drift %t by %q", change.Drift, change.ChangedBy)
	}
	w.bring(wanted)
	if a, _, _ := unstructured.NestedString(w.get(t, "ConfigMap", "settings").Object, "data", "a"); a != "1" {
		t.Errorf("a is %q", a)
	}
}

// A restart by hand is not undone: it changes no field that is asked for.
func TestRolloutRestartStays(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(deployment("web", "web:1"))
	_, err := w.of("Deployment").Patch(t.Context(), "web", types.StrategicMergePatchType,
		[]byte(`{"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-27T10:00:00Z"}}}}}`),
		metav1.PatchOptions{FieldManager: "kubectl-rollout"})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(told)
	w.wantInLine(deployment("web", "web:1"))
}
