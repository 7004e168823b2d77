package kubernetes_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Nothing is asked, and nothing written, where nothing changes.
func TestNoRequestsWhereNothingChanges(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	var all []resource.Resource
	for i := range 20 {
		all = append(all, configMap(fmt.Sprintf("settings-%d", i), fields{"a": "1"}), deployment(fmt.Sprintf("web-%d", i), "web:1"))
	}
	w.bring(all...)
	before := w.fingerprint(t)
	w.apply(w.plan(all...))
	p.taken()
	// A status changes all the time, and no plan depends on it.
	w.patch(t, "Deployment", "web-3", "kubectl-edit", `{"metadata": {"annotations": {"a": "b"}}}`)
	_, err := w.of("Deployment").Patch(t.Context(), "web-4", types.MergePatchType, []byte(`{"status": {"replicas": 1}}`), metav1.PatchOptions{}, "status")
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(told)
	w.bring(all...)
	if requests := p.taken(); len(requests) != 4 || strings.Count(strings.Join(requests, " "), "web-3") != 4 {
		t.Errorf("one object has drifted, and these requests were made: %s", requests)
	}
	w.apply(w.plan(all...))
	if requests := p.taken(); len(requests) > 0 {
		t.Errorf("nothing changed, and these requests were made: %s", requests)
	}
	w.patch(t, "Deployment", "web-4", "kubectl-edit", `{"status": {"replicas": 0}}`)
	if after := strings.ReplaceAll(w.fingerprint(t), `"status":{"replicas":1}`, `"status":{}`); after != before {
		t.Errorf("what was\n%s\nis now\n%s", before, after)
	}
}

func TestStatusWrittenMeanwhileStopsNoUpdate(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(deployment("web", "web:1"), deployment("gone", "web:1"))
	plan := w.plan(deployment("web", "web:2"))
	for _, name := range []string{"web", "gone"} {
		_, err := w.of("Deployment").Patch(t.Context(), name, types.MergePatchType, []byte(`{"status": {"replicas": 1}}`), metav1.PatchOptions{}, "status")
		if err != nil {
			t.Fatal(err)
		}
	}
	if failed := w.apply(plan); len(failed) > 0 {
		t.Error(failed)
	}
	if w.get(t, "Deployment", "gone") != nil {
		t.Error("it was not deleted")
	}
}

func TestSpecWrittenMeanwhileIsStale(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(deployment("web", "web:1"), deployment("gone", "web:1"))
	plan := w.plan(deployment("web", "web:2"))
	for _, name := range []string{"web", "gone"} {
		w.patch(t, "Deployment", name, "kubectl-edit", `{"spec": {"paused": true}}`)
	}
	failed := w.apply(plan)
	for _, name := range []string{"web", "gone"} {
		if !errors.Is(failed[name], drivers.ErrStale) {
			t.Errorf("%s ended with %v", name, failed[name])
		}
		if paused, _, _ := unstructured.NestedBool(w.get(t, "Deployment", name).Object, "spec", "paused"); !paused {
			t.Errorf("the edit of %s was lost", name)
		}
	}
}

func job(name, image string, annotations fields) resource.Resource {
	res := object("batch/v1", "Job", name, fields{"spec": fields{"template": fields{"spec": fields{
		"restartPolicy": "Never", "containers": []any{fields{"name": "main", "image": image}},
	}}}})
	if annotations != nil {
		res.Content.(fields)["metadata"].(fields)["annotations"] = annotations
	}
	return res
}

