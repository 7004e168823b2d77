package render_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// tree is a snapshot in memory.
type tree struct{ fstest.MapFS }

func (tree) Revision() sources.Revision { return sources.Revision{ID: "test"} }

func files(content map[string]string) *tree {
	snapshot := &tree{fstest.MapFS{}}
	for name, text := range content {
		snapshot.MapFS[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return snapshot
}

func renderAll(t testing.TB, snapshot sources.Snapshot) *sources.Rendering {
	t.Helper()
	rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "."})
	if err != nil {
		t.Fatal(err)
	}
	return rendering
}

func renderOne(t testing.TB, name, text string) *sources.Rendering {
	t.Helper()
	return renderAll(t, files(map[string]string{name: text}))
}

func problems(list []resource.Problem) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, p.Error())
	}
	return lines
}

func TestDocumentsAndIdentity(t *testing.T) {
	text := `# a comment
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop}
---
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: b
---
null
---
apiVersion: v1
kind: Pod
metadata: {generateName: c-}
---
kind: ConfigMap
metadata: {name: d}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: 7}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: e, namespace: 7}
---
apiVersion: batch/v1
kind: Job
metadata: {generateName: migrate-, annotations: {argocd.argoproj.io/hook: PreSync}}
---
apiVersion: batch/v1
kind: Job
metadata: {generateName: seed-, annotations: {"helm.sh/hook": pre-install}}
---
apiVersion: batch/v1
kind: Job
metadata: {generateName: 7, annotations: {"helm.sh/hook": pre-install}}
`
	rendering, err := render.New(render.Options{}).Render(t.Context(), files(map[string]string{"x/a.yaml": text}),
		sources.Selection{Path: "x", Target: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, res := range rendering.Resources {
		if res.ID.Target != "prod" {
			t.Errorf("%s has target %q", res.ID, res.ID.Target)
		}
		got = append(got, fmt.Sprintf("%s %s @%s:%d:%d #%d", res.ID.APIVersion, res.ID, res.Origin.File, res.Origin.Line, res.Origin.Column, res.Origin.Document))
	}
	want := []string{
		"v1 ConfigMap shop/a @x/a.yaml:2:1 #0",
		"apps/v1 Deployment b @x/a.yaml:7:1 #2",
		"v1 (no identity) @x/a.yaml:14:1 #4",
		" (no identity) @x/a.yaml:18:1 #5",
		"v1 (no identity) @x/a.yaml:21:1 #6",
		"v1 (no identity) @x/a.yaml:25:1 #7",
		"batch/v1 Job migrate-hook @x/a.yaml:29:1 #8",
		"batch/v1 Job seed-hook @x/a.yaml:33:1 #9",
		"batch/v1 (no identity) @x/a.yaml:37:1 #10",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(rendering.Problems)+len(rendering.Skipped)+len(rendering.Duplicates) > 0 {
		t.Errorf("unexpected: %+v", rendering)
	}
}

// The table says what kubectl makes of each spelling: sigs.k8s.io/yaml reads
// YAML 1.1 into JSON, whose whole numbers are int64.
func TestScalarsAsKubernetesReadsThem(t *testing.T) {
	for text, want := range map[string]any{
		"yes": true, "Yes": true, "YES": true, "y": true, "Y": true, "on": true, "ON": true, "true": true, "True": true,
		"no": false, "n": false, "N": false, "off": false, "Off": false, "FALSE": false,
		"yES": "yES", "tRUE": "tRUE", "yeah": "yeah", "none": "none",
		`"yes"`: "yes", "'on'": "on", "!!str on": "on", "!!bool yes": true,
		"": nil, "~": nil, "null": nil, "NULL": nil, "nULL": "nULL", `""`: "",
		"1": int64(1), "-1": int64(-1), "+1": int64(1), "0": int64(0), "-0": int64(0), "1_000": int64(1000), "_1": "_1",
		"0777": int64(511), "0o17": int64(15), "-0o17": int64(-15), "0x1F": int64(31), "0b101": int64(5), "0888": int64(888), "08": int64(8),
		"0o8": "0o8", "0xZ": "0xZ", "1:30": "1:30", "1.2.3": "1.2.3", "1Gi": "1Gi", "100m": "100m", "-": nil,
		"9223372036854775807": int64(9223372036854775807), "9223372036854775808": float64(9223372036854775808),
		"-9223372036854775808": int64(-9223372036854775808), "18446744073709551615": float64(18446744073709551615),
		"99999999999999999999": float64(1e20), "1e400": "1e400",
		"1.5": 1.5, ".5": 0.5, "1.0": int64(1), "1.": int64(1), "1e3": int64(1000), "1e30": 1e30, "-1.5e-3": -1.5e-3, "12e03": int64(12000),
		"1_0.5": 10.5, ".1_0": ".1_0", "Infinity": "Infinity", "NaN": "NaN", ".": ".", "...x": "...x",
		"2001-12-14": "2001-12-14", "2001-12-14T21:59:43Z": "2001-12-14T21:59:43Z", "!!timestamp 2001-12-14": "2001-12-14",
		"!!binary aGVsbG8=": "hello", "!!int '12'": int64(12), "!!float 3": int64(3), "!!str 12": "12", "!!null ''": nil,
		"!Ref Bucket": "Bucket", "!vault 12": "12", "!reference [a, b]": []any{"a", "b"}, "!Sub {a: yes}": map[string]any{"a": true},
		"<<": "<<", `"\u00e9"`: "é", "é": "é",
	} {
		if text == "-" { // a list with an empty element
			want = []any{nil}
			text = "\n  -"
		}
		rendering := renderOne(t, "a.yaml", "v: "+text+"\n")
		if len(rendering.Resources) != 1 {
			t.Errorf("%q: %v", text, problems(rendering.Problems))
			continue
		}
		if diff := cmp.Diff(map[string]any{"v": want}, rendering.Resources[0].Content); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestKeysAnchorsAndMerges(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       any
	}{
		{"keys as written", "1: a\ntrue: b\non: c\n0x10: d\n1.0: e\n", map[string]any{"1": "a", "true": "b", "on": "c", "0x10": "d", "1.0": "e"}},
		{"alias", "a: &x {b: 1}\nc: *x\n", map[string]any{"a": map[string]any{"b": int64(1)}, "c": map[string]any{"b": int64(1)}}},
		{"alias as a key", "a: &x k\n*x : 1\n", map[string]any{"a": "k", "k": int64(1)}},
		{"merge: own keys win", "a: &x {b: 1, c: 2}\nd:\n  c: 3\n  <<: *x\n", map[string]any{
			"a": map[string]any{"b": int64(1), "c": int64(2)}, "d": map[string]any{"b": int64(1), "c": int64(3)}}},
		{"merge: the earlier mapping wins", "d:\n  <<: [{a: 1}, {a: 2, b: 3}]\n", map[string]any{
			"d": map[string]any{"a": int64(1), "b": int64(3)}}},
		{"merge of a merge", "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n", map[string]any{
			"a": map[string]any{"x": int64(1)}, "b": map[string]any{"x": int64(1), "y": int64(2)}, "c": map[string]any{"x": int64(1), "y": int64(2)}}},
		{"quoted merge key is a key", "\"<<\": 1\n", map[string]any{"<<": int64(1)}},
		{"anchor in a merge, used before its turn", "<<: &x {a: 1}\nb: *x\n", map[string]any{"a": int64(1), "b": map[string]any{"a": int64(1)}}},
		{"block scalars", "a: |\n  x\n   y\nb: >-\n  x\n  y\nc: |+\n  z\n\n", map[string]any{"a": "x\n y\n", "b": "x y", "c": "z\n\n"}},
	} {
		rendering := renderOne(t, "a.yaml", test.text)
		if len(rendering.Resources) != 1 {
			t.Errorf("%s: %v", test.name, problems(rendering.Problems))
			continue
		}
		if diff := cmp.Diff(test.want, rendering.Resources[0].Content); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestListsAreSplit(t *testing.T) {
	item := func(name string) string {
		return fmt.Sprintf("{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}", name)
	}
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"v1 List", "a.yaml", "apiVersion: v1\nkind: List\nitems:\n- " + item("a") + "\n- " + item("b") + "\n",
			[]string{"ConfigMap a items[0] 4:3", "ConfigMap b items[1] 5:3"}},
		{"list of a list", "a.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items: [" + item("a") + "]\n",
			[]string{"ConfigMap a items[0].items[0] 6:11"}},
		{"typed list whose items say what they are", "a.yaml", "apiVersion: v1\nkind: ConfigMapList\nitems: [" + item("a") + "]\n",
			[]string{"ConfigMap a items[0] 3:9"}},
		{"typed list whose items do not", "a.yaml", "apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: l}\nitems: [{data: {}}]\n",
			[]string{"ConfigMapList l  1:1"}},
		{"top-level array", "a.yaml", "- " + item("a") + "\n- " + item("b") + "\n",
			[]string{"ConfigMap a [0] 1:3", "ConfigMap b [1] 2:3"}},
		{"JSON array", "a.json", `[{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "é"}}, {"a": 1}]`,
			[]string{"Pod é [0] 1:2", "(no identity) [1] 1:66"}},
		{"items by way of a merge key", "a.yaml", "<<: {items: [" + item("a") + "]}\napiVersion: v1\nkind: List\n",
			[]string{"ConfigMap a items[0] 1:14"}},
		{"empty list", "a.yaml", "apiVersion: v1\nkind: List\nitems: []\n", nil},
	} {
		rendering := renderOne(t, test.file, test.text)
		var got []string
		for _, res := range rendering.Resources {
			got = append(got, fmt.Sprintf("%s %s %d:%d", res.ID, res.Origin.Within, res.Origin.Line, res.Origin.Column))
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(rendering.Problems) > 0 {
			t.Errorf("%s: %s %v", test.name, diff, problems(rendering.Problems))
		}
	}
}

// What a kustomization takes in is read plainly where it cannot be built. Its
// patches are parts of resources, and no resources.
func TestWhatIsReadPlainly(t *testing.T) {
	snapshot := files(map[string]string{
		"app/kustomization.yaml": "resources: [deploy.yaml, 'https://example.com/owner/base?ref=" + commit + "']\npatches:\n  - path: replicas.yaml\n  - path: ../common/labels.yaml\n    target: {kind: Deployment}\n" +
			"  - patch: |-\n      - op: remove\n        path: /spec\npatchesJson6902:\n  - path: old.json\npatchesStrategicMerge:\n  - limits.yaml\n  - |-\n    a: 1\n",
		"app/deploy.yaml":         "a: 1\n",
		"app/replicas.yaml":       "a: 1\n",
		"app/limits.yaml":         "a: 1\n",
		"app/old.json":            "[{\"op\": \"remove\"}]",
		"common/labels.yaml":      "a: 1\n",
		"common/other.yaml":       "a: 1\n",
		"part/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [a.yaml]\npatches: [{path: b.yaml}]\n",
		"part/a.yaml":             "a: 1\n",
		"part/b.yaml":             "a: 1\n",
		"flux/kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n",
		"flux/other.yaml":         "a: 1\n",
	})
	rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: ".", Loose: true})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering)
	}
	var got []string
	for _, res := range rendering.Resources {
		got = append(got, res.Origin.File)
	}
	if diff := cmp.Diff([]string{"app/deploy.yaml", "common/other.yaml", "flux/kustomization.yaml", "flux/other.yaml", "part/a.yaml"}, got); diff != "" {
		t.Error(diff)
	}
	patch := "a patch of a kustomization, which is no resource by itself"
	want := []sources.Skipped{
		{What: "app/kustomization.yaml:1:26", Reason: "kustomize: https://example.com/owner/base?ref=" + commit + " is remote, and nothing may be fetched here; " +
			"add its repository to remotes in a file that is given with --config, or put a copy of it into the source; the plain resources that it takes in are read as they are"},
		{What: "part", Reason: "kustomize: a component is no build by itself, and no kustomization here takes this one in; the plain resources that it takes in are read as they are"},
		{What: "app/limits.yaml", Reason: patch}, {What: "app/old.json", Reason: patch}, {What: "app/replicas.yaml", Reason: patch},
		{What: "common/labels.yaml", Reason: patch}, {What: "part/b.yaml", Reason: patch},
	}
	if diff := cmp.Diff(want, rendering.Skipped); diff != "" {
		t.Error(diff)
	}
	// A target is all or nothing.
	rendering, err = render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "."})
	if err != nil || len(rendering.Problems) != 1 || !strings.Contains(rendering.Problems[0].Error(), "app/kustomization.yaml:1:26: https://example.com/owner/base?ref=") {
		t.Error(err, rendering)
	}
}

