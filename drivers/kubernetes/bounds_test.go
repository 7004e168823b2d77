package kubernetes_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A commit that names what is not the target's does not show what is there: it is
// planned from its manifest alone, and is the user's mistake.
func TestWhatIsOutsideIsNotReadForACommit(t *testing.T) {
	c, foreign := newCluster(t), newCluster(t)
	theirs := deployment("dep", "shop:1")
	theirs.Content.(fields)["metadata"].(fields)["annotations"] = fields{"note": "a-private-value"}
	foreign.create(t, content(theirs), "kubectl-create")
	p := newProxy(t)
	w := c.target(t, map[string]any{"kubeconfig": p.kubeconfig, "namespaces": []any{c.namespace}})
	guess := deployment("dep", "shop:1")
	guess.Content.(fields)["metadata"].(fields)["annotations"] = fields{"note": "guess"}
	guess = c.within(guess, foreign.namespace)
	for _, owned := range []bool{false, true} { // as after the settings were narrowed
		plan := w.plan(guess, configMap("inside", fields{"a": "1"}))
		change := only(t, plan, "dep")
		if change.Before != nil || change.Drift || !change.Mistaken || change.At.String() != "metadata.namespace" || !strings.Contains(change.Refused, "settings.namespaces") {
			t.Errorf("owned %t: it is planned as %+v", owned, change)
		}
		if text := shows(change); strings.Contains(text, "private") || strings.Contains(fmt.Sprint(change.After.Content), "replicas") {
			t.Errorf("owned %t: it shows what is there: %s\n%v", owned, text, change.After.Content)
		}
		if failed := w.apply(plan); len(failed) != 1 || failed["dep"] == nil || w.get(t, "ConfigMap", "inside") == nil {
			t.Errorf("owned %t: failed are %v", owned, failed)
		}
		digest, err := guess.Digest(key)
		if err != nil {
			t.Fatal(err)
		}
		w.owned[guess.ID.Key()] = drivers.Owned{ID: guess.ID, UID: "made-before", Digest: digest}
	}
	for _, request := range p.taken() {
		if strings.Contains(request, foreign.namespace) {
			t.Errorf("it asked for %s", request)
		}
	}
}