func TestImmutableFieldIsExplainedAndReplacedByWordOnly(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(job("migrate", "shop:1", nil))
	before := w.get(t, "Job", "migrate").GetUID()
	plan := w.plan(job("migrate", "shop:2", nil))
	if change := only(t, plan, "migrate"); change.Action != resource.ActionUpdate || !strings.Contains(shows(change), "shop:2") {
		t.Errorf("the plan is a %s: %s", change.Action, shows(change))
	}
	err := w.apply(plan)["migrate"]
	if err == nil || !strings.Contains(err.Error(), "spec.template") || !strings.Contains(err.Error(), "holdfast.dev/replace: allow") {
		t.Errorf("it ended with %v", err)
	}
	if w.get(t, "Job", "migrate").GetUID() != before {
		t.Fatal("it was replaced without a word")
	}
	for _, word := range []fields{
		{"holdfast.dev/replace": "allow"}, {"kustomize.toolkit.fluxcd.io/force": "enabled"}, {"argocd.argoproj.io/sync-options": "Prune=false, Force=true"},
	} {
		before := w.get(t, "Job", "migrate").GetUID()
		wanted := job("migrate", fmt.Sprintf("shop:%d", len(word)+time.Now().Nanosecond()), word)
		plan := w.plan(wanted)
		if change := only(t, plan, "migrate"); change.Action != resource.ActionReplace || change.Precondition != string(before) {
			t.Errorf("%v: the plan is a %s", word, change.Action)
		}
		// No controller collects the garbage here.
		w.meanwhile(func() { w.patchUntilGone("Job", "migrate", before) })
		for _, err := range w.apply(plan) {
			t.Fatal(err)
		}
		if w.get(t, "Job", "migrate").GetUID() == before {
			t.Errorf("%v: it is still the same", word)
		}
		time.Sleep(told)
		w.wantInLine(wanted)
	}
}

func (w *target) meanwhile(do func()) {
	ended := make(chan struct{})
	go func() { defer close(ended); do() }()
	w.t.Cleanup(func() { <-ended })
}

