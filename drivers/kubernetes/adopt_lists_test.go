package kubernetes_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// tool is one that wrote an object before holdfast, and what it marks it with.
type tool struct {
	manager             string
	serverSide          bool
	labels, annotations fields
}

var tools = []tool{
	{manager: "kubectl-client-side-apply"},
	{manager: "helm", labels: fields{"app.kubernetes.io/managed-by": "Helm"}, annotations: fields{"meta.helm.sh/release-name": "web"}},
	{manager: "kustomize-controller", serverSide: true, labels: fields{
		"kustomize.toolkit.fluxcd.io/name": "web", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
	}},
	{manager: "argocd-controller", serverSide: true, annotations: fields{"argocd.argoproj.io/tracking-id": "web:x"}},
}

// write writes an object as the tool does.
func (by tool) write(t *testing.T, c cluster, obj fields) {
	t.Helper()
	copied := (&unstructured.Unstructured{Object: obj}).DeepCopy()
	add := func(group string, more fields) {
		for key, value := range more {
			if err := unstructured.SetNestedField(copied.Object, value, "metadata", group, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("labels", by.labels)
	add("annotations", by.annotations)
	if by.serverSide {
		c.serverApply(t, copied.Object, by.manager)
		return
	}
	if by.manager == "kubectl-client-side-apply" {
		text, err := json.Marshal(obj)
		if err != nil {
			t.Fatal(err)
		}
		add("annotations", fields{"kubectl.kubernetes.io/last-applied-configuration": string(text)})
	}
	c.create(t, copied.Object, by.manager)
}

// adoption is a manifest of which the lines that end with "# gone" are no
// longer in Git, and what of the object goes with them.
type adoption struct {
	manifest string
	gone     []resource.Path
	set      []resource.FieldDiff // what the server puts in a gone field's place
}

var adoptions = map[string]adoption{
	"Deployment": {
		manifest: `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    example.com/kept: a
    example.com/old: b # gone
spec:
  strategy: {type: Recreate} # gone
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels:
        app: web
        old: label # gone
    spec:
      serviceAccountName: default
      terminationGracePeriodSeconds: 5 # gone
      securityContext: {runAsUser: 1000} # gone
      volumes:
        - {name: kept, emptyDir: {}}
        - {name: old, configMap: {name: settings}} # gone
      initContainers: # gone
        - {name: prepare, image: "prepare:1"} # gone
      containers:
        - name: old # gone
          image: old:1 # gone
          ports: [{containerPort: 7000}] # gone
        - name: main
          image: web:1
          command: [serve] # gone
          args:
            - first
            - second # gone
          env:
            - {name: OLD, value: x} # gone
            - {name: KEPT, value: there}
            - {name: OLDER, valueFrom: {secretKeyRef: {name: s, key: k}}} # gone
          ports:
            - {containerPort: 8080, name: http}
            - {containerPort: 8080, protocol: UDP, name: quic} # gone
            - {containerPort: 9090, name: metrics} # gone
          volumeMounts:
            - {name: kept, mountPath: /kept}
            - {name: old, mountPath: /old} # gone
          livenessProbe: # gone
            tcpSocket: {port: 8080} # gone
          resources:
            limits:
              memory: 64Mi
              cpu: 100m # gone
        - name: sidecar
          image: sidecar:1
          env: # gone
            - {name: ONLY, value: x} # gone
          ports: # gone
            - {containerPort: 9000} # gone
`,
		gone: []resource.Path{
			{"metadata", "annotations", "example.com/old"},
			{"spec", "template", "metadata", "labels", "old"},
			{"spec", "template", "spec", "volumes", 1},
			{"spec", "template", "spec", "initContainers"},
			{"spec", "template", "spec", "securityContext", "runAsUser"},
			{"spec", "template", "spec", "containers", 1, "command"},
			{"spec", "template", "spec", "containers", 1, "args", 1},
			{"spec", "template", "spec", "containers", 1, "env", 2},
			{"spec", "template", "spec", "containers", 1, "env", 0},
			{"spec", "template", "spec", "containers", 1, "ports", 2},
			{"spec", "template", "spec", "containers", 1, "ports", 1},
			{"spec", "template", "spec", "containers", 1, "volumeMounts", 1},
			{"spec", "template", "spec", "containers", 1, "livenessProbe"},
			{"spec", "template", "spec", "containers", 1, "resources", "limits", "cpu"},
			{"spec", "template", "spec", "containers", 2, "env"},
			{"spec", "template", "spec", "containers", 2, "ports"},
			{"spec", "template", "spec", "containers", 0},
		},
		set: []resource.FieldDiff{
			{Path: resource.Path{"spec", "strategy"}, After: fields{
				"type": "RollingUpdate", "rollingUpdate": fields{"maxSurge": "25%", "maxUnavailable": "25%"},
			}},
			{Path: resource.Path{"spec", "template", "spec", "terminationGracePeriodSeconds"}, After: int64(30)},
		},
	},
	"Service": {
		manifest: `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector:
    app: web
    old: label # gone
  ports:
    - {name: http, port: 80, targetPort: 8080}
    - {name: old, port: 81, targetPort: 8081} # gone
    - {name: dns, port: 80, protocol: UDP} # gone
`,
		gone: []resource.Path{
			{"spec", "selector", "old"}, {"spec", "ports", 2}, {"spec", "ports", 1},
		},
	},
	"ConfigMap": {
		manifest: `
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  finalizers:
    - example.com/old # gone
    - example.com/kept
data:
  kept: a
  old: b # gone
binaryData: # gone
  picture: AAAA # gone
`,
		gone: []resource.Path{{"metadata", "finalizers", 0}, {"data", "old"}, {"binaryData"}},
	},
}

func (a adoption) read(t *testing.T, lines func(string) bool) fields {
	t.Helper()
	text := slices.DeleteFunc(strings.Split(a.manifest, "\n"), func(line string) bool { return !lines(line) })
	asJSON, err := yaml.YAMLToJSON([]byte(strings.Join(text, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	var obj unstructured.Unstructured
	if err := obj.UnmarshalJSON(asJSON); err != nil {
		t.Fatal(err)
	}
	return obj.Object
}

// judged is what of an object a plan is about.
func judged(obj *unstructured.Unstructured) fields {
	content := obj.DeepCopy().Object
	metadata := content["metadata"].(fields)
	for _, field := range []string{"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp"} {
		delete(metadata, field)
	}
	drop(content, resource.Path{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"})
	delete(content, "status")
	return content
}

// drop takes a field or an item away, and its holder if that is metadata's and empty.
func drop(content fields, path resource.Path) {
	above, last := path[:len(path)-1], path[len(path)-1]
	holder, _ := resource.Lookup(content, above)
	switch holder := holder.(type) {
	case fields:
		delete(holder, last.(string))
		if len(holder) == 0 && len(above) == 2 && above[0] == "metadata" {
			drop(content, above)
		}
	case []any:
		index := last.(int)
		outer, _ := resource.Lookup(content, above[:len(above)-1])
		outer.(fields)[above[len(above)-1].(string)] = slices.Delete(holder, index, index+1)
	}
}

// expected is what an object is to be once it is adopted.
func (a adoption) expected(live *unstructured.Unstructured, by tool) fields {
	content := judged(live)
	for group, marks := range map[string]fields{"labels": by.labels, "annotations": by.annotations} {
		for key := range marks {
			drop(content, resource.Path{"metadata", group, key})
		}
	}
	for _, path := range a.gone {
		drop(content, path)
	}
	for _, field := range a.set {
		above, _ := resource.Lookup(content, field.Path[:len(field.Path)-1])
		above.(fields)[field.Path[len(field.Path)-1].(string)] = field.After
	}
	labels, _ := content["metadata"].(fields)["labels"].(fields)
	if labels == nil {
		labels = fields{}
		content["metadata"].(fields)["labels"] = labels
	}
	labels["holdfast.dev/target"] = "web"
	return content
}

// The plan of an adoption is what it comes to: a rule that judges the ports or
// the environment judges those that will be.
func TestPlanOfAnAdoptionIsWhatComesOfIt(t *testing.T) {
	for _, by := range tools {
		for kind, a := range adoptions {
			t.Run(by.manager+"/"+kind, func(t *testing.T) {
				w := newTarget(t, nil)
				by.write(t, w.cluster, a.read(t, func(string) bool { return true }))
				live := w.get(t, kind, "web")
				expected := a.expected(live, by)

				left := a.read(t, func(line string) bool { return !strings.HasSuffix(line, "# gone") })
				wanted := object(left["apiVersion"].(string), kind, "web", nil)
				wanted.Content = left
				plan := w.plan(wanted)
				change := only(t, plan, "web")
				after := judged(&unstructured.Unstructured{Object: change.After.Content.(fields)})
				if diff := cmp.Diff(expected, after); diff != "" {
					t.Errorf("the plan is not what was asked for (-want +got):\n%s", diff)
				}
				for _, d := range change.Diff {
					was, _ := resource.Lookup(judged(live), d.Path)
					is, _ := resource.Lookup(expected, d.Path)
					if !reflect.DeepEqual(was, d.Before) || !reflect.DeepEqual(is, d.After) {
						t.Errorf("the diff shows %s: %v -> %v, and it is %v -> %v", d.Path, d.Before, d.After, was, is)
					}
				}
				for _, err := range w.apply(plan) {
					t.Fatal(err)
				}
				if diff := cmp.Diff(judged(w.get(t, kind, "web")), after); diff != "" {
					t.Errorf("the plan is not what came of it (-is +planned):\n%s", diff)
				}
				w.wantInLine(wanted)
			})
		}
	}
}

// What others have of an object stays where the server leaves it to them, and
// goes with the item that it is a part of; what is to be left alone stays.
func TestPlanOfAnAdoptionLeavesToOthersWhatStays(t *testing.T) {
	for _, by := range tools {
		t.Run(by.manager, func(t *testing.T) {
			w := newTarget(t, map[string]any{"ignoreDifferences": []any{map[string]any{
				"group": "apps", "kind": "Deployment",
				"jsonPointers": []any{"/spec/replicas", "/spec/paused", "/spec/template/spec/containers/1/env/0/value"},
			}}})
			old := content(deployment("web", "web:1"))
			spec := old["spec"].(fields)
			spec["replicas"], spec["paused"], spec["minReadySeconds"] = int64(3), true, int64(5)
			pod := spec["template"].(fields)["spec"].(fields)
			env := []any{fields{"name": "TUNED", "value": "live"}}
			pod["containers"] = []any{
				fields{"name": "old", "image": "old:1"},
				fields{"name": "main", "image": "web:1", "env": env, "ports": []any{fields{"containerPort": int64(8080)}}},
			}
			old["metadata"].(fields)["annotations"] = fields{"example.com/old": "x"}
			by.write(t, w.cluster, old)
			patch := `{"metadata": {"annotations": {"example.com/theirs": "x"}}, "spec": {"template": {"spec": {"containers": [
				{"name": "old", "env": [{"name": "INJECTED", "value": "x"}]},
				{"name": "main", "ports": [{"containerPort": 9090, "name": "theirs"}]}]}}}}`
			_, err := w.of("Deployment").Patch(t.Context(), "web", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "some-operator"})
			if err != nil {
				t.Fatal(err)
			}

			wanted := deployment("web", "web:1")
			wanted.Content.(fields)["spec"].(fields)["replicas"] = int64(2)
			pod = wanted.Content.(fields)["spec"].(fields)["template"].(fields)["spec"].(fields)
			pod["containers"] = []any{fields{"name": "main", "image": "web:1", "env": []any{fields{"name": "TUNED", "value": "git"}}}}
			plan := w.plan(wanted)
			change := only(t, plan, "web")
			after := judged(&unstructured.Unstructured{Object: change.After.Content.(fields)})
			for _, err := range w.apply(plan) {
				t.Fatal(err)
			}
			now := w.get(t, "Deployment", "web")
			if diff := cmp.Diff(judged(now), after); diff != "" {
				t.Errorf("the plan is not what came of it (-is +planned):\n%s", diff)
			}
			text, err := json.Marshal(judged(now))
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{`"replicas":3`, `"paused":true`, `"value":"live"`, `"example.com/theirs"`, `"theirs"`} {
				if !strings.Contains(string(text), part) {
					t.Errorf("%s is gone: %s", part, text)
				}
			}
			for _, part := range []string{"INJECTED", "old:1", "example.com/old", "minReadySeconds", `"containerPort":8080`} {
				if strings.Contains(string(text), part) {
					t.Errorf("%s is still there: %s", part, text)
				}
			}
			w.wantInLine(wanted)
		})
	}
}
