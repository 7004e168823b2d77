package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const aDeployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers: [{name: web, image: registry.example.com/web:1}]\n"

// overlaid is a repository with a kustomization, a plain folder and a component.
func overlaid() map[string]string {
	return map[string]string{
		"app/kustomization.yaml":             "resources: [web.yaml]\nnamePrefix: old-\ncommonAnnotations: {a: old, b: kept}\n",
		"app/web.yaml":                       aDeployment,
		"plain/web.yaml":                     aDeployment,
		"plain/config.yaml":                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
		"components/more/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n",
		"components/more/more.yaml":          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n",
	}
}

// What a target puts into a kustomization is as Flux has it: it adds to lists and
// takes the place of the rest, and reaches what lies there plainly.
func TestKustomizeOfATarget(t *testing.T) {
	patch := map[string]any{"patch": "- {op: replace, path: /spec/replicas, value: 5}", "target": map[string]any{"kind": "Deployment"}}
	for _, test := range []struct {
		name, path string
		overlay    map[string]any
		want       []string
	}{
		{"patches", "app", map[string]any{"patches": []any{patch}}, []string{"Deployment old-web x5 registry.example.com/web:1 old,kept app/web.yaml"}},
		{"images", "app", map[string]any{"images": []any{map[string]any{"name": "registry.example.com/web", "newTag": "2"}}},
			[]string{"Deployment old-web x1 registry.example.com/web:2 old,kept app/web.yaml"}},
		{"replicas", "app", map[string]any{"replicas": []any{map[string]any{"name": "web", "count": 3}}},
			[]string{"Deployment old-web x3 registry.example.com/web:1 old,kept app/web.yaml"}},
		{"names", "app", map[string]any{"namePrefix": "new-", "nameSuffix": "-x"}, []string{"Deployment new-web-x x1 registry.example.com/web:1 old,kept app/web.yaml"}},
		{"annotations", "app", map[string]any{"commonAnnotations": map[string]any{"a": "new"}}, []string{"Deployment old-web x1 registry.example.com/web:1 new,kept app/web.yaml"}},
		{"a component", "app", map[string]any{"components": []string{"components/more"}},
			[]string{"Deployment old-web x1 registry.example.com/web:1 old,kept app/web.yaml", "ConfigMap old-more components/more/more.yaml"}},
		{"a plain folder", "plain", map[string]any{"namePrefix": "x-", "patches": []any{patch}},
			[]string{"ConfigMap x-web plain/config.yaml", "Deployment x-web x5 registry.example.com/web:1 , plain/web.yaml"}},
		{"one file", "plain/web.yaml", map[string]any{"patches": []any{patch}}, []string{"Deployment web x5 registry.example.com/web:1 , plain/web.yaml"}},
	} {
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(overlaid()), sources.Selection{
			Path: test.path, Target: "t", Build: sources.Build{Kustomize: test.overlay},
		})
		if err != nil || len(rendering.Problems) > 0 {
			t.Errorf("%s: %v %v", test.name, err, problems(rendering.Problems))
			continue
		}
		var got []string
		for _, res := range rendering.Resources {
			at := func(path ...any) any { value, _ := resource.Lookup(res.Content, path); return value }
			if res.ID.Kind == "Deployment" {
				a, _ := res.Annotation("a")
				b, _ := res.Annotation("b")
				got = append(got, fmt.Sprintf("Deployment %s x%v %v %s,%s %s", res.ID.Name, at("spec", "replicas"),
					at("spec", "template", "spec", "containers", 0, "image"), a, b, res.Origin.File))
			} else {
				got = append(got, fmt.Sprintf("%s %s %s", res.ID.Kind, res.ID.Name, res.Origin.File))
			}
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestKustomizeOfATargetThatCannotBe(t *testing.T) {
	secret := "kind: Secret\nstringData: {key: hunter2-and-more}\n"
	chart := webChart()
	for name, text := range overlaid() {
		chart[name] = text
	}
	for _, test := range []struct {
		name, path string
		overlay    map[string]any
		want       string
	}{
		{"no component", "app", map[string]any{"components": []string{"components/none"}}, "app/kustomization.yaml: the component components/none of render.kustomize is no folder with a kustomization"},
		{"a folder that is no component", "app", map[string]any{"components": []string{"app"}}, "app/kustomization.yaml: "},
		{"a patch of nothing", "app", map[string]any{"patches": []any{map[string]any{"patch": secret}}}, "app/kustomization.yaml: "},
		{"a chart", "charts/web", map[string]any{"namePrefix": "x-"}, "render.kustomize does not reach what a chart makes"},
	} {
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(chart), sources.Selection{
			Path: test.path, Target: "t", Build: sources.Build{Kustomize: test.overlay},
		})
		wrong := strings.Join(problems(rendering.Problems), "\n")
		if err != nil || len(rendering.Resources) > 0 || !strings.HasPrefix(wrong, test.want) || strings.Contains(wrong, "hunter2") {
			t.Errorf("%s: %v, %d resources, %s", test.name, err, len(rendering.Resources), wrong)
		}
	}
}

// Kinds that a target leaves out are not there, however they are written or built.
func TestExcludeKinds(t *testing.T) {
	tree := overlaid()
	tree["plain/more.yaml"] = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: t}\n"
	tree["charts/web/Chart.yaml"], tree["charts/web/templates/web.yaml"] = webChart()["charts/web/Chart.yaml"], aDeployment
	for _, test := range []struct {
		path        string
		kinds, left []string
	}{
		{"plain", nil, []string{"ConfigMap web", "Deployment web", "Secret s", "Secret t"}},
		{"plain", []string{"core/Secret"}, []string{"ConfigMap web", "Deployment web"}},
		{"plain", []string{"core/*"}, []string{"Deployment web"}},
		{"plain", []string{"apps/*", "core/Deployment"}, []string{"ConfigMap web", "Secret s", "Secret t"}},
		{"app", []string{"apps/Deployment"}, []string{}},
		{"charts/web", []string{"apps/Deployment"}, []string{}},
		{"charts/web", []string{"apps/StatefulSet"}, []string{"Deployment web"}},
	} {
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{
			Path: test.path, Target: "t", Build: sources.Build{ExcludeKinds: test.kinds},
		})
		if err != nil || len(rendering.Problems) > 0 {
			t.Fatal(err, rendering)
		}
		left := []string{}
		for _, res := range rendering.Resources {
			left = append(left, res.ID.String())
		}
		slices.Sort(left)
		if !slices.Equal(left, test.left) {
			t.Errorf("%s without %v: %v", test.path, test.kinds, left)
		}
	}
}

// What editors keep beside manifests is none, and need not be JSON.
func TestFilesOfEditorsAreNoManifests(t *testing.T) {
	tree := map[string]string{".vscode/settings.json": "{\n  // ours\n  \"a\": 1,\n}\n", "web/tsconfig.json": "{}", "a.yaml": "kind: X\n"}
	rendering, err := render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{Path: "."})
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
		t.Errorf("%v: %v, %d resources", err, problems(rendering.Problems), len(rendering.Resources))
	}
}