func TestSkipped(t *testing.T) {
	rendering := renderAll(t, files(map[string]string{
		"chart/Chart.yaml":            "apiVersion: v2\nname: c\nversion: 1.0.0\ntype: library\n",
		"chart/templates/_a.tpl":      "{{ define \"x\" }}{{ end }}",
		"chart/values.yaml":           "a: 1\n",
		"plain/templates/a.yaml":      "a: 1\n",
		"scalar.yaml":                 "a: 1\n---\njust text\n---\n[1, 2, {a: 1}]\n",
		"node_modules/x/package.json": "{",
		".git/config.yaml":            "{",
		"x/.terraform/modules/m.yaml": "{",
		"README.md":                   "{",
	}))
	want := []sources.Skipped{
		{What: "scalar.yaml, document 2", Reason: "a single value is not a resource"},
		{What: "scalar.yaml, document 3", Reason: "2 of the 3 elements of the list are single values, not resources"},
		{What: "chart", Reason: "a library chart, which makes no resources by itself"},
	}
	if diff := cmp.Diff(want, rendering.Skipped); diff != "" {
		t.Error(diff)
	}
	if len(rendering.Problems) != 0 {
		t.Errorf("problems: %v", problems(rendering.Problems))
	}
	var got []string
	for _, res := range rendering.Resources {
		got = append(got, res.Origin.File)
	}
	if diff := cmp.Diff([]string{"plain/templates/a.yaml", "scalar.yaml", "scalar.yaml"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSelection(t *testing.T) {
	snapshot := files(map[string]string{
		"a/x.yaml": "a: 1\n", "a/b/y.yaml": "b: 1\n", "a/c/z.yaml": "c: 1\n", "d.yaml": "d: 1\n",
		"a/odd.txt": "o: 1\n", "chart/Chart.yaml": "name: c", "chart/templates/t.yaml": "{{",
	})
	for _, test := range []struct {
		path    string
		exclude string
		want    []string
	}{
		{path: "a", want: []string{"a/b/y.yaml", "a/c/z.yaml", "a/x.yaml"}},
		{path: "a", exclude: "a/c", want: []string{"a/b/y.yaml", "a/x.yaml"}},
		{path: "a", exclude: "a/x.yaml", want: []string{"a/b/y.yaml", "a/c/z.yaml"}},
		{path: "a/x.yaml", exclude: "a/x.yaml", want: []string{"a/x.yaml"}},
		{path: "a/odd.txt", want: []string{"a/odd.txt"}},
		{path: "chart/templates"},
	} {
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{
			Path: test.path, Exclude: func(p string) bool { return p == test.exclude }})
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		var got []string
		for _, res := range rendering.Resources {
			got = append(got, res.Origin.File)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.path, diff)
		}
	}
	_, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "none"})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a path that does not exist: %v", err)
	}
	if _, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "../etc"}); err == nil {
		t.Error("a path out of the snapshot is accepted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := render.New(render.Options{}).Render(ctx, snapshot, sources.Selection{Path: "."}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDuplicates(t *testing.T) {
	rendering := renderAll(t, files(map[string]string{
		"a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n",
		"b.yaml": "a: 1\n---\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n",
		"c.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: other}\n",
		"d.yaml": "a: 1\n",
	}))
	want := []string{"b.yaml:3:1: Deployment shop/web is already defined at a.yaml:1:1; remove or rename one of the two"}
	if diff := cmp.Diff(want, problems(rendering.Duplicates)); diff != "" {
		t.Error(diff)
	}
	if len(rendering.Problems) > 0 || len(rendering.Resources) != 5 {
		t.Errorf("%v", rendering)
	}
}

func TestSensitive(t *testing.T) {
	for text, want := range map[string]string{
		"apiVersion: v1\nkind: Secret\ndata: {a: eA==}\nstringData: {b: c}\n":                                                                                                                      "data stringData",
		"apiVersion: v1\nkind: Secret\nmetadata: {generateName: x, annotations: {" + lastApplied + ": '{}', b: c}}\n":                                                                              `metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]`,
		"apiVersion: v1\nkind: Secret\nimmutable: true\ntype: Opaque\nstringdata: {b: c}\nb: c\n":                                                                                                  "b stringdata",
		"apiVersion: v1\nkind: ConfigMap\ndata: {a: eA==}\n":                                                                                                                                       "",
		"apiVersion: example.com/v1\nkind: Secret\ndata: {a: eA==}\n":                                                                                                                              "",
		"apiVersion: v1\nkind: SecretList\nitems: [{data: {a: eA==}}]\n":                                                                                                                           "items",
		"apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: a}\nspec: {sensitive: true, content: x}\n":                                                                                 "spec.content",
		"apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: a}\nspec: {sensitive: 'oops', content: x}\n":                                                                               "spec.content",
		"apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: a}\nspec: {sensitive: false, content: x}\n":                                                                                "",
		"apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: a}\nspec: {content: x}\n":                                                                                                  "",
		"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==}}]\n":                                                                              "data",
		"apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nrequest: {oldObject: {apiVersion: v1, kind: Secret, data: {a: eA==}}, object: {apiVersion: v1, kind: Secret, data: {a: eA==}}}\n": "request.object.data request.oldObject.data",
		"apiVersion: template.openshift.io/v1\nkind: Template\nobjects: [{apiVersion: v1, kind: ConfigMap, data: {a: b}}, {apiVersion: v1, kind: Secret, stringData: {a: b}}]\n":                   "objects[1].stringData",
		"x: {y: [[{apiVersion: v1, kind: Secret, data: {a: eA==}}]]}\n":                                                                                                                            "x.y[0][0].data",
		"apiVersion: v1\nkind: Secret\ndata: {a: eA==}\nmore: {apiVersion: v1, kind: Secret, data: {b: eA==}}\n":                                                                                   "data more more.data",
	} {
		rendering := renderOne(t, "a.yaml", text)
		if len(rendering.Resources) != 1 {
			t.Fatalf("%s: %v", text, problems(rendering.Problems))
		}
		var got []string
		for _, path := range rendering.Resources[0].Sensitive {
			got = append(got, path.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: sensitive %v, want %s", text, got, want)
		}
	}
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

func TestPanicNamesTheFile(t *testing.T) {
	tree := files(map[string]string{"good.yaml": "a: 1", "odd.yaml": "b: 1"})
	_, err := render.New(render.Options{}).Each(t.Context(), tree, sources.Selection{Path: "."}, func(file *sources.File) error {
		if file.Name == "odd.yaml" {
			panic("a fault")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "odd.yaml: internal error: a fault") {
		t.Errorf("a panic ends as %v", err)
	}
}
