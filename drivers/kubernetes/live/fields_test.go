package live

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// object reads an object as a client would get it.
func object(t testing.TB, text string) *unstructured.Unstructured {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	obj := &unstructured.Unstructured{}
	if err := obj.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	return obj
}

// deployment was applied by holdfast, scaled by an autoscaler, given a sidecar
// by an injector, and then edited.
const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web, team: blue}
  finalizers: [example.com/late, example.com/hold]
  managedFields:
  - manager: holdfast
    operation: Apply
    apiVersion: apps/v1
    time: "2026-11-27T09:00:00Z"
    fieldsType: FieldsV1
    fieldsV1:
      f:metadata: {f:labels: {f:app: {}}}
      f:spec:
        f:selector: {}
        f:template:
          f:spec:
            f:containers:
              k:{"name":"web"}:
                .: {}
                f:name: {}
                f:ports:
                  k:{"containerPort":8080,"protocol":"TCP"}: {.: {}, f:containerPort: {}}
  - manager: autoscaler
    operation: Update
    subresource: scale
    apiVersion: apps/v1
    time: "2026-11-27T09:30:00Z"
    fieldsType: FieldsV1
    fieldsV1: {f:spec: {f:replicas: {}}}
  - manager: injector
    operation: Update
    apiVersion: apps/v1
    time: "2026-11-27T09:10:00Z"
    fieldsType: FieldsV1
    fieldsV1:
      f:spec:
        f:template:
          f:spec:
            f:containers:
              k:{"name":"sidecar"}: {.: {}, f:name: {}, f:image: {}}
  - manager: kubectl-edit
    operation: Update
    apiVersion: apps/v1
    time: "2026-11-27T10:00:00Z"
    fieldsType: FieldsV1
    fieldsV1:
      f:metadata:
        f:finalizers: {.: {}, 'v:"example.com/hold"': {}}
        f:labels: {.: {}, f:team: {}}
      f:spec:
        f:replicas: {}
        f:template:
          f:spec:
            f:containers:
              k:{"name":"web"}: {f:image: {}}
  - manager: kube-controller-manager
    operation: Update
    subresource: status
    apiVersion: apps/v1
    time: "2026-11-27T11:00:00Z"
    fieldsType: FieldsV1
    fieldsV1: {f:spec: {f:replicas: {}}, f:status: {f:replicas: {}}}
  - manager: broken
    operation: Update
    fieldsType: FieldsV1
    fieldsV1: {f:spec: 7}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    spec:
      containers:
      - {name: sidecar, image: proxy:1}
      - {name: web, image: web:hotfix, ports: [{containerPort: 8080, protocol: TCP}]}
`

func TestChangedBy(t *testing.T) {
	containers := resource.Path{"spec", "template", "spec", "containers"}
	for _, test := range []struct {
		name  string
		paths []resource.Path
		want  string
	}{
		{"a field that one manager wrote", []resource.Path{{"metadata", "labels", "team"}}, "kubectl-edit at 2026-11-27T10:00:00Z"},
		{"an item of a list is found by its key", []resource.Path{containers.Append(1, "image")}, "kubectl-edit at 2026-11-27T10:00:00Z"},
		{"another item of that list", []resource.Path{containers.Append(0, "image")}, "injector at 2026-11-27T09:10:00Z"},
		{"an item of a set is found by its value", []resource.Path{{"metadata", "finalizers", 1}}, "kubectl-edit at 2026-11-27T10:00:00Z"},
		{"not its neighbour", []resource.Path{{"metadata", "finalizers", 0}}, ""},
		{"the latest comes first", []resource.Path{{"spec", "replicas"}}, "kubectl-edit at 2026-11-27T10:00:00Z, autoscaler at 2026-11-27T09:30:00Z"},
		{"a whole list, with who wrote below it", []resource.Path{containers}, "kubectl-edit at 2026-11-27T10:00:00Z, injector at 2026-11-27T09:10:00Z"},
		{"whoever has the map has not all its keys", []resource.Path{{"metadata", "labels", "other"}}, ""},
		{"what is holdfast's own", []resource.Path{{"metadata", "labels", "app"}, {"spec", "selector", "matchLabels", "app"}}, ""},
		{"status is nobody's drift", []resource.Path{{"status", "replicas"}}, ""},
		{"nothing", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ChangedBy(object(t, deployment), test.paths); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// managedFields know the ports of a Service by their numbers.
func TestItemIsFoundByANumber(t *testing.T) {
	service := object(t, `
