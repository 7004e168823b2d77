package kubernetes_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	keeper := w.driver.(drivers.Keeper)
	if err := keeper.Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
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
	if holding, err := keeper.Holding(t.Context()); err != nil || holding.Holder != "one" {
		t.Errorf("held is %+v (%v)", holding, err)
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
	plan := w.plan(job("migrate", "shop:2", fields{"argocd.argoproj.io/sync-options": "Replace=true"})) // which is no leave to delete
	if change := only(t, plan, "migrate"); change.Action != resource.ActionUpdate || !strings.Contains(shows(change), "shop:2") {
		t.Errorf("the plan is a %s: %s", change.Action, shows(change))
	}
	err := w.apply(plan)["migrate"]
	if err == nil || !strings.Contains(err.Error(), "spec.template") || !strings.Contains(err.Error(), "field is immutable") || !strings.Contains(err.Error(), "holdfast.dev/replace: allow") {
		t.Errorf("it ended with %v", err)
	}
	if err != nil && (len(err.Error()) > 300 || strings.Contains(err.Error(), "restartPolicy")) {
		t.Errorf("it quotes the whole template: %v", err)
	}
	wantMistake(t, err, "spec.template")
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

// wantMistake asserts that an error is the user's to mend, at the path; "" is the
// object as a whole, and "none" that it is not theirs.
func wantMistake(t *testing.T, err error, path string) {
	t.Helper()
	mistake, got := (*drivers.Mistake)(nil), "none"
	if errors.As(err, &mistake) {
		got = mistake.Path.String()
	}
	if got != path {
		t.Errorf("a mistake at %q, want %q: %v", got, path, err)
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

// definition is that of a kind with a field size; "" as the scope is Namespaced.
func definition(group, kind, scope string) resource.Resource {
	plural := strings.ToLower(kind) + "s"
	return object("apiextensions.k8s.io/v1", "CustomResourceDefinition", plural+"."+group, fields{"spec": fields{
		"group": group, "scope": cmp.Or(scope, "Namespaced"), "names": fields{"kind": kind, "plural": plural},
		"versions": []any{fields{"name": "v1", "served": true, "storage": true, "schema": fields{"openAPIV3Schema": fields{
			"type": "object", "properties": fields{"spec": fields{"type": "object", "properties": fields{"size": fields{"type": "integer", "default": int64(3)}}}},
		}}}},
	}})
}

// A kind, a namespace, and what needs them, in one commit.
func TestKindAndNamespaceComeWithWhatNeedsThem(t *testing.T) {
	w := newTarget(t, nil)
	group := strings.ReplaceAll(w.namespace, "-", "") + ".example.com"
	crd := definition(group, "Shop", "Namespaced")
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
	// What the server makes of it was not known when it was planned, and is
	// planned, and judged, first.
	if err := j.failed["corner"]; len(j.failed) != 1 || !errors.Is(err, drivers.ErrStale) {
		t.Fatal(j.failed)
	}
	plan = w.plan(all...)
	if size, _ := resource.Lookup(only(t, plan, "corner").After.Content, resource.Path{"spec", "size"}); size != int64(3) {
		t.Errorf("its size is to be %v", size)
	}
	for _, err := range w.apply(plan) {
		t.Fatal(err)
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
	wantMistake(t, failed["bad"], "none") // but the cluster's policy
	if err := failed["web"]; err == nil || !strings.Contains(err.Error(), "replics") {
		t.Errorf("the misspelt one ended with %v", err)
	}
	wantMistake(t, failed["web"], "spec.replics")
	if w.get(t, "ConfigMap", "good") == nil {
		t.Error("the others suffer from it")
	}
}

// What the server finds wrong with what is asked for is told in the plan as in
// the apply, with the field.
func TestMistakesArePlaced(t *testing.T) {
	w := newTarget(t, nil)
	fixed := func(value string) resource.Resource {
		return object("v1", "ConfigMap", "fixed", fields{"data": fields{"a": value}, "immutable": true})
	}
	group := strings.ReplaceAll(w.namespace, "-", "") + ".example.com"
	w.bring(definition(group, "Shop", ""), fixed("1"))
	container := func(more fields) resource.Resource {
		res := deployment("web", "web:1")
		containers, _ := resource.Lookup(res.Content, resource.Path{"spec", "template", "spec"})
		containers.(fields)["containers"] = []any{fields{"name": "side", "image": "side:1"}, more}
		return res
	}
	for path, wanted := range map[string]resource.Resource{
		"spec.template.spec.containers[1].imag":                   container(fields{"name": "main", "image": "web:1", "imag": "web:2"}),
		"spec.template.spec.containers[1].ports[0].containerPort": container(fields{"name": "main", "image": "web:1", "ports": []any{fields{"containerPort": int64(80000)}}}),
		"spec.template.spec.containers[1]":                        container(fields{"name": "main"}), // without an image
		"spec.template.spec.containers[1].resources.requests.cpu": container(fields{"name": "main", "image": "web:1", "resources": fields{"requests": fields{"cpu": "-1"}}}),
		"spec.template.spec.containers[1].env[0].value":           container(fields{"name": "main", "image": "web:1", "env": []any{fields{"name": "A", "value": int64(1)}}}),
		"data[\"not a key\"]":                                     configMap("keys", fields{"not a key": "x"}),
		"data":                                                    fixed("2"),
		"spec.size":                                               object(group+"/v1", "Shop", "corner", fields{"spec": fields{"size": "large"}}),
		"spec.colour":                                             object(group+"/v1", "Shop", "corner", fields{"spec": fields{"colour": "red"}}),
	} {
		desired := []resource.Resource{definition(group, "Shop", ""), wanted}
		if wanted.ID.Name != "fixed" {
			desired = append(desired, fixed("1"))
		}
		plan := w.plan(desired...)
		change := only(t, plan, wanted.ID.Name)
		if !change.Mistaken || change.At.String() != path {
			t.Errorf("%s: planned is a mistake (%t) at %s: %s", path, change.Mistaken, change.At, change.Refused)
		}
		if strings.Contains(change.Refused, "typed patch") {
			continue // the apply gives a definition time to be known
		}
		failed := w.apply(plan)
		wantMistake(t, failed[wanted.ID.Name], path)
		if len(failed) != 1 {
			t.Errorf("failed are %v", failed)
		}
	}
	// A field that comes with the same commit is no mistake.
	more := definition(group, "Shop", "")
	properties, _ := resource.Lookup(more.Content, resource.Path{"spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec", "properties"})
	properties.(fields)["colour"] = fields{"type": "string"}
	change := only(t, w.plan(more, object(group+"/v1", "Shop", "corner", fields{"spec": fields{"colour": "red"}})), "corner")
	if change.Mistaken || change.Refused != "" {
		t.Errorf("it is refused: %s", change.Refused)
	}
}

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

// stopped is a journal that ends the apply at the first change: the context
// with cancel, or itself.
type stopped struct {
	*journal
	cancel   func()
	intended int
	refused  error
}

func (s *stopped) Intend(ctx context.Context, change *resource.Change, uid string) error {
	if err := s.journal.Intend(ctx, change, uid); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intended++
	s.cancel()
	return s.refused
}

// Of many changes, no more are made once an apply is to end than were in hand.
func TestWhatIsNotInHandIsNotBegun(t *testing.T) {
	for name, refused := range map[string]error{"the context ends": nil, "the journal fails": errors.New("the disk is full")} {
		t.Run(name, func(t *testing.T) {
			w := newTarget(t, nil)
			var many []resource.Resource
			for i := range 80 {
				many = append(many, configMap(fmt.Sprintf("settings-%d", i), nil))
			}
			plan := w.plan(many...)
			ctx, cancel := context.WithCancelCause(t.Context())
			j := &stopped{journal: &journal{target: w, failed: map[string]error{}}, cancel: func() { cancel(errStopped) }, refused: refused}
			if refused != nil {
				j.cancel = func() {}
			}
			err := w.driver.Apply(ctx, plan, plan.Changes, j)
			if want := cmp.Or(refused, errStopped); !errors.Is(err, want) {
				t.Errorf("the apply ended with %v", err)
			}
			made := 0
			for _, change := range w.plan(many...).Changes {
				if change.Action == resource.ActionNone {
					made++
				}
			}
			if begun := j.intended; begun == 0 || begun > 16 || refused == nil && made != begun || refused != nil && made > 0 {
				t.Errorf("%d changes were begun, and %d made", begun, made)
			}
		})
	}
}

var errStopped = errors.New("stopped")