// What was made when the settings had its namespace yet is neither shown nor
// deleted, not even as a hook that has ended, until they have it again or it is gone.
func TestWhatLeftTheSettingsIsNotDeleted(t *testing.T) {
	c, foreign := newCluster(t), newCluster(t)
	both := []any{c.namespace, foreign.namespace}
	wide := c.target(t, map[string]any{"namespaces": both})
	inside, outside := configMap("in", fields{"a": "1"}), c.within(configMap("out", fields{"a": "a-private-value"}), foreign.namespace)
	wide.bring(inside, outside)
	uid := wide.owned[outside.ID.Key()].UID

	w := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	w.owned = wide.owned
	plan := w.plan(inside)
	change := only(t, plan, "out")
	if change.Action != resource.ActionDelete || change.Precondition != uid || !strings.Contains(change.Beyond, "settings.namespaces") {
		t.Errorf("it is planned as %+v", change)
	}
	if strings.Contains(shows(change)+fmt.Sprint(change.Before.Content), "private") {
		t.Errorf("it shows what is there: %s", shows(change))
	}
	if failed := w.apply(plan); failed["out"] == nil || foreign.get(t, "ConfigMap", "out") == nil {
		t.Errorf("its deletion ends with %v", failed["out"])
	}
	cleared := &journal{target: w, failed: map[string]error{}}
	if err := w.driver.(drivers.Ending).Clear(t.Context(), []resource.Change{change}, cleared); err != nil || cleared.failed["out"] == nil {
		t.Errorf("as a hook it goes with %v (%v)", cleared.failed["out"], err)
	}
	if obj := foreign.get(t, "ConfigMap", "out"); obj == nil || string(obj.GetUID()) != uid {
		t.Fatal("it is gone")
	}

	if err := foreign.of("ConfigMap").Delete(t.Context(), "out", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(told)
	if plan := w.plan(inside); slices.ContainsFunc(plan.Changes, func(c resource.Change) bool { return c.ID.Name == "out" }) {
		t.Errorf("it is gone, and planned are %+v", plan.Changes)
	}
}

// What another target wants and may not have takes nothing from whose it is: it
// makes no conflict, and no heir, and tells nothing of a kind.
func TestWhatATargetMayNotHaveIsInNobodysWay(t *testing.T) {
	c, foreign := newCluster(t), newCluster(t)
	group := strings.ReplaceAll(c.namespace, "-", "") + ".example.com"
	w := c.target(t, nil)
	ours, house := configMap("ours", fields{"a": "1"}), object(group+"/v1", "House", "x", nil)
	crd := definition(group, "House", "Cluster")
	theirs := func(res resource.Resource, namespace string) resource.Resource {
		res = c.within(res, namespace)
		res.ID.Target = "shop"
		return res
	}
	wrong := definition(group, "House", "Namespaced")
	bounded := drivers.Neighbour{
		Target: "shop", Place: foreign.namespace, Settings: map[string]any{"namespaces": []any{foreign.namespace}},
		Resources: []resource.Resource{theirs(ours, c.namespace), theirs(house, ""), theirs(wrong, ""), theirs(configMap("theirs", nil), "")},
	}
	w.others = []drivers.Neighbour{bounded}
	for range 2 { // the kind is not there at first
		plan, err := w.tryPlan(ours, house, crd)
		if err != nil {
			t.Fatal(err)
		}
		for i, res := range bounded.Resources {
			if plan.Beyond[res.ID.Key()] != (i < 3) {
				t.Errorf("that target %s may not have %s is %t", res.ID.Target, res.ID, plan.Beyond[res.ID.Key()])
			}
		}
		w.apply(plan)
	}
	plan := w.plan()
	if change := only(t, plan, "ours"); change.Action != resource.ActionDelete {
		t.Errorf("it is to be a %s", change.Action)
	}
	if !plan.Beyond[theirs(house, "").ID.Key()] {
		t.Error("the definition goes, and is not told any more that the kind is in no namespace")
	}

	// And it does not hold up the rest of the target that wants it.
	unbounded := drivers.Neighbour{Target: "shop", Resources: []resource.Resource{theirs(ours, foreign.namespace)}}
	tenant := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	tenant.others = []drivers.Neighbour{unbounded}
	plan, err := tenant.tryPlan(c.within(ours, foreign.namespace), configMap("inside", nil))
	if err != nil {
		t.Fatal(err)
	}
	if change := only(t, plan, "ours"); !change.Mistaken {
		t.Errorf("it is planned as %+v", change)
	}
	if failed := tenant.apply(plan); len(failed) != 1 || tenant.get(t, "ConfigMap", "inside") == nil {
		t.Errorf("failed are %v", failed)
	}
}

// A kind that is in no namespace is not known as such before the server serves it.
func TestAKindThatTurnsOutToBeInNoNamespaceIsOutside(t *testing.T) {
	c := newCluster(t)
	group := strings.ReplaceAll(c.namespace, "-", "") + ".example.com"
	w := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	castle := object(group+"/v1", "Castle", c.namespace, nil)
	plan := w.plan(castle)
	c.target(t, nil).bring(definition(group, "Castle", "Cluster")) // by another target meanwhile
	err := w.apply(plan)[castle.ID.Name]
	for end := time.Now().Add(time.Minute); err != nil && strings.Contains(err.Error(), "does not know this kind") && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond) // it takes the server a moment to serve it
		err = w.apply(plan)[castle.ID.Name]
	}
	if mistake := (*drivers.Mistake)(nil); !errors.As(err, &mistake) || !strings.Contains(err.Error(), "settings.namespaces") {
		t.Errorf("it ends with %v", err)
	}
}
