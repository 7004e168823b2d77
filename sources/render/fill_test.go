package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const (
	variablesFile = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars}\ndata: {NAME: web, COUNT: '3', ON: 'true', WRONG: over, LINES: \"a\\nb\"}\n"
	secretsFile   = "apiVersion: v1\nkind: Secret\nmetadata: {name: vars}\ndata: {PASSWORD: aHVudGVyMjIyMg==}\nstringData: {TOKEN: tok-5555, WRONG: secret-6666, ODD: 'a: b: c-7777'}\n"
)

func filled(t *testing.T, text string, build sources.Build) *sources.Rendering {
	t.Helper()
	snapshot := files(map[string]string{"t/a.yaml": text, "vars.yaml": variablesFile, "secrets.yaml": secretsFile})
	rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "t", Target: "t", Build: build})
	if err != nil {
		t.Fatal(err)
	}
	return rendering
}

// What Flux makes of a text, and where a Secret's value is in it.
func TestFill(t *testing.T) {
	build := sources.Build{
		SubstituteFrom: []string{"secrets.yaml", "vars.yaml"},
		Substitute:     map[string]string{"WRONG": "right", "EMPTY": ""},
	}
	for _, test := range []struct {
		value     string
		want      any
		sensitive string
	}{
		{"plain", "plain", ""},
		{"${NAME}", "web", ""},
		{"a-${NAME}-b", "a-web-b", ""},
		{"${COUNT}", int64(3), ""},
		{"'${COUNT}'", int64(3), ""}, // quotes are gone by then, as with Flux
		{"v${COUNT}", "v3", ""},
		{"${ON}", true, ""},
		{"${WRONG}", "right", ""},
		{"${LINES}", "ab", ""},
		{"${EMPTY}", nil, ""},
		{"${EMPTY:-default}", "default", ""},
		{"${GONE:=default}", "default", ""},
		{"${GONE:-}", nil, ""},
		{"${NAME:0:2}", "we", ""},
		{"${NAME^^}", "WEB", ""},
		{"${NAME/w/b}", "beb", ""},
		{"$${NAME} $NAME", "${NAME} $NAME", ""},
		{"$NAME", "$NAME", ""},
		{"{b: ['x ${NAME}']}", map[string]any{"b": []any{"x web"}}, ""},
		{"{'${NAME}': 1}", map[string]any{"web": int64(1)}, ""},
		{"${PASSWORD}", "hunter2222", "data.a"},
		{"{b: ['x', 'pw=${PASSWORD}']}", map[string]any{"b": []any{"x", "pw=hunter2222"}}, "data.a.b[1]"},
		{"{'${NAME}': '${TOKEN}'}", map[string]any{"web": "tok-5555"}, "data.a.web"},
		{"{'${TOKEN}': 1}", map[string]any{"tok-5555": int64(1)}, "data.a"},
		{"${GONE:=${TOKEN}}", "tok-5555", "data.a"},
	} {
		rendering := filled(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: "+quoteFlow(test.value)+"}\n", build)
		if len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
			t.Errorf("%s: %v", test.value, problems(rendering.Problems))
			continue
		}
		res := rendering.Resources[0]
		got, _ := resource.Lookup(res.Content, resource.Path{"data", "a"})
		var paths []string
		for _, path := range res.Sensitive {
			paths = append(paths, path.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" || strings.Join(paths, " ") != test.sensitive {
			t.Errorf("%s: sensitive %v, want %q\n%s", test.value, paths, test.sensitive, diff)
		}
	}
}

// quoteFlow quotes a value that could not stand in braces.
func quoteFlow(value string) string {
	if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "'") {
		return value
	}
	return "'" + value + "'"
}

// A resource is named by its values, and keeps the place where it is written.
func TestFillIdentity(t *testing.T) {
	text := "# two\napiVersion: v1\nkind: Service\nmetadata: {name: '${NAME}', namespace: '${NS:=shop}'}\n---\n" +
		"apiVersion: v1\nkind: Service\nmetadata: {name: '${NAME}', labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\n---\n" +
		"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: '${NAME}'}\n"
	rendering := filled(t, text, sources.Build{Substitute: map[string]string{"NAME": "web"}})
	if diff := cmp.Diff([]string{
		"t: Service shop/web@t/a.yaml:2:1", "t: Service /${NAME}@t/a.yaml:6:1", "t: Secret /s@t/a.yaml:10:1",
	}, placesIn(rendering)); diff != "" || len(rendering.Problems) > 0 {
		t.Error(diff, problems(rendering.Problems))
	}
	if sensitive := rendering.Resources[2].Sensitive; len(sensitive) != 1 || sensitive[0].String() != "stringData" {
		t.Errorf("a Secret's own paths: %v", sensitive)
	}
	// Without variables nothing is filled in.
	rendering = filled(t, "apiVersion: v1\nkind: Service\nmetadata: {name: '${NAME}'}\n", sources.Build{})
	if len(rendering.Problems) > 0 || rendering.Resources[0].ID.Name != "${NAME}" {
		t.Error(placesIn(rendering), problems(rendering.Problems))
	}
}

