package kubernetes_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func (w *target) delete(kind, name string) {
	w.t.Helper()
	background := metav1.DeletePropagationBackground
	if err := w.of(kind).Delete(w.t.Context(), name, metav1.DeleteOptions{PropagationPolicy: &background}); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(told)
}

// A hook runs once for each state of what is desired, not at each pass, and
// not again because its object was cleaned up.
func TestHookRunsOnceForEachState(t *testing.T) {
	w := newTarget(t, nil)
	hook := job("migrate", "shop:1", fields{"argocd.argoproj.io/hook": "PreSync"})
	one, two := configMap("settings", fields{"a": "1"}), configMap("settings", fields{"a": "2"})
	w.bring(hook, one)
	first := w.get(t, "Job", "migrate").GetUID()
	w.patch(t, "ConfigMap", "settings", "kubectl-edit", `{"data": {"a": "by hand"}}`)
	time.Sleep(told)
	w.bring(hook, one)
	if w.get(t, "Job", "migrate").GetUID() != first {
		t.Error("it ran again because something had drifted")
	}
	w.delete("Job", "migrate")
	w.wantInLine(hook, one)
	if healths, err := w.driver.(drivers.Healther).Health(t.Context(), []resource.Resource{hook}); err != nil || healths[0].Status != drivers.StatusHealthy {
		t.Errorf("a hook that has run and is gone is %v (%v)", healths, err)
	}
	w.bring(hook, two)
	second := w.get(t, "Job", "migrate")
	if second == nil {
		t.Fatal("it did not run for a new state")
	}
	plan := w.plan(hook, one)
	if change := only(t, plan, "migrate"); change.Action != resource.ActionUpdate {
		t.Errorf("for a new state it is to be a %s", change.Action)
	}
	w.meanwhile(func() { w.patchUntilGone("Job", "migrate", second.GetUID()) })
	for _, err := range w.apply(plan) {
		t.Fatal(err)
	}
	if third := w.get(t, "Job", "migrate"); third == nil || third.GetUID() == second.GetUID() {
		t.Error("it did not run for the next state")
	}
}

// A hook of which a container is at work is not cut short by its next run. One
// that has ended, or that cannot start, gives way at once.
func TestAHookThatRunsIsNotCutShort(t *testing.T) {
	w := newTarget(t, nil)
	hook := func(version string) resource.Resource {
		return job("migrate", "shop:"+version, fields{"argocd.argoproj.io/hook": "PreSync"})
	}
	w.bring(hook("1"))
	first := w.get(t, "Job", "migrate")
	pod := content(object("v1", "Pod", "migrate-x", fields{"spec": fields{"containers": []any{fields{"name": "main", "image": "shop:1"}}}}))
	labels, _, _ := unstructured.NestedMap(first.Object, "spec", "template", "metadata", "labels")
	pod["metadata"].(fields)["labels"] = labels
	pod["metadata"].(fields)["ownerReferences"] = []any{fields{
		"apiVersion": "batch/v1", "kind": "Job", "name": "migrate", "uid": string(first.GetUID()), "controller": true,
	}}
	w.create(t, pod, "job-controller")
	state := func(status string) {
		t.Helper()
		_, err := w.of("Pod").Patch(t.Context(), "migrate-x", types.MergePatchType, []byte(`{"status": `+status+`}`), metav1.PatchOptions{}, "status")
		if err != nil {
			t.Fatal(err)
		}
	}
	container := `{"phase": "Running", "containerStatuses": [{"name": "main", "image": "shop:1", "imageID": "", "ready": false, "restartCount": 0, "state": %s}]}`
	state(fmt.Sprintf(container, `{"running": {"startedAt": "2026-01-01T00:00:00Z"}}`))
	plan := w.plan(hook("2"))
	err := w.apply(plan)["migrate"]
	if !errors.Is(err, drivers.ErrRunning) || !strings.Contains(err.Error(), "delete it if it is not to be waited for") {
		t.Errorf("it ended with %v", err)
	}
	wantMistake(t, err, "none")
	if now := w.get(t, "Job", "migrate"); now == nil || now.GetUID() != first.GetUID() || now.GetDeletionTimestamp() != nil {
		t.Fatal("it was cut short")
	}
	state(fmt.Sprintf(container, `{"waiting": {"reason": "ImagePullBackOff"}, "running": null}`))
	w.meanwhile(func() { w.patchUntilGone("Job", "migrate", first.GetUID()) })
	for _, err := range w.apply(plan) { // the same plan
		t.Fatal(err)
	}
	if now := w.get(t, "Job", "migrate"); now == nil || now.GetUID() == first.GetUID() {
		t.Error("it did not give way")
	}
}

func TestJobThatCleansUpIsNotMadeAgain(t *testing.T) {
	w := newTarget(t, nil)
	cleans, plain := job("cleans", "shop:1", nil), job("plain", "shop:1", nil)
	cleans.Content.(fields)["spec"].(fields)["ttlSecondsAfterFinished"] = int64(60)
	w.bring(cleans, plain)
	w.delete("Job", "cleans")
	w.delete("Job", "plain")
	plan := w.plan(cleans, plain)
	if action := only(t, plan, "cleans").Action; action != resource.ActionNone {
		t.Errorf("the one that cleans up is to be a %s", action)
	}
	if action := only(t, plan, "plain").Action; action != resource.ActionCreate {
		t.Errorf("the other one is to be a %s", action)
	}
}

