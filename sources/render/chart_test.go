package render_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// webChart is a repository with a chart in it, and a plain file beside that.
func webChart() map[string]string {
	return map[string]string{
		"charts/web/Chart.yaml":            "apiVersion: v2\nname: web\nversion: 0.1.0\n",
		"charts/web/values.yaml":           "replicas: 1\npassword: \"\"\n",
		"charts/web/crds/crd.yaml":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gizmos.example.com}\nspec: {group: example.com, names: {kind: Gizmo}, scope: Cluster}\n",
		"charts/web/templates/_h.tpl":      "{{ define \"name\" }}{{ .Release.Name }}-web{{ end }}",
		"charts/web/templates/deploy.yaml": "# the web\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"name\" . }}\nspec:\n  replicas: {{ .Values.replicas }}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
		"charts/web/templates/more.yaml":   "kind: List\napiVersion: v1\nitems:\n- {apiVersion: example.com/v1, kind: Gizmo, metadata: {name: g}}\n- {apiVersion: v1, kind: Namespace, metadata: {name: space}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: own}}\n",
		"charts/web/templates/test.yaml":   "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n",
		"env/prod.yaml":                    "replicas: 5\n",
		"plain/ns.yaml":                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
	}
}

// Chart.yaml is YAML, however it is written.
func TestAChartIsOneHoweverItIsWritten(t *testing.T) {
	for _, text := range []string{
		"# ours\n\"apiVersion\": v2\nname: web\nversion: 0.1.0\n",
		"{apiVersion: v2, name: web, version: 0.1.0}\n",
		"{\n  \"name\": \"web\", \"apiVersion\": \"v2\", \"version\": \"0.1.0\"\n}\n",
	} {
		chart := webChart()
		chart["charts/web/Chart.yaml"] = text
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(chart), sources.Selection{Path: "charts/web", Target: "t"})
		if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 6 {
			t.Errorf("%s: %v, %d resources, %v", text, err, len(rendering.Resources), rendering.Problems)
		}
	}
}

// A folder with a Chart.yaml is rendered, into resources that say where their
// templates are, and nothing beside that is read in it.
func TestCharts(t *testing.T) {
	inNamespace := func(target, release, namespace, configMap string) []string {
		return []string{
			target + ": CustomResourceDefinition /gizmos.example.com@charts/web/crds/crd.yaml:1:1",
			target + ": Deployment " + namespace + "/" + release + "-web@charts/web/templates/deploy.yaml:2:1",
			target + ": Service " + namespace + "/web@charts/web/templates/deploy.yaml:9:1",
			target + ": Gizmo /g@charts/web/templates/more.yaml:1:1",
			target + ": Namespace /space@charts/web/templates/more.yaml:1:1",
			target + ": ConfigMap " + configMap + "/c@charts/web/templates/more.yaml:1:1",
		}
	}
	plain := []string{"t: Namespace /shop@plain/ns.yaml:1:1"}
	for _, test := range []struct {
		name      string
		selection sources.Selection
		want      []string
	}{
		{"a chart", sources.Selection{Path: "charts/web"}, inNamespace("t", "web", "", "own")},
		{"what is above it", sources.Selection{Path: "."}, append(slices.Clone(plain), inNamespace("t", "web", "", "own")...)},
		{"looked at", sources.Selection{Path: ".", Loose: true}, append([]string{
			"t:  /@charts/web/Chart.yaml:1:1", "t:  /@charts/web/values.yaml:1:1", "t:  /@env/prod.yaml:1:1", plain[0],
		}, inNamespace("charts/web", "web", "", "own")...)},
		{"a release", sources.Selection{Path: "charts/web", Build: sources.Build{Chart: sources.Chart{Release: "r", Namespace: "shop"}}},
			inNamespace("t", "r", "shop", "own")},
		{"another namespace for all", sources.Selection{Path: "charts/web", Build: sources.Build{Namespace: "all"}}, inNamespace("t", "web", "all", "all")},
		{"without definitions", sources.Selection{Path: "charts/web", Build: sources.Build{Chart: sources.Chart{SkipCRDs: true}}},
			inNamespace("t", "web", "", "own")[1:]},
	} {
		test.selection.Target = "t"
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(webChart()), test.selection)
		if err != nil || len(rendering.Problems) > 0 {
			t.Errorf("%s: %v %+v", test.name, err, rendering)
			continue
		}
		got := slices.DeleteFunc(placesIn(rendering), func(place string) bool { return !test.selection.Loose && strings.Contains(place, "env/") })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if len(rendering.Skipped) != 1 || !strings.Contains(rendering.Skipped[0].What, "test.yaml") {
			t.Errorf("%s: skipped %v", test.name, rendering.Skipped)
		}
	}
}

