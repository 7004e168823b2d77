package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var fuzzLimits = render.Options{MaxFileSize: 1 << 16, MaxDocuments: 50, MaxDepth: 20, MaxNodes: 2000}

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"a: 1\n---\n- b: [c, {d: e}]\n", "a: &x {b: 1}\nc:\n  <<: *x\n  d: *x\n", "a: |\n  x\n---\nb: >-\n  y\n", "{{ x }}", "a: !Ref b\n? c\n: d\n",
		"apiVersion: v1\nkind: Secret\ndata: {a: \"b\\\n c\"}\nstringData:\n  x: |\n   y\n", bomb(), "\ufeff%YAML 1.1\n--- !!map\n'a': \"\\u00e9\"\n...\n",
		"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, data: [[a]]}\n", "a:\tb\r\nc: 1e3\r\rd:", "a: b: c", "x: *x",
		"<<: &x {a: 1}\nb: *x\n", "a: &a [*a]\n", "#\n\u0085\u2028x: y", "- - - a\n  -\n", "\"a\n  b\": 'c''d\n\n  e'\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkFile(t, "a.yaml", data) })
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a": [1, -0, 1.5e3, 1e400, 9223372036854775808, true, null, "\ud800\u00e9"]}`, "[{}, {\"a\": {}}]\n", `{"a":1,"a":2}`, "// x\n{}", "{} {}", "[1,", "\ufeff{}",
		`{"apiVersion":"v1","kind":"Secret","data":{"a":"b","c":["d"]}}`, `{"apiVersion":"v1","kind":"List","items":[{"a":1},2]}`,
	} {
		f.Add([]byte(seed))
	}
	known := regexp.MustCompile(`already set at|out of range|nested more|more than|not text|UTF-16|larger than`)
	f.Fuzz(func(t *testing.T, data []byte) {
		rendering := checkFile(t, "a.json", data)
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		var want any
		err := json.Unmarshal(data, &want)
		if len(rendering.Problems) > 0 {
			if msg := rendering.Problems[0].Msg; err == nil && !known.MatchString(msg) {
				t.Fatalf("encoding/json takes it, but: %s", msg)
			}
			return
		}
		if err != nil {
			t.Fatalf("encoding/json does not take it: %v", err)
		}
		object, isObject := want.(map[string]any)
		if kind, _ := object["kind"].(string); !isObject || strings.HasSuffix(kind, "List") {
			return // split into its elements
		}
		if diff := cmp.Diff(normal(want), rendering.Resources[0].Content); diff != "" {
			t.Fatal(diff)
		}
	})
}

// normal turns whole numbers into int64, as resources hold them.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, child := range v {
			object[key] = normal(child)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, child := range v {
			list[i] = normal(child)
		}
		return list
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		float, _ := v.Float64()
		return normal(float)
	case float64:
		if v == math.Trunc(v) && v >= -(1<<63) && v < 1<<63 {
			return int64(v)
		}
	}
	return value
}

// checkFile renders a file and holds the result against what is promised of every file.
func checkFile(t *testing.T, name string, data []byte) *sources.Rendering {
	snapshot := files(map[string]string{name: string(data)})
	renderer := render.New(fuzzLimits)
	rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: "."})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(regexp.MustCompile("\r\n|[\r\u0085\u2028\u2029]").ReplaceAllString(string(data), "\n"), "\n") + 1
	for _, problem := range rendering.Problems {
		if at := problem.Location; at.File != name || at.Line < 0 || at.Line > lines || at.Column < 0 || problem.Msg == "" {
			t.Fatalf("a problem at %s of %d lines: %q", at, lines, problem.Msg)
		}
	}
	if len(rendering.Resources) > fuzzLimits.MaxDocuments {
		t.Fatalf("%d resources", len(rendering.Resources))
	}
	document, last := -1, 1
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		if res.Origin.Document != document {
			document, last = res.Origin.Document, res.Origin.Line
		}
		walkValues(t, res.Content, nil, func(path resource.Path) {
			at := renderer.Locate(snapshot, res.Origin, path)
			if at.Line < last || at.Line > lines || at.Column < 1 {
				// An alias may lead to an earlier element of its document.
				if len(res.Origin.Within) == 0 {
					t.Fatalf("%s of document %d from line %d is at %s of %d lines", path, document, last, at, lines)
				}
			}
		})
		excerpt := renderer.Excerpt(snapshot, res.Origin, res.Sensitive, resource.Location{Line: 1}, lines)
		checkMasked(t, res, excerpt)
	}
	return rendering
}

func walkValues(t *testing.T, value any, path resource.Path, visit func(resource.Path)) {
	visit(path)
	if len(path) > fuzzLimits.MaxDepth {
		t.Fatalf("%d levels", len(path))
	}
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			walkValues(t, child, path.Append(key), visit)
		}
	case []any:
		for i, child := range v {
			walkValues(t, child, path.Append(i), visit)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s is %v", path, v)
		}
	case string, bool, int64, nil:
	default:
		t.Fatalf("%s is a %T", path, v)
	}
}