// patchUntilGone is the garbage collector for one object that makes nothing.
func (w *target) patchUntilGone(kind, name string, uid types.UID) {
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		obj, err := w.of(kind).Get(context.Background(), name, metav1.GetOptions{})
		if err != nil || obj.GetUID() != uid {
			return
		}
		if obj.GetDeletionTimestamp() != nil {
			_, _ = w.of(kind).Patch(context.Background(), name, types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`), metav1.PatchOptions{})
		}
	}
}

// A kind, a namespace, and what needs them, in one commit.
func TestKindAndNamespaceComeWithWhatNeedsThem(t *testing.T) {
	w := newTarget(t, nil)
	group := strings.ReplaceAll(w.namespace, "-", "") + ".example.com"
	crd := object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "shops."+group, fields{"spec": fields{
		"group": group, "scope": "Namespaced", "names": fields{"kind": "Shop", "plural": "shops"},
		"versions": []any{fields{"name": "v1", "served": true, "storage": true, "schema": fields{"openAPIV3Schema": fields{
			"type": "object", "properties": fields{"spec": fields{"type": "object", "properties": fields{"size": fields{"type": "integer", "default": int64(3)}}}},
		}}}},
	}})
	space := object("v1", "Namespace", w.namespace+"-new", nil)
	shop := object(group+"/v1", "Shop", "corner", fields{"spec": fields{}})
	shop = w.within(shop, space.ID.Name)
	inside := w.within(configMap("inside", fields{"a": "1"}), space.ID.Name)
	all := []resource.Resource{shop, inside, crd, space}

	edges := w.driver.(drivers.Dependencies).DependsOn(all)
	if len(edges[shop.ID.Key()]) != 2 || len(edges[inside.ID.Key()]) != 1 {
		t.Errorf("edges are %v", edges)
	}
	plan := w.plan(all...)
	for _, change := range plan.Changes {
		if change.Action != resource.ActionCreate || change.After == nil {
			t.Errorf("%s is to be a %s", change.ID, change.Action)
		}
	}
	j := &journal{target: w, failed: map[string]error{}}
	for _, names := range [][]string{{crd.ID.Name, space.ID.Name}, {"corner", "inside"}} { // a wave after the other
		var wave []resource.Change
		for _, name := range names {
			wave = append(wave, only(t, plan, name))
		}
		if err := w.driver.Apply(t.Context(), plan, wave, j); err != nil {
			t.Fatal(err)
		}
		w.awaitHealth(all[2:]...)
	}
	if len(j.failed) > 0 {
		t.Fatal(j.failed)
	}
	w.wantInLine(all...)
	shops := schema.GroupVersionResource{Group: group, Version: "v1", Resource: "shops"}
	live, err := w.Resource(shops).Namespace(space.ID.Name).Get(t.Context(), "corner", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if size, _, _ := unstructured.NestedInt64(live.Object, "spec", "size"); size != 3 {
		t.Errorf("its size is %d", size)
	}
	for _, change := range w.plan(all...).Changes {
		if want := change.ID.Kind == "Namespace" || change.ID.Kind == "CustomResourceDefinition"; change.Stateful != want {
			t.Errorf("%s is stateful: %t", change.ID, change.Stateful)
		}
	}
}

func (w *target) awaitHealth(resources ...resource.Resource) {
	w.t.Helper()
	var unwell string
	for range 100 {
		healths, err := w.driver.(drivers.Healther).Health(w.t.Context(), resources)
		if err != nil {
			w.t.Fatal(err)
		}
		unwell = ""
		for _, h := range healths {
			if h.Status != drivers.StatusHealthy {
				unwell = fmt.Sprintf("%s is %s: %s", h.ID, h.Status, h.Reason)
			}
		}
		if unwell == "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatal(unwell)
}

// What the server's admission refuses is that change's failure and no other's.
func TestRefusalIsItsOwn(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(
		object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", w.namespace, fields{"spec": fields{
			"matchConstraints": fields{"resourceRules": []any{fields{
				"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "operations": []any{"CREATE", "UPDATE"}, "resources": []any{"configmaps"},
			}}},
			"validations": []any{fields{"expression": "!has(object.data) || !has(object.data.refused)", "message": "no such thing here"}},
		}}),
		object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", w.namespace, fields{"spec": fields{
			"policyName": w.namespace, "validationActions": []any{"Deny"},
			"matchResources": fields{"namespaceSelector": fields{"matchLabels": fields{"kubernetes.io/metadata.name": w.namespace}}},
		}}),
	)
	w.owned = map[resource.Key]drivers.Owned{}
	refused := configMap("bad", fields{"refused": "yes"})
	for range 100 { // the policy takes a moment to be in force
		if err := w.apply(w.plan(refused))["bad"]; err != nil {
			break
		}
		_ = w.of("ConfigMap").Delete(t.Context(), "bad", metav1.DeleteOptions{})
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(told)
	failed := w.apply(w.plan(refused, configMap("good", fields{"a": "1"}), configMap("misspelt", nil), func() resource.Resource {
		res := deployment("web", "web:1")
		res.Content.(fields)["spec"].(fields)["replics"] = int64(2)
		return res
	}()))
	if err := failed["bad"]; err == nil || !strings.Contains(err.Error(), "no such thing here") {
		t.Errorf("the refused one ended with %v", err)
	}
	if err := failed["web"]; err == nil || !strings.Contains(err.Error(), "replics") {
		t.Errorf("the misspelt one ended with %v", err)
	}
	if w.get(t, "ConfigMap", "good") == nil {
		t.Error("the others suffer from it")
	}
}

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
	w.others = []resource.Resource{elsewhere}
	if _, err := w.tryPlan(wanted); err == nil || !strings.Contains(err.Error(), "target shop wants") {
		t.Errorf("both want it, and the plan ends with %v", err)
	}

	w.others[0].ID.Name = "other" // the other target lives, and wants it no longer
	w.bring(wanted)
	if holder := w.get(t, "ConfigMap", "settings").GetLabels()["holdfast.dev/target"]; holder != "web" {
		t.Errorf("it is labelled as target %s's", holder)
	}

	w.others = []resource.Resource{elsewhere} // and back
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

func TestTargetKeepsToItsNamespaces(t *testing.T) {
	c := newCluster(t)
	w := c.target(t, map[string]any{"namespaces": []any{c.namespace}})
	outside := c.within(configMap("outside", fields{"a": "1"}), "default")
	space := object("v1", "Namespace", w.namespace+"-other", nil)
	failed := w.apply(w.plan(configMap("inside", fields{"a": "1"}), outside, space))
	if len(failed) != 2 || failed["outside"] == nil || failed[space.ID.Name] == nil {
		t.Errorf("failed are %v", failed)
	}
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

func TestCredentialsAreReadAnewWhenTheyExpire(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	w.bring(configMap("settings", fields{"a": "1"}))
	valid := "Bearer second"
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if in.Header.Get("Authorization") == valid {
			return false
		}
		out.Header().Set("Content-Type", "application/json")
		out.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(out, `{"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401}`)
		return true
	})
	_, err := w.tryPlan(configMap("settings", fields{"a": "2"}))
	if err == nil {
		t.Fatal("there are no valid credentials, and there is a plan")
	}
	p.write(t, p.address, "second")
	w.bring(configMap("settings", fields{"a": "2"}))
}

func TestBusyServerIsGivenTime(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	answers := 0
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if answers++; answers%2 == 0 || in.URL.Query().Get("watch") != "" {
			return false
		}
		out.Header().Set("Retry-After", "0")
		out.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	w.bring(configMap("settings", fields{"a": "1"}), configMap("more", fields{"a": "1"}))
}

func TestServerAwayIsUnreachable(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	w.bring(configMap("settings", fields{"a": "1"}))
	plan := w.plan(configMap("settings", fields{"a": "2"}))
	p.meddleWith(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	if err := w.apply(plan)["settings"]; !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("the change ended with %v", err)
	}
	if _, err := w.tryPlan(configMap("other", nil)); !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("observing ended with %v", err)
	}
	p.meddleWith(nil)
	w.bring(configMap("settings", fields{"a": "2"}))
}