// What cannot be filled in is a problem at its place, and no secret is in it.
func TestFillMistakes(t *testing.T) {
	ask := "; give it one in the target's render.substitute or substituteFrom, a default as in ${%s:=value}, or write $$ for a dollar sign"
	missing := func(name string) string { return "the variable " + name + " has no value" + fmt.Sprintf(ask, name) }
	all := sources.Build{SubstituteFrom: []string{"secrets.yaml"}, Substitute: map[string]string{"NAME": "web"}}
	for _, test := range []struct {
		value string
		build sources.Build
		want  string
	}{
		{"${GONE}", all, "t/a.yaml:5:6: " + missing("GONE")},
		{"'x ${GONE^^} ${NAME}'", all, "t/a.yaml:5:6: " + missing("GONE")},
		{"${NAME", all, "t/a.yaml:5:6: a ${…} in this text cannot be read: missing closing brace; write $$ for a dollar sign that is to stay"},
		{"${ODD}", all, "t/a.yaml:1:1: with its variables filled in this is no YAML any more; quote the values, or choose others"},
		{"x", sources.Build{SubstituteFrom: []string{"gone.yaml"}}, "gone.yaml: cannot be read: open gone.yaml: file does not exist"},
		{"x", sources.Build{SubstituteFrom: []string{"t/a.yaml", "odd.yaml"}}, "odd.yaml:1:1: values of variables come from a ConfigMap or a Secret, and this is neither"},
		{"x", sources.Build{Substitute: map[string]string{"a-b": "x"}}, `render.substitute: "a-b" is no name for a variable; use letters, digits and _`},
		{"x", sources.Build{SubstituteFrom: []string{"number.yaml"}}, "number.yaml:3:11: the value of a variable is a text; quote it"},
		{"x", sources.Build{SubstituteFrom: []string{"number.yaml", "encoded.yaml"}}, "encoded.yaml:3:11: the data of a Secret is base64; write it under stringData if it is not"},
	} {
		snapshot := files(map[string]string{
			"t/a.yaml":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: " + test.value + "\n",
			"secrets.yaml": secretsFile, "odd.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
			"number.yaml":  "apiVersion: v1\nkind: ConfigMap\ndata: {A: 7}\n",
			"encoded.yaml": "apiVersion: v1\nkind: Secret\ndata: {A: 'hunter2222!'}\n",
		})
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "t", Build: test.build})
		if err != nil {
			t.Fatal(err)
		}
		got := problems(rendering.Problems)
		if len(got) == 0 || got[len(got)-1] != test.want {
			t.Errorf("%s %v:\n got %q\nwant %q", test.value, test.build, got, test.want)
		}
		for _, secret := range []string{"7777", "hunter2222", "5555"} {
			if strings.Contains(fmt.Sprint(got), secret) {
				t.Errorf("%s is in %q", secret, got)
			}
		}
	}
	rendering := filled(t, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-${TOKEN}\n", all)
	if want := "t/a.yaml:4:9: the value of a Secret is part of metadata.name, which is shown wherever the resource is named; take another variable"; len(rendering.Problems) != 1 || problems(rendering.Problems)[0] != want {
		t.Errorf("a Secret's value in a name: %q", problems(rendering.Problems))
	}
}

// The namespace of a target is on all that it holds, built or not, and names
// Namespaces too, as kustomize has it.
func TestNamespace(t *testing.T) {
	build := sources.Build{Namespace: "own", Substitute: map[string]string{"X": "x"}}
	for _, test := range []struct {
		path string
		want []string
	}{
		{"overlays/test", []string{
			"t: Deployment own/web@base/deploy.yaml:2:1", "t: Deployment own/worker@base/deploy.yaml:7:1", "t: Service own/web@base/more/service.yaml:1:1",
			"t: ConfigMap own/other-4h2mbtbbt6@base/kustomization.yaml:3:3", "t: ConfigMap own/settings-hd7hk5686b@base/kustomization.yaml:5:3",
		}},
		{"mixed", []string{
			"t: Namespace /own@mixed/ns.yaml:1:1", "t: Service own/a@mixed/ns.yaml:5:1", "t: Deployment own/b@mixed/sub/b.yaml:1:1",
		}},
		{"mixed/sub/b.yaml", []string{"t: Deployment own/b@mixed/sub/b.yaml:1:1"}},
	} {
		tree := shopTree()
		tree["mixed/ns.yaml"] = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {x: '${X}'}\n"
		tree["mixed/sub/kustomization.yaml"] = "namespace: shop\nresources: [b.yaml]\n"
		tree["mixed/sub/b.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\n"
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(tree), sources.Selection{Path: test.path, Target: "t", Build: build})
		if err != nil || len(rendering.Problems) > 0 {
			t.Errorf("%s: %v %v", test.path, err, problems(rendering.Problems))
			continue
		}
		if diff := cmp.Diff(test.want, placesIn(rendering)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
		for _, res := range rendering.Resources {
			if value, there := resource.Lookup(res.Content, resource.Path{"spec", "x"}); there && value != "x" {
				t.Errorf("%s: variables in what is built: %v", test.path, value)
			}
		}
	}
}
