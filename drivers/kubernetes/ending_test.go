package kubernetes_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func annotated(res resource.Resource, annotations fields) resource.Resource {
	res.Content.(fields)["metadata"].(fields)["annotations"] = annotations
	return res
}

func TestEnd(t *testing.T) {
	driver := newCluster(t).open(t, nil, nil)
	defer driver.Close()
	never := drivers.End{Before: drivers.LastStage}
	claim := object("v1", "PersistentVolumeClaim", "x", nil)
	cleans := job("x", "shop:1", nil)
	cleans.Content.(fields)["spec"].(fields)["ttlSecondsAfterFinished"] = int64(60)
	const helm, policy = "helm.sh/hook", "helm.sh/hook-delete-policy"
	const argo, argoPolicy = "argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy"
	for name, test := range map[string]struct {
		res  resource.Resource
		end  drivers.End
		ends bool
	}{
		"ordinary":                {job("x", "shop:1", nil), drivers.End{}, false},
		"ordinary, with a policy": {annotated(configMap("x", nil), fields{policy: "hook-succeeded"}), drivers.End{}, false},
		"cleans up":               {cleans, drivers.End{}, true},
		"before, of Helm":         {annotated(job("x", "shop:1", nil), fields{helm: "pre-upgrade", policy: "before-hook-creation, hook-succeeded"}), drivers.End{Well: true, Before: -500_000}, true},
		"before, by default":      {annotated(job("x", "shop:1", nil), fields{helm: "pre-upgrade"}), drivers.End{Before: -500_000}, true},
		"after, of Helm":          {annotated(job("x", "shop:1", nil), fields{helm: "post-install", policy: "hook-failed"}), drivers.End{Ill: true, Before: drivers.LastStage}, true},
		"of Argo CD":              {annotated(job("x", "shop:1", nil), fields{argo: "PreSync", argoPolicy: "HookSucceeded,HookFailed"}), drivers.End{Well: true, Ill: true, Before: drivers.LastStage}, true},
		"of Argo CD, by Helm's":   {annotated(job("x", "shop:1", nil), fields{argo: "PreSync", policy: "hook-succeeded"}), drivers.End{Well: true, Before: drivers.LastStage}, true},
		"no task, and stays":      {annotated(configMap("x", nil), fields{helm: "pre-install", policy: "hook-failed"}), drivers.End{}, false},
		"no task, and goes":       {annotated(configMap("x", nil), fields{helm: "pre-install", policy: "hook-succeeded"}), drivers.End{Well: true, Before: -500_000}, true},
		"holds data":              {annotated(claim, fields{helm: "pre-install", policy: "hook-succeeded"}), drivers.End{}, false},
		"never":                   {annotated(job("x", "shop:1", nil), fields{argo: "Sync", argoPolicy: "HookSucceeded", resource.AnnotationPrune: "never"}), never, true},
	} {
		if end, ends := driver.(drivers.Ending).End(&test.res); end != test.end || ends != test.ends {
			t.Errorf("%s: %+v %t, want %+v %t", name, end, ends, test.end, test.ends)
		}
	}
	data := annotated(object("v1", "PersistentVolumeClaim", "x", nil), fields{helm: "pre-install", policy: "hook-succeeded", resource.AnnotationPrune: "allow"})
	if end, ends := driver.(drivers.Ending).End(&data); !end.Well || !ends {
		t.Errorf("what holds data, and may go: %+v %t", end, ends)
	}
}

func TestDeletePoliciesThatMeanNothing(t *testing.T) {
	for annotation, values := range map[string][2]string{
		"helm.sh/hook-delete-policy":            {"before-hook-creation, hook-succeeded,hook-failed", "hook-succeeded, hook-success"},
		"argocd.argoproj.io/hook-delete-policy": {"BeforeHookCreation,HookSucceeded", "HookDone"},
	} {
		for i, value := range values {
			invalid := kubernetes.Kind().Validate(nil, "", []resource.Resource{annotated(configMap("x", nil), fields{annotation: value})})
			if (len(invalid) > 0) != (i == 1) {
				t.Errorf("%s: %s: %v", annotation, value, invalid)
			}
		}
	}
}

// What a create has made of which the end is not known is told from what somebody else has made.
func TestMade(t *testing.T) {
	w := newTarget(t, nil)
	ours, adopted := configMap("ours", fields{"a": "1"}), configMap("adopted", fields{"a": "1"})
	byHand := func(name, manager string) {
		t.Helper()
		obj := &unstructured.Unstructured{Object: content(configMap(name, fields{"a": "1"}))}
		obj.SetLabels(map[string]string{"holdfast.dev/target": "web"})
		if _, err := w.of("ConfigMap").Create(t.Context(), obj, metav1.CreateOptions{FieldManager: manager}); err != nil {
			t.Fatal(err)
		}
	}
	byHand("adopted", "kubectl-create")
	byHand("theirs", "holdfast")
	time.Sleep(1500 * time.Millisecond) // an apply that is as old as its object to the second is taken for what made it
	w.bring(ours, adopted)
	w.patch(t, "ConfigMap", "ours", "controller", `{"metadata": {"annotations": {"seen": "yes"}}}`)
	pending := []drivers.Owned{}
	for _, name := range []string{"ours", "adopted", "theirs", "absent"} {
		pending = append(pending, drivers.Owned{ID: configMap(name, nil).ID, Pending: true})
	}
	time.Sleep(told)
	observed, err := w.driver.Observe(t.Context(), drivers.ObserveRequest{Owned: pending})
	if err != nil {
		t.Fatal(err)
	}
	uid := string(w.get(t, "ConfigMap", "ours").GetUID())
	if len(observed.Made) != 1 || observed.Made[ours.ID.Key()] != uid {
		t.Errorf("made are %v, want ours, %s", observed.Made, uid)
	}
	pending[0].UID = "known"
	if observed, err = w.driver.Observe(t.Context(), drivers.ObserveRequest{Owned: pending}); err != nil || len(observed.Made) > 0 {
		t.Errorf("made are %v (%v), and the UID is known", observed.Made, err)
	}
}
