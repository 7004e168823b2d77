package kubernetes_test

import (
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Each word by which Flux leaves an object alone is one for holdfast, about
// what is there: it is not changed, by a new state of the manifest either.
func TestEachWordOfFluxLeavesWhatIsThere(t *testing.T) {
	w := newTarget(t, nil)
	before := map[string]string{}
	var all []resource.Resource
	for name, word := range map[string]fields{
		"if-not-present": {"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"},
		"ignore":         {"kustomize.toolkit.fluxcd.io/ssa": "Ignore"},
		"disabled":       {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"},
		"capital":        {"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"},
	} {
		w.serverApply(t, content(configMap(name, fields{"a": "theirs"})), "kustomize-controller")
		before[name] = w.get(t, "ConfigMap", name).GetResourceVersion()
		wanted := configMap(name, fields{"a": "ours"})
		wanted.Content.(fields)["metadata"].(fields)["annotations"] = word
		all = append(all, wanted)
	}
	w.wantInLine(all...)
	w.bring(all...)
	for name, version := range before {
		if after := w.get(t, "ConfigMap", name); after == nil || after.GetResourceVersion() != version {
			t.Errorf("%s was written to", name)
		}
	}
}

// A hook that ran for the old controller runs once more, at the first apply,
// and then for new states only.
func TestAHookThatIsTakenOverRunsOnce(t *testing.T) {
	w := newTarget(t, nil)
	hook, plain := job("migrate", "shop:1", fields{"argocd.argoproj.io/hook": "PreSync"}), configMap("settings", fields{"a": "1"})
	w.create(t, content(hook), "argocd-controller")
	w.create(t, content(plain), "argocd-controller")
	before := w.get(t, "Job", "migrate").GetUID()
	plan := w.plan(hook, plain)
	if change := only(t, plan, "migrate"); change.Action != resource.ActionUpdate {
		t.Errorf("it is to be a %s", change.Action)
	}
	w.meanwhile(func() { w.patchUntilGone("Job", "migrate", before) })
	for _, err := range w.apply(plan) {
		t.Fatal(err)
	}
	after := w.get(t, "Job", "migrate")
	if after == nil || after.GetUID() == before {
		t.Fatal("it did not run")
	}
	time.Sleep(told)
	w.wantInLine(hook, plain)
}
