package render_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

type path = resource.Path

func TestLocate(t *testing.T) {
	text := `a: 1
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a, labels: {é: x, y: z}}
  spec:
    containers:
    - name: c
      image: >-
        nginx
      empty:
    - name: "d"
    base: &base
      x: 1
      y: {z: 2}
    alias: *base
    merged:
      <<: *base
      y: 3
`
	snapshot := files(map[string]string{"a.yaml": text, "b.json": "[{\"é\": {\"b\": [1,\n 2]}}]"})
	renderer := render.New(render.Options{})
	rendering := renderAll(t, snapshot)
	pod, object := rendering.Resources[1], rendering.Resources[2]
	for _, test := range []struct {
		res  resource.Resource
		path path
		want string
	}{
		{pod, nil, "a.yaml:6:3"},
		{pod, path{"kind"}, "a.yaml:7:9"},
		{pod, path{"metadata", "labels", "y"}, "a.yaml:8:41"},
		{pod, path{"spec"}, "a.yaml:9:3"},
		{pod, path{"spec", "containers"}, "a.yaml:10:5"},
		{pod, path{"spec", "containers", 0}, "a.yaml:11:7"},
		{pod, path{"spec", "containers", 0, "image"}, "a.yaml:12:14"},
		{pod, path{"spec", "containers", 0, "empty"}, "a.yaml:14:7"},
		{pod, path{"spec", "containers", 1, "name"}, "a.yaml:15:13"},
		{pod, path{"spec", "alias"}, "a.yaml:19:12"},
		{pod, path{"spec", "alias", "x"}, "a.yaml:17:10"},
		{pod, path{"spec", "merged", "y"}, "a.yaml:22:10"},
		{pod, path{"spec", "merged", "x"}, "a.yaml:17:10"},
		// What is absent is at the nearest value above it.
		{pod, path{"spec", "containers", 0, "securityContext", "privileged"}, "a.yaml:11:7"},
		{pod, path{"spec", "containers", 7, "image"}, "a.yaml:10:5"},
		{pod, path{"spec", "containers", "x"}, "a.yaml:10:5"},
		{pod, path{"kind", "x"}, "a.yaml:7:9"},
		{pod, path{"none"}, "a.yaml:6:3"},
		{object, nil, "b.json:1:2"},
		{object, path{"é", "b", 0}, "b.json:1:15"},
		{object, path{"é", "b", 1}, "b.json:2:2"},
		{object, path{"é", "c"}, "b.json:1:8"},
	} {
		if got := renderer.Locate(snapshot, test.res.Origin, test.path); got.String() != test.want {
			t.Errorf("%s %s is at %s, want %s", test.res.Origin.File, test.path, got, test.want)
		}
	}
}

func TestLocateWhereNothingCanBeRead(t *testing.T) {
	snapshot := files(map[string]string{"a.yaml": "a: 1\n", "bad.yaml": "a: [\n"})
	renderer := render.New(render.Options{})
	for _, origin := range []resource.Origin{
		{File: "none.yaml", Line: 3, Column: 2},
		{File: "bad.yaml", Line: 3, Column: 2},
		{File: "a.yaml", Line: 3, Column: 2, Document: 7},
		{File: "a.yaml", Line: 3, Column: 2, Document: -1},
		{File: "a.yaml", Line: 3, Column: 2, Within: path{"items", 1}},
		{File: "", Line: 3, Column: 2},
	} {
		want := resource.Location{File: origin.File, Line: 3, Column: 2}
		if got := renderer.Locate(snapshot, origin, path{"a"}); got != want {
			t.Errorf("%+v: %s", origin, got)
		}
		if origin.File != "a.yaml" {
			if lines := renderer.Excerpt(snapshot, origin, nil, want, 3); lines != nil {
				t.Errorf("%+v: %v", origin, lines)
			}
		}
	}
}

func excerpt(t *testing.T, name, text string, at int, sensitive ...path) string {
	t.Helper()
	snapshot := files(map[string]string{name: text})
	rendering := renderAll(t, snapshot)
	if len(rendering.Resources) == 0 {
		t.Fatalf("no resources: %v", problems(rendering.Problems))
	}
	var out strings.Builder
	for _, line := range render.New(render.Options{}).Excerpt(snapshot, rendering.Resources[0].Origin, sensitive, resource.Location{File: name, Line: at}, 100) {
		fmt.Fprintf(&out, "%d %s\n", line.Number, line.Text)
	}
	return out.String()
}