// The answer to a create is lost: the object is there, and belongs to the target.
func TestLostAnswerLeadsToTheSameEnd(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	plan := w.plan(configMap("settings", fields{"a": "1"}))
	lost := false
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if in.Method == http.MethodPatch && !lost {
			lost = true
			p.forward(nowhere{}, in)
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if err := w.apply(plan)["settings"]; !errors.Is(err, drivers.ErrStale) {
		t.Errorf("it ended with %v", err)
	}
	time.Sleep(told)
	w.bring(configMap("settings", fields{"a": "1"}))
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

type nowhere struct{}

func (nowhere) Header() http.Header            { return http.Header{} }
func (nowhere) Write(text []byte) (int, error) { return len(text), nil }
func (nowhere) WriteHeader(int)                {}

// A plan is about what is there when it is made, whatever the watches have
// told by then.
func TestPlanSeesWhatChangedSinceItWasObserved(t *testing.T) {
	w := newTarget(t, nil)
	w.bring(configMap("settings", fields{"a": "1"}))
	wanted := []resource.Resource{configMap("settings", fields{"a": "3"}), configMap("new", fields{"a": "1"})}
	observed, err := w.driver.Observe(t.Context(), drivers.ObserveRequest{Desired: wanted})
	if err != nil {
		t.Fatal(err)
	}
	w.patch(t, "ConfigMap", "settings", "kubectl-edit", `{"data": {"a": "2"}}`)
	w.create(t, content(configMap("new", fields{"a": "0"})), "kubectl-create")
	plan, err := w.driver.Plan(t.Context(), drivers.PlanRequest{Desired: wanted, Observed: observed})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"settings": "data.a: 2 -> 3", "new": "data.a: 0 -> 1"} {
		if change := only(t, plan, name); change.Action != resource.ActionUpdate || !strings.Contains(shows(change), want) {
			t.Errorf("%s is to be a %s: %s", name, change.Action, shows(change))
		}
	}
	if failed := w.apply(plan); len(failed) > 0 {
		t.Error(failed)
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
	if err != nil || len(found) != 1 || found[0].ID.Name != "stray" {
		t.Errorf("unmanaged are %v (%v)", found, err)
	}
}
