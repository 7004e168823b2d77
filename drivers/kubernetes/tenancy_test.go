package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestAnotherTargetsObjectIsLeftAlone(t *testing.T) {
	w := newTarget(t, nil)
	theirs := content(configMap("settings", fields{"a": "1"}))
	theirs["metadata"].(fields)["labels"] = fields{"holdfast.dev/target": "shop"}
	w.serverApply(t, theirs, "holdfast")
	wanted := configMap("settings", fields{"a": "2"})
	if err := w.apply(w.plan(wanted))["settings"]; err == nil || !strings.Contains(err.Error(), "target shop") {
		t.Errorf("it ended with %v", err)
	}

	elsewhere := configMap("settings", fields{"a": "1"})
	elsewhere.ID.Target, elsewhere.ID.Namespace = "shop", w.namespace
	w.others = []drivers.Neighbour{{Target: "shop", Resources: []resource.Resource{elsewhere}}}
	if _, err := w.tryPlan(wanted); err == nil || !strings.Contains(err.Error(), "target shop wants") {
		t.Errorf("both want it, and the plan ends with %v", err)
	}

	w.others = []drivers.Neighbour{{Target: "shop"}} // the other target lives, and wants nothing any more
	w.bring(wanted)
	if holder := w.get(t, "ConfigMap", "settings").GetLabels()["holdfast.dev/target"]; holder != "web" {
		t.Errorf("it is labelled as target %s's", holder)
	}

	w.others = []drivers.Neighbour{{Target: "shop", Resources: []resource.Resource{elsewhere}}} // and back
	if change := only(t, w.plan(), "settings"); change.Action != resource.ActionMove || change.After.ID.Target != "shop" {
		t.Errorf("the other target wants it, and it is to be a %s", change.Action)
	}
	w.others = nil
	w.patch(t, "ConfigMap", "settings", "holdfast", `{"metadata": {"labels": {"holdfast.dev/target": "shop"}}}`)
	time.Sleep(told)
	if err := w.apply(w.plan())["settings"]; err == nil || w.get(t, "ConfigMap", "settings") == nil {
		t.Errorf("another target has taken it, and its deletion ends with %v", err)
	}
}

// Two targets want one object, and each may write the namespace out or leave it
// to its settings. A kind that is in no namespace is told by the server, or by
// its definition as long as the server does not serve it.
func TestWhatTwoTargetsWantIsFoundHoweverTheyWriteIt(t *testing.T) {
	c := newCluster(t)
	group := strings.ReplaceAll(c.namespace, "-", "") + ".example.com"
	for _, kind := range []string{"Room", "House"} {
		c.target(t, nil).bring(definition(group, kind, map[string]string{"Room": "Namespaced", "House": "Cluster"}[kind]))
	}
	one, two := c.namespace, c.namespace+"-other"
	for _, test := range []struct {
		group, kind   string
		ours, theirs  string // the namespaces that are written out
		place         string // the other target's default; ours is one
		want          bool
		definedByWhom string // of the kind, which is not served yet; "" if it is
	}{
		{"", "ConfigMap", "", "", one, true, ""},
		{"", "ConfigMap", "", "", two, false, ""},
		{"", "ConfigMap", one, "", one, true, ""},
		{"", "ConfigMap", two, "", two, true, ""},
		{"", "ConfigMap", one, "", two, false, ""},
		{"", "ConfigMap", "", one, two, true, ""},
		{"", "ConfigMap", "", two, one, false, ""},
		{"", "Namespace", "", "", two, true, ""},
		{"", "Namespace", "", one, two, true, ""}, // which the server ignores
		{group, "Room", "", "", one, true, ""},
		{group, "Room", "", "", two, false, ""},
		{group, "House", "", "", two, true, ""},
		{group, "House", "", one, two, true, ""},
		{group, "Tower", "", "", two, true, "us"},
		{group, "Tower", "", "", two, true, "them"},
		{group, "Flat", "", "", two, false, "us"},
		{group, "Flat", "", "", one, true, "them"},
	} {
		w := c.target(t, nil)
		version := strings.TrimPrefix(test.group+"/v1", "/")
		res, other := object(version, test.kind, "x", nil), object(version, test.kind, "x", nil)
		other.ID.Target = "shop"
		desired := []resource.Resource{w.within(res, test.ours)}
		theirs := drivers.Neighbour{Target: "shop", Place: test.place, Resources: []resource.Resource{w.within(other, test.theirs)}}
		defined := definition(group, test.kind, map[string]string{"Tower": "Cluster"}[test.kind])
		switch test.definedByWhom {
		case "us":
			desired = append(desired, defined)
		case "them":
			defined.ID.Target = "shop"
			theirs.Resources = append(theirs.Resources, defined)
		}
		w.others = []drivers.Neighbour{theirs}
		_, err := w.tryPlan(desired...)
		if found := err != nil && strings.Contains(err.Error(), "target shop wants"); found != test.want || !found && err != nil {
			t.Errorf("%+v: the plan ends with %v", test, err)
		}
	}
}