// checkMasked looks for sensitive texts in an excerpt.
func checkMasked(t *testing.T, res *resource.Resource, excerpt []sources.Line) {
	for _, path := range res.Sensitive {
		value, _ := resource.Lookup(res.Content, path)
		walkValues(t, value, nil, func(p resource.Path) {
			leaf, _ := resource.Lookup(value, p)
			text, _ := leaf.(string)
			for _, part := range strings.Split(text, "\n") {
				if part = strings.TrimSpace(part); len(part) < 6 || strings.Contains(resource.Mask, part) {
					continue
				}
				for _, line := range excerpt {
					if strings.Contains(strings.ReplaceAll(line.Text, resource.Mask, ""), part) {
						t.Fatalf("line %d shows %q: %s", line.Number, part, line.Text)
					}
				}
			}
		})
	}
}

// values draws what a JSON document can hold.
func values() *rapid.Generator[any] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "yes", "on", "n", "~", "null", "0o17", "0777", "1_000", "1e3", ".5", "-", "<<", "=", "2001-01-01", "a: b", "a #b", "- a", "*a", "&a", "!a", "%a", "@a",
		"'", "\"", "\t", " a", "a ", "a\nb", "a\n", "\n", "\n a", "a\r\nb", "\u0085", "\u2028", "\ufeff", "{{ x }}", "---", "|", ">", "?",
	}))
	scalar := rapid.OneOf(
		rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) any { return normal(f) }),
		rapid.Just[any](nil),
	)
	var nested func(depth int) *rapid.Generator[any]
	nested = func(depth int) *rapid.Generator[any] {
		if depth == 0 {
			return scalar
		}
		return rapid.OneOf(scalar,
			rapid.Map(rapid.SliceOfN(nested(depth-1), 0, 4), func(list []any) any { return list }),
			rapid.Map(rapid.MapOfN(text, nested(depth-1), 0, 4), func(object map[string]any) any { return object }))
	}
	return rapid.Map(rapid.MapOfN(text, nested(3), 1, 5), func(object map[string]any) any {
		delete(object, "kind")
		return object
	})
}

// What the library writes as YAML, or encoding/json as JSON, is read as the same value.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := values().Draw(rt, "value")
		asYAML, err := yaml.Marshal(want)
		if err != nil {
			rt.Skip(err)
		}
		var back any
		if yaml.Unmarshal(asYAML, &back) != nil {
			asYAML, _ = yaml.Marshal(map[string]any{}) // the library cannot read what it wrote
			want = map[string]any{}
		}
		asJSON, err := json.Marshal(want)
		if err != nil {
			rt.Skip(err)
		}
		for name, data := range map[string][]byte{"a.yaml": asYAML, "a.json": asJSON} {
			rendering, err := render.New(render.Options{}).Render(t.Context(), files(map[string]string{name: string(data)}), sources.Selection{Path: "."})
			if err != nil {
				rt.Fatal(err)
			}
			if len(rendering.Problems) > 0 {
				rt.Fatalf("%s: %v\n%s", name, problems(rendering.Problems), data)
			}
			if diff := cmp.Diff(want, rendering.Resources[0].Content); diff != "" {
				rt.Fatalf("%s: %s\n%q", name, diff, data)
			}
		}
	})
}

// However a secret is spelt, the lines around it do not show it.
func TestCanaryNeverShows(t *testing.T) {
	styles := []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle, yaml.TaggedStyle}
	rapid.Check(t, func(rt *rapid.T) {
		junk := rapid.StringOf(rapid.SampledFrom([]rune("ab \n\t\"'#:,-[]{}é\u2028&*!|>%@\\")))
		secret := func(label string) *yaml.Node {
			text := junk.Draw(rt, label+" before") + "CANARY" + junk.Draw(rt, label+" after")
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: rapid.SampledFrom(styles).Draw(rt, label+" style")}
		}
		word := func(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
		flow := func(label string) yaml.Style {
			return rapid.SampledFrom([]yaml.Style{0, yaml.FlowStyle}).Draw(rt, label)
		}
		anchored := secret("anchored")
		anchored.Anchor = "x"
		data := &yaml.Node{Kind: yaml.MappingNode, Style: flow("data"), Content: []*yaml.Node{
			word("a"), secret("a"), word("b"),
			{Kind: yaml.SequenceNode, Style: flow("b"), Content: []*yaml.Node{secret("b0"), secret("b1")}},
			word("c"), {Kind: yaml.AliasNode, Value: "x", Alias: anchored},
		}}
		root := &yaml.Node{Kind: yaml.MappingNode, Style: flow("root"), Content: []*yaml.Node{
			word("apiVersion"), word("v1"), word("other"), anchored, word("data"), data, word("kind"), word("Secret"),
		}}
		var out bytes.Buffer
		encoder := yaml.NewEncoder(&out)
		for range rapid.IntRange(1, 2).Draw(rt, "documents") {
			if err := encoder.Encode(root); err != nil {
				rt.Skip(err)
			}
		}
		for name, text := range map[string]string{"a.yaml": out.String(), "a.json": toJSON(out.Bytes())} {
			snapshot := files(map[string]string{name: text})
			renderer := render.New(render.Options{})
			rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: "."})
			if err != nil {
				rt.Fatal(err)
			}
			if len(rendering.Resources) == 0 {
				rt.Skip("the library wrote what it does not read")
			}
			if name == "a.json" {
				// JSON has no aliases: there "other" is not sensitive by itself.
				rendering.Resources[0].Sensitive = append(rendering.Resources[0].Sensitive, resource.Path{"other"})
			}
			res := rendering.Resources[0]
			for _, line := range renderer.Excerpt(snapshot, res.Origin, res.Sensitive, resource.Location{Line: 1}, 1000) {
				if strings.Contains(line.Text, "CANARY") {
					rt.Fatalf("line %d of %s shows it: %s\n%s", line.Number, name, line.Text, text)
				}
			}
		}
	})
}