apiVersion: v1
kind: Service
metadata:
  name: web
  managedFields:
  - manager: some-operator
    operation: Update
    time: "2026-11-27T10:00:00Z"
    fieldsV1: {f:spec: {f:ports: {'k:{"port":81,"protocol":"TCP"}': {f:targetPort: {}}}}}
spec: {ports: [{port: 80, protocol: TCP}, {port: 81, protocol: TCP, targetPort: 8081}]}
`)
	for index, want := range []string{"", "some-operator at 2026-11-27T10:00:00Z"} {
		if got := ChangedBy(service, []resource.Path{{"spec", "ports", index, "targetPort"}}); got != want {
			t.Errorf("port %d was changed by %q, want %q", index, got, want)
		}
	}
}

func TestReadRulesRefusesWhatCannotBeObeyed(t *testing.T) {
	for _, test := range []struct {
		name string
		rule Rule
		want string // "" for fit
	}{
		{"pointer", Rule{Kind: "ConfigMap", JSONPointers: []string{"/data/a~1b~0c"}}, ""},
		{"manager", Rule{Kind: "*", Group: "*", Managers: []string{"vpa"}}, ""},
		{"no kind", Rule{JSONPointers: []string{"/spec/replicas"}}, "kind is missing"},
		{"nothing to ignore", Rule{Kind: "Deployment"}, "it ignores nothing"},
		{"everything", Rule{Kind: "Deployment", JSONPointers: []string{""}}, "identity"},
		{"metadata", Rule{Kind: "Deployment", JSONPointers: []string{"/metadata"}}, "identity"},
		{"name", Rule{Kind: "Deployment", JSONPointers: []string{"/metadata/name"}}, "identity"},
		{"no slash", Rule{Kind: "Deployment", JSONPointers: []string{"spec/replicas"}}, "must begin with a slash"},
		{"stray tilde", Rule{Kind: "Deployment", JSONPointers: []string{"/data/~x"}}, "~0"},
		{"tilde at the end", Rule{Kind: "Deployment", JSONPointers: []string{"/data/x~"}}, "~0"},
		{"itself", Rule{Kind: "Deployment", Managers: []string{"holdfast"}}, "holdfast's own"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadRules([]Rule{test.rule})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestPathsLeftAlone(t *testing.T) {
	replicas := Rule{Group: "apps", Kind: "Deployment", JSONPointers: []string{"/spec/replicas"}}
	for _, test := range []struct {
		name string
		rule func(*Rule)
		want []resource.Path
	}{
		{"of the kind", func(*Rule) {}, []resource.Path{{"spec", "replicas"}}},
		{"of any kind", func(r *Rule) { r.Group, r.Kind = "*", "*" }, []resource.Path{{"spec", "replicas"}}},
		{"of the object", func(r *Rule) { r.Namespace, r.Name = "shop", "web" }, []resource.Path{{"spec", "replicas"}}},
		{"another group", func(r *Rule) { r.Group = "" }, nil},
		{"another namespace", func(r *Rule) { r.Namespace = "other" }, nil},
		{"another name", func(r *Rule) { r.Name = "other" }, nil},
		{"within a list", func(r *Rule) { r.JSONPointers = []string{"/spec/template/spec/containers/1/image"} },
			[]resource.Path{{"spec", "template", "spec", "containers", 1, "image"}}},
		{"past the end of a list", func(r *Rule) { r.JSONPointers = []string{"/spec/template/spec/containers/9/image"} }, nil},
		{"by manager", func(r *Rule) { r.JSONPointers, r.Managers = nil, []string{"kubectl-edit", "autoscaler"} }, []resource.Path{
			{"metadata", "finalizers", 1}, {"metadata", "labels", "team"}, {"spec", "replicas"},
			{"spec", "template", "spec", "containers", 1, "image"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rule := replicas
			test.rule(&rule)
			rules, err := ReadRules([]Rule{rule})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, rules.Paths(object(t, deployment))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLeave(t *testing.T) {
	const desired = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: shop, team: red}}
spec:
  replicas: 2
  paused: true
  selector: {matchLabels: {app: shop}}
  template:
    spec:
      containers:
      - {name: web, image: "web:1", ports: [{containerPort: 8080, protocol: TCP}]}
`
	containers := resource.Path{"spec", "template", "spec", "containers"}
	gone := func(path ...any) func(*unstructured.Unstructured) {
		return func(obj *unstructured.Unstructured) { remove(obj.Object, path) }
	}
	as := func(value any, path ...any) func(*unstructured.Unstructured) {
		return func(obj *unstructured.Unstructured) { put(obj.Object, path, value) }
	}
	for _, test := range []struct {
		name  string
		paths []resource.Path
		want  func(*unstructured.Unstructured) // changes desired
	}{
		{"what another owns is given up", []resource.Path{{"spec", "replicas"}}, gone("spec", "replicas")},
		{"what holdfast alone owns stays as it is live", []resource.Path{{"metadata", "labels", "app"}}, as("web", "metadata", "labels", "app")},
		{"of a map each is told apart", []resource.Path{{"metadata", "labels"}}, as(map[string]any{"app": "web"}, "metadata", "labels")},
		{"below what is owned whole", []resource.Path{{"spec", "selector", "matchLabels", "app"}}, as("web", "spec", "selector", "matchLabels", "app")},
		{"an item is found by its name, not its place", []resource.Path{containers.Append(1, "image")}, gone("spec", "template", "spec", "containers", 0, "image")},
		{"below an item that is not asked for", []resource.Path{containers.Append(0, "image")}, func(*unstructured.Unstructured) {}},
		{"a list is not taken apart", []resource.Path{containers}, as([]any{
			map[string]any{"name": "sidecar", "image": "proxy:1"},
			map[string]any{"name": "web", "image": "web:hotfix", "ports": []any{map[string]any{"containerPort": int64(8080), "protocol": "TCP"}}},
		}, "spec", "template", "spec", "containers")},
		{"what is not live is not made", []resource.Path{{"spec", "paused"}}, gone("spec", "paused")},
	} {
		t.Run(test.name, func(t *testing.T) {
			want, live, given := object(t, desired), object(t, deployment), object(t, desired)
			test.want(want)
			if diff := cmp.Diff(want.Object, Leave(given, live, test.paths).Object); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(object(t, desired), given); diff != "" {
				t.Errorf("desired itself was changed: %s", diff)
			}
		})
	}
	t.Run("a new object gets all", func(t *testing.T) {
		if diff := cmp.Diff(object(t, desired).Object, Leave(object(t, desired), nil, []resource.Path{{"spec", "replicas"}}).Object); diff != "" {
			t.Error(diff)
		}
	})
}

// Nothing that a repository or a cluster holds makes the reading of it fail.
func FuzzLeave(f *testing.F) {
	f.Add(deployment, "/spec/template/spec/containers/1/image")
	f.Add("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}", "/data")
	f.Add("{apiVersion: v1, kind: List, items: [{}, [1, [2]]]}", "/items/1/1/0")
	f.Fuzz(func(t *testing.T, text, pointer string) {
		raw, err := yaml.YAMLToJSON([]byte(text))
		live := &unstructured.Unstructured{}
		if err != nil || live.UnmarshalJSON(raw) != nil || live.IsList() {
			return
		}
		rules, err := ReadRules([]Rule{{Group: "*", Kind: "*", JSONPointers: []string{pointer}, Managers: []string{"kubectl-edit"}}})
		if err != nil {
			return
		}
		paths := rules.Paths(live)
		Leave(object(t, deployment), live, paths)
		Leave(live, object(t, deployment), paths)
		ChangedBy(live, paths)
	})
}