func TestTargetKeepsToItsNamespaces(t *testing.T) {
	c := newCluster(t)
	w := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	outside := c.within(configMap("outside", fields{"a": "1"}), "default")
	space := object("v1", "Namespace", w.namespace+"-other", nil)
	failed := w.apply(w.plan(configMap("inside", fields{"a": "1"}), outside, space))
	if len(failed) != 2 || failed["outside"] == nil || failed[space.ID.Name] == nil {
		t.Errorf("failed are %v", failed)
	}
	wantMistake(t, failed["outside"], "metadata.namespace")
	if w.get(t, "ConfigMap", "inside") == nil || w.get(t, "Namespace", space.ID.Name) != nil {
		t.Error("it does not keep to its namespaces")
	}
}

// A tenant acts with the rights of its service account, and what it may not
// even look at is no obstacle to the rest.
func TestImpersonation(t *testing.T) {
	c := newCluster(t)
	admin := c.target(t, nil)
	role := object("rbac.authorization.k8s.io/v1", "Role", "tenant", fields{"rules": []any{fields{
		"apiGroups": []any{""}, "resources": []any{"configmaps"}, "verbs": []any{"get", "list", "watch", "create", "patch", "update", "delete"},
	}}})
	binding := object("rbac.authorization.k8s.io/v1", "RoleBinding", "tenant", fields{
		"roleRef":  fields{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"},
		"subjects": []any{fields{"kind": "ServiceAccount", "name": "tenant", "namespace": c.namespace}},
	})
	admin.bring(role, binding)
	w := c.target(t, map[string]any{"impersonate": map[string]any{
		"serviceAccount": map[string]any{"namespace": c.namespace, "name": "tenant"},
	}})
	failed := w.apply(w.plan(configMap("allowed", fields{"a": "1"}), deployment("web", "web:1")))
	if err := failed["web"]; len(failed) != 1 || err == nil || !strings.Contains(err.Error(), "tenant") {
		t.Errorf("failed are %v", failed)
	}
	if w.get(t, "ConfigMap", "allowed") == nil || w.get(t, "Deployment", "web") != nil {
		t.Error("it does not act as whom it shall")
	}
}

func TestInventoryIsNotWrittenOverAnothers(t *testing.T) {
	c := newCluster(t)
	one, other := c.target(t, nil).driver.(drivers.Keeper), c.target(t, nil).driver.(drivers.Keeper)
	for _, keeper := range []drivers.Keeper{one, other} {
		if holding, err := keeper.Holding(t.Context()); holding != nil || err != nil {
			t.Fatalf("held is %v (%v)", holding, err)
		}
	}
	holding := drivers.Holding{Holder: "one", Target: "web", Since: time.Unix(0, 0).UTC()}
	for range 300 * 50 {
		holding.Owned = append(holding.Owned, drivers.Owned{
			ID:  resource.ID{Target: "web", APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: fmt.Sprintf("web-%d", len(holding.Owned))},
			UID: fmt.Sprintf("%08d-aaaa-bbbb-cccc-%012d", len(holding.Owned)*7919, len(holding.Owned)*104729), Digest: strings.Repeat("0123456789abcdef", 4),
		})
	}
	if err := one.Hold(t.Context(), holding); err != nil {
		t.Fatal(err)
	}
	if err := other.Hold(t.Context(), drivers.Holding{Holder: "other", Target: "web"}); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("the other writes over it (%v)", err)
	}
	if seen, err := other.Holding(t.Context()); err != nil || seen.Holder != "one" || len(seen.Owned) != len(holding.Owned) {
		t.Errorf("the other sees %v (%v)", seen, err)
	}
}

// Who holds the target is known by a watch. That it is another by now is seen, and
// where it is not seen yet, it is not written over.
func TestAnotherHolderIsSeen(t *testing.T) {
	c := newCluster(t)
	one, other := c.target(t, nil), c.target(t, nil)
	keeper, rival := one.driver.(drivers.Keeper), other.driver.(drivers.Keeper)
	one.bring(configMap("settings", fields{"a": "1"}))
	if err := keeper.Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	if _, err := rival.Holding(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := rival.Hold(t.Context(), drivers.Holding{Holder: "other", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	if err := keeper.Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err == nil {
		t.Error("it is written over")
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		holding, err := keeper.Holding(t.Context())
		if err == nil && holding.Holder == "other" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("held is %+v (%v)", holding, err)
		}
	}
}

func TestUnmanagedIsWhatNobodyOwns(t *testing.T) {
	c := newCluster(t)
	w := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	w.bring(configMap("ours", fields{"a": "1"}))
	if err := w.driver.(drivers.Keeper).Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	w.create(t, content(configMap("stray", fields{"a": "1"})), "kubectl-create")
	var owned []drivers.Owned
	for _, entry := range w.owned {
		owned = append(owned, entry)
	}
	found, err := w.driver.(drivers.Lister).Unmanaged(t.Context(), owned)
	if err != nil || len(found.Resources) != 1 || found.Resources[0].ID.Name != "stray" {
		t.Errorf("unmanaged are %+v (%v)", found, err)
	}
}