// What the target says of the chart counts, and what is wrong with it is told.
func TestChartOfTarget(t *testing.T) {
	chart := sources.Chart{ValuesFiles: []string{"env/prod.yaml"}, Values: map[string]any{"x": 1}}
	rendering, err := render.New(render.Options{}).Render(t.Context(), files(webChart()), sources.Selection{Path: "charts/web", Build: sources.Build{Chart: chart}})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering)
	}
	if got, _ := resource.Lookup(rendering.Resources[1].Content, resource.Path{"spec", "replicas"}); got != int64(5) {
		t.Errorf("got %v", got)
	}
	chart.ValuesFiles = []string{"env/none.yaml"}
	rendering, err = render.New(render.Options{}).Render(t.Context(), files(webChart()), sources.Selection{Path: "charts/web", Build: sources.Build{Chart: chart}})
	if err != nil || len(rendering.Resources) > 0 || len(rendering.Problems) != 1 || !strings.HasPrefix(rendering.Problems[0].Error(), "env/none.yaml: ") {
		t.Error(err, rendering)
	}
}

// A chart that wants values is passed over where a folder is merely looked at,
// and a mistake for a target. A mistake in it is one for both.
func TestWantingChart(t *testing.T) {
	for _, test := range []struct {
		template       string
		skipped, wrong string // where looked at
	}{
		{"a: {{ required \"give a domain\" .Values.domain }}", "give a domain", ""},
		{"a: {{ if }}", "", "templates/bad.yaml:1"},
		{"a: [1\nb: 2", "", "of document 1 that"},
	} {
		tree := webChart()
		tree["charts/web/templates/bad.yaml"] = test.template
		for _, loose := range []bool{true, false} {
			rendering, err := render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{Path: ".", Loose: loose, Unknown: loose})
			if err != nil {
				t.Fatal(err)
			}
			wrong, skipped := fmt.Sprint(problems(rendering.Problems)), fmt.Sprint(rendering.Skipped)
			if wanting := test.skipped != "" && loose; (len(rendering.Problems) == 0) != wanting ||
				wanting && !strings.Contains(skipped, test.skipped) || !wanting && !strings.Contains(wrong, test.wrong+test.skipped) {
				t.Errorf("%s, loose %v: problems %v, skipped %v", test.template, loose, wrong, skipped)
			}
		}
	}
}

// What is made up anew each time is unknown, and may not be applied.
func TestUnstableChart(t *testing.T) {
	tree := webChart()
	tree["charts/web/templates/secret.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata:\n  key: {{ randAlphaNum 20 }}\n  other: x\n"
	rendering, err := render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{Path: "charts/web", Unknown: true})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering)
	}
	last := rendering.Resources[len(rendering.Resources)-1]
	if want := []resource.Path{{"data", "key"}}; !cmp.Equal(want, last.Unknown) || !cmp.Equal(want, last.Sensitive) {
		t.Errorf("unknown %v, sensitive %v", last.Unknown, last.Sensitive)
	}
	rendering, err = render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{Path: "charts/web"})
	if err != nil || len(rendering.Problems) != 1 || !strings.HasPrefix(rendering.Problems[0].Error(), "charts/web/templates/secret.yaml:5: ") {
		t.Error(err, rendering.Problems)
	}
}

// unhelpful are remotes that have nothing.
func unhelpful(err error) render.Remotes {
	return render.Remotes{
		Chart:      func(context.Context, *sources.Chart) ([]byte, error) { return nil, err },
		Repository: func(context.Context, string, string) (fs.FS, error) { return nil, err },
	}
}

var errMistake = errors.New("not what it is pinned to")

// A chart elsewhere is fetched only if it is pinned, and by who may.
func TestRemoteChart(t *testing.T) {
	for _, test := range []struct {
		options          render.Options
		digest           string
		want             string
		elsewhere, fault bool
	}{
		{render.Options{Remotes: unhelpful(errMistake)}, "", "is not pinned", false, false},
		{render.Options{}, "sha256:00", "is not fetched here", false, false},
		{render.Options{Remotes: unhelpful(errMistake)}, "sha256:00", "not what it is", true, false},
		{render.Options{Remotes: unhelpful(sources.ErrAway)}, "sha256:00", "cannot be had now", true, true},
	} {
		rendering, err := render.New(test.options).Render(t.Context(), files(map[string]string{"a/b.yaml": "a: 1\n"}), sources.Selection{
			Path: "a", Build: sources.Build{Chart: sources.Chart{URL: "https://example.com/a.tgz?token=hunter2", Digest: test.digest}},
		})
		if err != nil || len(rendering.Problems) != 1 || !strings.Contains(rendering.Problems[0].Error(), test.want) ||
			strings.Contains(rendering.Problems[0].Error(), "hunter2") ||
			rendering.Problems[0].Elsewhere != test.elsewhere || rendering.Problems[0].Fault != test.fault {
			t.Errorf("%s: %v, %+v", test.want, err, rendering.Problems)
		}
	}
}