// toJSON writes the first document of a YAML text as JSON, on one line or several.
func toJSON(text []byte) string {
	var value map[string]any
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&value); err != nil && err != io.EOF {
		return "{}"
	}
	out, err := json.MarshalIndent(value, "", strings.Repeat(" ", len(text)%3))
	if err != nil {
		return "{}"
	}
	return fmt.Sprintf("%s\n", out)
}

// anywhere has the same repository at every address.
func anywhere(context.Context, string, string) (fs.FS, error) {
	return treeOf(map[string]string{
		"kustomization.yaml": "resources: [x.yaml]\n", "x.yaml": configMap("x"), "deep/kustomization.yaml": "resources: [.., ../../b.yaml]\n",
	}), nil
}

// FuzzKustomization builds whatever is written in a kustomization, in a file of
// resources and in a patch.
func FuzzKustomization(f *testing.F) {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
	for _, seed := range [][3]string{
		{"resources: [a.yaml]\npatches: [{path: b.yaml}]\nnamePrefix: x-\n", service, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: X}\n"},
		{"resources: [a.yaml]\npatches: [{path: b.yaml, target: {kind: .*}}]\nnamespace: n\n", service, "- {op: add, path: /metadata/annotations, value: 7}\n"},
		{"configMapGenerator: [{name: a, files: [a.yaml, b.yaml], literals: [a=b]}]\nsecretGenerator: [{name: s, envs: [b.yaml]}]\n", service, "A=b\n"},
		{"transformers: [b.yaml]\nresources: [a.yaml, base]\nreplicas: [{name: a, count: 2}]\n", service, "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: a.yaml\n"},
		{"components: [base]\nreplacements: [{source: {kind: Service}, targets: [{select: {name: a}, fieldPaths: [metadata.labels.x]}]}]\nvars: [{name: V, objref: {kind: Service, name: a, apiVersion: v1}}]\n", service, ""},
		{"resources: ['github.com/a/b', '../../x', 'http:x']\nhelmCharts: [{name: a}]\ngenerators: [b.yaml]\n", service, "kind: X\napiVersion: e/v1\nmetadata: {name: a}\n"},
		{"resources: ['https://a.b/c/d?ref=" + commit + "', 'git::https://a.b/c//deep?ref=" + commit + "', 'github.com/a/b/deep?version=" + commit + "', a.yaml]\nnamePrefix: x-\n", service, ""},
		{"resources: [a.yaml]\nlabels: [{pairs: {a: b}, includeSelectors: true}]\nimages: [{name: x, newTag: y}]\nbuildMetadata: [originAnnotations, transformerAnnotations]\n", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: a}, data: [x]}]\n", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, kustomization, resources, patch string) {
		tree := files(map[string]string{
			"kustomization.yaml": kustomization, "a.yaml": resources, "b.yaml": patch,
			"base/kustomization.yaml": "resources: [c.yaml]\n", "base/c.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
		})
		limits := fuzzLimits
		limits.Remotes.Repository = anywhere
		rendering, err := render.New(limits).Render(t.Context(), tree, sources.Selection{Path: "."})
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := func(file string) bool {
			return strings.HasPrefix(file, "https://") && strings.Contains(file, "@"+commit[:12])
		}
		for _, problem := range rendering.Problems {
			written := strings.Contains(kustomization+resources+patch, "-holdfast-")
			if strings.Contains(problem.Msg, "-holdfast-") && !written {
				t.Errorf("a path that nobody knows: %s", problem.Msg)
			}
			if elsewhere(problem.Location.File) {
				continue
			}
			if _, err := tree.Open(problem.Location.File); err != nil {
				t.Errorf("a problem at %q: %v", problem.Location.File, err)
			}
		}
		for _, res := range rendering.Resources {
			if _, err := tree.Open(res.Origin.File); err != nil && !elsewhere(res.Origin.File) {
				t.Errorf("%s is from %q: %v", res.ID, res.Origin.File, err)
			}
		}
	})
}