func TestWhatFluxLeavesAloneIsLeft(t *testing.T) {
	w := newTarget(t, nil)
	wanted := configMap("seed", fields{"a": "1"})
	wanted.Content.(fields)["metadata"].(fields)["annotations"] = fields{"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}
	w.bring(wanted)
	w.patch(t, "ConfigMap", "seed", "someone", `{"data": {"a": "2"}}`)
	time.Sleep(told)
	w.wantInLine(wanted)
}

// What the words on it say is no part of an apply is not made, and nothing
// waits for it.
func TestWhatIsNoPartOfAnApplyIsNotMade(t *testing.T) {
	w := newTarget(t, nil)
	words := map[string][2]string{ // by name: the group of metadata, and the word
		"ignored":     {"annotations", "kustomize.toolkit.fluxcd.io/ssa=Ignore"},
		"disabled":    {"annotations", "kustomize.toolkit.fluxcd.io/reconcile=disabled"},
		"labelled":    {"labels", "kustomize.toolkit.fluxcd.io/reconcile=disabled"},
		"skipped":     {"annotations", "argocd.argoproj.io/hook=Skip"},
		"failed":      {"annotations", "argocd.argoproj.io/hook=SyncFail"},
		"deleted":     {"annotations", "argocd.argoproj.io/hook=PreDelete, PostDelete"},
		"test":        {"annotations", "helm.sh/hook=test"},
		"rolled-back": {"annotations", "helm.sh/hook=pre-rollback,post-delete"},
	}
	all := []resource.Resource{configMap("plain", fields{"a": "1"})}
	for name, word := range words {
		wanted := configMap(name, fields{"a": "1"})
		key, value, _ := strings.Cut(word[1], "=")
		wanted.Content.(fields)["metadata"].(fields)[word[0]] = fields{key: value}
		all = append(all, wanted)
	}
	w.bring(all...)
	if w.get(t, "ConfigMap", "plain") == nil {
		t.Error("what is ordinary was not made")
	}
	for name := range words {
		if w.get(t, "ConfigMap", name) != nil {
			t.Errorf("%s was made", name)
		}
	}
}

func TestStage(t *testing.T) {
	driver := newCluster(t).open(t, nil, nil)
	defer driver.Close()
	for _, test := range []struct {
		annotations fields
		want        int
	}{
		{nil, 0},
		{fields{"argocd.argoproj.io/sync-wave": "-5"}, -5},
		{fields{"argocd.argoproj.io/sync-wave": "99999999"}, 999_999},
		{fields{"argocd.argoproj.io/sync-wave": "soon"}, 0},
		{fields{"argocd.argoproj.io/hook": "PreSync"}, -1_000_000},
		{fields{"argocd.argoproj.io/hook": "Sync", "argocd.argoproj.io/sync-wave": "2"}, 2},
		{fields{"argocd.argoproj.io/hook": "PostSync", "argocd.argoproj.io/sync-wave": "-2"}, 999_998},
		{fields{"helm.sh/hook": "pre-install, pre-upgrade", "helm.sh/hook-weight": "-3"}, -1_000_003},
		{fields{"helm.sh/hook": "post-upgrade"}, 1_000_000},
	} {
		res := configMap("x", nil)
		res.Content.(fields)["metadata"].(fields)["annotations"] = test.annotations
		if got := driver.(drivers.Staged).Stage(&res); got != test.want {
			t.Errorf("%v is of stage %d, want %d", test.annotations, got, test.want)
		}
	}
}

// A hook is shown, and so judged, as the server would make it, whether it runs for
// the first time or in the place of what is there; and so is what is replaced.
func TestAHookIsPlannedAsTheServerWouldMakeIt(t *testing.T) {
	w := newTarget(t, nil)
	hook := job("migrate", "shop:1", fields{"argocd.argoproj.io/hook": "PreSync"})
	plain := job("import", "shop:1", fields{"holdfast.dev/replace": "allow"})
	wantDefaults := func(plan *drivers.Plan, name string) {
		t.Helper()
		change := only(t, plan, name)
		text := fmt.Sprint(change.After.Content)
		for _, want := range []string{"terminationGracePeriodSeconds:30", "backoffLimit:6", "batch.kubernetes.io/job-name:" + name} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not in %s", want, text)
			}
		}
		if strings.Contains(text, "holdfast-") || strings.Contains(text, "controller-uid") || change.After.ID.Name != name {
			t.Errorf("it has another name, or what the server makes up: %s", text)
		}
	}
	wantDefaults(w.plan(hook), "migrate")
	w.bring(hook, plain)
	// What was set by hand goes with what is there, and with it what only that has.
	w.patch(t, "Job", "migrate", "kubectl-edit", `{"spec": {"activeDeadlineSeconds": 77}}`)
	time.Sleep(told)
	again, anew := job("migrate", "shop:2", fields{"argocd.argoproj.io/hook": "PreSync"}), job("import", "shop:2", fields{"holdfast.dev/replace": "allow"})
	plan := w.plan(again, anew)
	wantDefaults(plan, "migrate")
	wantDefaults(plan, "import")
	if text := fmt.Sprint(only(t, plan, "migrate").After.Content); strings.Contains(text, "activeDeadlineSeconds") {
		t.Errorf("what goes is taken for what is to come: %s", text)
	}
	if got := shows(only(t, plan, "import")); got != "spec.template.spec.containers[0].image: shop:1 -> shop:2" {
		t.Errorf("the difference is %s", got)
	}
	if action := only(t, plan, "import").Action; action != resource.ActionReplace {
		t.Errorf("it is to be a %s", action)
	}
	again.Content.(fields)["spec"].(fields)["paralelism"] = int64(2)
	if change := only(t, w.plan(again, anew), "migrate"); !change.Mistaken || change.At.String() != "spec.paralelism" || strings.Contains(change.Refused, "holdfast-") {
		t.Errorf("its mistake is told as %q at %s", change.Refused, change.At)
	}
}
