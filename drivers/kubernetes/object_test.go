package kubernetes

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

func parse(t testing.TB, text string) (map[string]any, bool) {
	t.Helper()
	obj := &unstructured.Unstructured{}
	if obj.UnmarshalJSON([]byte(text)) != nil {
		return nil, false
	}
	return obj.Object, true
}

func TestManifest(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		sensitive        []resource.Path
	}{
		{
			name: "an exported object loses what the server gave it",
			text: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "uid": "1", "resourceVersion": "2", "creationTimestamp": null,
				"managedFields": [], "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}, "data": {"a": "b"}}`,
			want: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop", "labels": {"holdfast.dev/target": "web"}}, "data": {"a": "b"}}`,
		},
		{
			name: "a Secret's plain data is encoded, and wins",
			text: `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "labels": {"a": "b"}}, "data": {"a": "b2xk", "b": "Yg=="}, "stringData": {"a": "new"}}`,
			want: `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "shop", "labels": {"a": "b", "holdfast.dev/target": "web"}}, "data": {"a": "bmV3", "b": "Yg=="}}`,
		},
		{
			name:      "decrypted values are remembered as such",
			text:      `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"password": "s3cret"}}`,
			sensitive: []resource.Path{{"data", "password"}},
			want: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop", "labels": {"holdfast.dev/target": "web"},
				"annotations": {"holdfast.dev/sensitive": "[[\"data\",\"password\"]]"}}, "data": {"password": "s3cret"}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			content, _ := parse(t, test.text)
			want, _ := parse(t, test.want)
			res := &resource.Resource{ID: idOf(content), Content: content, Sensitive: test.sensitive}
			before, _ := parse(t, test.text)
			got := (&Driver{target: "web"}).manifest(res, place{namespace: "shop"})
			if diff := cmp.Diff(want, got.Object); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, content); diff != "" {
				t.Errorf("the resource itself was changed: %s", diff)
			}
		})
	}
}

func idOf(content map[string]any) resource.ID {
	obj := unstructured.Unstructured{Object: content}
	return resource.ID{APIVersion: obj.GetAPIVersion(), Kind: obj.GetKind(), Name: obj.GetName()}
}

// Secrets are known in a live object wherever a webhook has moved them.
func TestSensitive(t *testing.T) {
	content, _ := parse(t, `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x",
		"annotations": {"holdfast.dev/sensitive": "[[\"spec\",\"old\"]]"}},
		"spec": {"old": "s", "containers": [{"name": "injected"}, {"name": "main", "env": [{"name": "A", "value": "s"}]}]}}`)
	desired := &resource.Resource{Sensitive: []resource.Path{{"spec", "containers", 0, "env", 0, "value"}}}
	want := []resource.Path{{"spec", "containers", 1, "env", 0, "value"}, {"spec", "old"}}
	if diff := cmp.Diff(want, sensitive(idOf(content), content, desired)); diff != "" {
		t.Error(diff)
	}
}

func FuzzObject(f *testing.F) {
	f.Add(`{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "labels": null}, "stringData": {"a": 1}}`, `[["data", "a"]]`)
	f.Add(`{"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {"holdfast.dev/sensitive": "[[0]]"}}, "spec": {"ports": [{"nodePort": 1}, 2]}}`, `[[]]`)
	f.Add(`{"apiVersion": "batch/v1", "kind": "Job", "metadata": 7, "spec": {"template": []}}`, `[["spec", 0, "x"]]`)
	f.Fuzz(func(t *testing.T, text, paths string) {
		content, ok := parse(t, text)
		if !ok {
			return
		}
		res := &resource.Resource{ID: idOf(content), Content: content}
		if json.Unmarshal([]byte(paths), &res.Sensitive) != nil {
			return
		}
		validate(nil, "", []resource.Resource{*res})
		d := &Driver{target: "web", namespace: "shop"}
		obj := d.manifest(res, place{namespace: "shop"})
		if obj.GetResourceVersion() != "" || len(obj.GetManagedFields()) > 0 {
			t.Errorf("it is sent with what the server gives: %v", obj.Object)
		}
		for _, path := range sensitive(res.ID, obj.Object, res) {
			if _, found := resource.Lookup(obj.Object, path); !found && !isSecret(res.ID) {
				t.Errorf("%s is sensitive, and not there", path)
			}
		}
		withoutGenerated(res.ID, planned(obj), &unstructured.Unstructured{Object: content})
		overlaid(content, obj.Object)
		difference(&unstructured.Unstructured{Object: content}, obj)
		d.DependsOn([]resource.Resource{*res})
		d.Stage(res)
		_ = lingers(obj)
	})
}

func FuzzHolding(f *testing.F) {
	f.Add("2026-11-27T10:00:00Z", "H4sIAAAAAAAA/4qOBQQAAP//Kbtk4gIAAAA=")
	f.Fuzz(func(_ *testing.T, since, owned string) {
		obj := &unstructured.Unstructured{Object: map[string]any{
			"data": map[string]any{"since": since}, "binaryData": map[string]any{"owned.json.gz": owned},
		}}
		if holding, err := readHolding(obj); err == nil {
			_, _ = writeHolding(*holding)
		}
	})
}

func TestWhatCannotBeChangedIsKnownByItsWords(t *testing.T) {
	invalid := func(text string) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Reason: metav1.StatusReasonInvalid, Code: 422, Message: text}}
	}
	for text, want := range map[string]bool{
		`Job.batch "x" is invalid: spec.template: Invalid value: {}: field is immutable`:                                               true,
		`spec.clusterIPs[0]: Invalid value: ["10.0.0.1"]: may not change once set`:                                                     true,
		`StatefulSet.apps "x" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden`: true,
		`Pod "x" is invalid: spec: Forbidden: pod updates may not change fields other than`:                                            true,
		`roleRef: Invalid value: {}: cannot change roleRef`:                                                                            true,
		`Value is immutable`: true,
		`spec.replicas: Invalid value: -1: must be greater than or equal to 0`: false,
	} {
		if got := isImmutable(invalid(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if isImmutable(errors.New("field is immutable")) {
		t.Error("what the server did not say counts")
	}
}

func TestLingeringObjectSaysWhatItWaitsFor(t *testing.T) {
	content, _ := parse(t, `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x", "deletionTimestamp": "2026-11-20T10:00:00Z", "finalizers": ["example.com/a"]},
		"status": {"conditions": [{"type": "NamespaceContentRemaining", "status": "True", "message": "shops.example.com has 1 resource instances"}]}}`)
	err := lingers(&unstructured.Unstructured{Object: content})
	for _, part := range []string{"2026-11-20T10:00:00Z", "example.com/a", "shops.example.com has 1"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %s", err, part)
		}
	}
	now := metav1.NewTime(time.Now())
	obj := &unstructured.Unstructured{Object: content}
	obj.SetDeletionTimestamp(&now)
	if err := lingers(obj); err != nil {
		t.Errorf("at once it is said: %v", err)
	}
}