func TestExcerptMasks(t *testing.T) {
	for _, test := range []struct {
		name, file, text, want string
		sensitive              []path
	}{
		{"plain", "a.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  a: CANARY # CANARY\n  b: CANARY\nmetadata:\n  name: x\n",
			"1 apiVersion: v1\n2 kind: Secret\n3 data:\n4   a: (sensitive)\n5   b: (sensitive)\n6 metadata:\n7   name: x\n8 \n", nil},
		{"block scalars", "a.yaml", "kind: Secret\nstringData:\n  a: |\n    CANARY\n\n    CANARY\n  b: >-\n   CANARY\n   x\napiVersion: v1\n",
			"1 kind: Secret\n2 stringData:\n3   a: (sensitive)\n4     (sensitive)\n5 \n6     (sensitive)\n7   b: (sensitive)\n8    (sensitive)\n9    (sensitive)\n10 apiVersion: v1\n11 \n", nil},
		{"quoted over lines", "a.yaml", "kind: Secret\nstringData:\n  a: \"CAN\\\n    ARY\n\n    x\"\n  b: 'CANARY\n    CANARY'\napiVersion: v1\n",
			"1 kind: Secret\n2 stringData:\n3   a: (sensitive)\n4     (sensitive)\n5 \n6     (sensitive)\n7   b: (sensitive)\n8     (sensitive)\n9 apiVersion: v1\n10 \n", nil},
		{"flow", "a.yaml", "kind: Secret\nstringData: {a: CANARY, \"b\": [CANARY, \"CANARY\"],\n  c: CANARY}\napiVersion: v1\n",
			"1 kind: Secret\n2 stringData: {a: (sensitive), \"b\": [(sensitive), (sensitive)\n3   c: (sensitive)\n4 apiVersion: v1\n5 \n", nil},
		{"alias to a value elsewhere", "a.yaml", "kind: Secret\nmetadata:\n  name: &x CANARY\ndata:\n  a: *x\napiVersion: v1\n",
			"1 kind: Secret\n2 metadata:\n3   name: (sensitive)\n4 data:\n5   a: *x\n6 apiVersion: v1\n7 \n", nil},
		{"merge", "a.yaml", "x: &x {a: CANARY}\nkind: Secret\ndata:\n  <<: *x\napiVersion: v1\n",
			"1 x: &x {a: (sensitive)\n2 kind: Secret\n3 data:\n4   <<: *x\n5 apiVersion: v1\n6 \n", nil},
		{"tag and anchor", "a.yaml", "apiVersion: v1\nkind: Secret\ndata: {a: !!str &x CANARY, b: *x}\n",
			"1 apiVersion: v1\n2 kind: Secret\n3 data: {a: (sensitive), b: *x}\n4 \n", nil},
		{"quotes within quotes", "a.yaml", "kind: Secret\nstringData:\n  a: 'CAN''\n\n    ''CANARY'\n  b: \"CANARY\\\"\n    CANARY\"\n# shown\napiVersion: v1\n",
			"1 kind: Secret\n2 stringData:\n3   a: (sensitive)\n4 \n5     (sensitive)\n6   b: (sensitive)\n7     (sensitive)\n8 # shown\n9 apiVersion: v1\n10 \n", nil},
		{"lines of punctuation", "a.yaml", "kind: Secret\nstringData:\n  a: |\n    {\n    CANARY\n    -\n    }\napiVersion: v1\n",
			"1 kind: Secret\n2 stringData:\n3   a: (sensitive)\n4     (sensitive)\n5     (sensitive)\n6     (sensitive)\n7     (sensitive)\n8 apiVersion: v1\n9 \n", nil},
		{"list", "a.yaml", "- apiVersion: v1\n  kind: Secret\n  data: [CANARY, x]\n- b: c\n",
			"1 - apiVersion: v1\n2   kind: Secret\n3   data: [(sensitive), (sensitive)\n4 - b: c\n5 \n", nil},
		{"a neighbour's", "a.yaml", "a: 1\n---\napiVersion: v1\nkind: Secret\ndata:\n  a: CANARY\n---\nb: 1\n",
			"1 a: 1\n2 ---\n3 apiVersion: v1\n4 kind: Secret\n5 data:\n6   a: (sensitive)\n7 ---\n8 b: 1\n9 \n", nil},
		{"the value in a comment", "a.yaml", "# CANARY-1\napiVersion: v1\nkind: Secret\nstringData: {a: CANARY-1}\nx: CANARY-1\n",
			"1 # (sensitive)\n2 apiVersion: v1\n3 kind: Secret\n4 stringData: {a: (sensitive)\n5 x: (sensitive)\n6 \n", nil},
		{"one line of JSON", "a.json", `{"apiVersion":"v1","data":{"a":"CANARY","b":{"c":["CANARY"]}},"kind":"Secret"}`,
			`1 {"apiVersion":"v1","data":{"a":(sensitive),"b":{"c":[(sensitive)]}},"kind":"Secret"}` + "\n", nil},
		{"JSON over lines", "a.json", "{\"apiVersion\":\"v1\", \"kind\":\"Secret\",\n \"data\": {\"é\":\n  \"CANARY\\n\\u0041\"\n  }\n}",
			"1 {\"apiVersion\":\"v1\", \"kind\":\"Secret\",\n2  \"data\": {\"é\":\n3   (sensitive)\n4   }\n5 }\n", nil},
		{"the caller's paths", "a.yaml", "kind: ConfigMap\ndata:\n  a: CANARY\n  b: c\n",
			"1 kind: ConfigMap\n2 data:\n3   a: (sensitive)\n4   b: c\n5 \n", []path{{"data", "a"}, {"none"}}},
		{"a document that is refused", "a.yaml", "a: 1\n---\nkind: Secret\na: CANARY\na: CANARY\n---\nb: 1\n",
			"1 a: 1\n6 ---\n7 b: 1\n8 \n", nil},
		{"the rest of a broken file", "a.yaml", "a: 1\nb: |\n  x\n  ---\n---\nkind: Secret\na: CANARY\nb: [\n",
			"1 a: 1\n2 b: |\n3   x\n4   ---\n", nil},
		{"carriage returns", "a.yaml", "apiVersion: v1\r\nkind: Secret\r\ndata:\r\n  a: CANARY\r\ntype: c\r\n",
			"1 apiVersion: v1\n2 kind: Secret\n3 data:\n4   a: (sensitive)\n5 type: c\n6 \n", nil},
		{"odd line breaks", "a.yaml", "apiVersion: v1\rkind: Secret\u0085data:\u2028  a: CANARY\u2029  b: CANARY\n",
			"1 apiVersion: v1\n2 kind: Secret\n3 data:\n4   a: (sensitive)\n5   b: (sensitive)\n6 \n", nil},
		{"byte order mark", "a.yaml", "\ufeffapiVersion: v1\nkind: Secret\ndata: {ü: CANARY, ö: CANARY}\n",
			"1 apiVersion: v1\n2 kind: Secret\n3 data: {ü: (sensitive), ö: (sensitive)\n4 \n", nil},
	} {
		got := excerpt(t, test.file, test.text, 1, test.sensitive...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if strings.Contains(got, "CAN") || strings.Contains(got, "ARY") {
			t.Errorf("%s: the canary shows:\n%s", test.name, got)
		}
	}
}

func TestExcerptBounds(t *testing.T) {
	snapshot := files(map[string]string{"a.yaml": "a: 1\nb: 2\nc: 3\nd: 4\ne: 5"})
	renderer := render.New(render.Options{})
	numbers := func(line, context int) (got []int) {
		for _, l := range renderer.Excerpt(snapshot, resource.Origin{File: "a.yaml", Line: 1}, nil, resource.Location{Line: line}, context) {
			got = append(got, l.Number)
		}
		return got
	}
	for _, test := range []struct {
		line, context int
		want          []int
	}{
		{3, 1, []int{2, 3, 4}}, {1, 1, []int{1, 2}}, {5, 2, []int{3, 4, 5}}, {3, 0, []int{3}}, {3, -1, []int{3}},
		{3, 1 << 62, []int{1, 2, 3, 4, 5}}, {0, 1, nil}, {6, 1, nil}, {-1, 1, nil},
	} {
		if diff := cmp.Diff(test.want, numbers(test.line, test.context)); diff != "" {
			t.Errorf("%d±%d: %s", test.line, test.context, diff)
		}
	}
}

func TestLocateFromSeveralGoroutines(t *testing.T) {
	content := map[string]string{}
	for i := range 40 {
		content[fmt.Sprintf("%02d.yaml", i)] = strings.Repeat("# \n", i) + "a: 1\n"
	}
	snapshot := files(content)
	renderer := render.New(render.Options{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 400 {
				file := i * 7 % 40
				origin := resource.Origin{File: fmt.Sprintf("%02d.yaml", file), Line: 1}
				if got := renderer.Locate(snapshot, origin, path{"a"}); got.Line != file+1 || got.Column != 4 {
					t.Errorf("%s: %s", origin.File, got)
				}
			}
		})
	}
	group.Wait()
}
