package render_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/render/sops"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// canary is in the encrypted files, and nowhere else.
const canary = "correct-horse-battery"

func sealed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("sops", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func keys(t *testing.T) []render.Keys {
	t.Helper()
	return []render.Keys{scoped(t, "age.key")}
}

// scoped are the keys of a file, for those scopes only.
func scoped(t *testing.T, name string, scopes ...string) render.Keys {
	t.Helper()
	keys, err := sops.NewKeys([]byte(sealed(t, name)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return render.Keys{Keys: keys, Scope: scopes}
}

// An encrypted Secret is decrypted where it stands, and hidden.
func TestEncrypted(t *testing.T) {
	snapshot := files(map[string]string{"secret.yaml": sealed(t, "secret.enc.yaml"), "secret.json": sealed(t, "secret.enc.json")})
	rendering, err := render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, sources.Selection{Path: "."})
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 2 {
		t.Fatal(err, rendering)
	}
	res := &rendering.Resources[1]
	if url, _ := resource.Lookup(res.Content, resource.Path{"stringData", "url"}); url != "postgres://shop:"+canary+"@db/shop" {
		t.Error("it is not decrypted")
	}
	if _, there := resource.Lookup(res.Content, resource.Path{"sops"}); there {
		t.Error("SOPS's metadata is part of it")
	}
	if strings.Contains(fmt.Sprint(res.Masked()), canary) {
		t.Error("it is shown")
	}
	at := render.New(render.Options{}).Locate(snapshot, res.Origin, resource.Path{"stringData", "url"})
	if want := 1 + strings.Count(sealed(t, "secret.enc.yaml")[:strings.Index(sealed(t, "secret.enc.yaml"), "    url:")], "\n"); at.Line != want {
		t.Errorf("it is on line %d, not %d", at.Line, want)
	}
}

// Without a key a check takes the values for unknown; nothing of it is applied.
func TestEncryptedWithoutKey(t *testing.T) {
	snapshot := files(map[string]string{"secret.yaml": sealed(t, "secret.enc.yaml")})
	rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: ".", Unknown: true})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering)
	}
	want := []resource.Path{{"data", "password"}, {"stringData", "url"}}
	if diff := cmp.Diff(want, rendering.Resources[0].Unknown); diff != "" || rendering.Resources[0].ID.Name != "db" {
		t.Errorf("%v: -want +got:\n%s", rendering.Resources[0].ID, diff)
	}
	rendering, err = render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "."})
	if err != nil || len(rendering.Resources) > 0 || len(rendering.Problems) != 1 || !strings.Contains(rendering.Problems[0].Msg, "no key is given") {
		t.Error(err, rendering)
	}
	// What was changed by hand is a mistake for both.
	snapshot = files(map[string]string{"secret.yaml": strings.Replace(sealed(t, "secret.enc.yaml"), "namespace: shop", "namespace: x", 1)})
	rendering, err = render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, sources.Selection{Path: ".", Unknown: true})
	if err != nil || len(rendering.Resources) > 0 || len(rendering.Problems) != 1 || !strings.Contains(rendering.Problems[0].Msg, "MAC") {
		t.Error(err, rendering)
	}
}

// What builds take in is decrypted before, and hidden wherever it comes out.
func TestEncryptedInBuilds(t *testing.T) {
	snapshot := files(map[string]string{
		"k/kustomization.yaml": "resources: [secret.yaml]\nsecretGenerator:\n- name: settings\n  envs: [settings.env]\n" +
			"configMapGenerator:\n- name: shown\n  files: [settings.env]\n",
		"k/secret.yaml":          sealed(t, "secret.enc.yaml"),
		"k/settings.env":         sealed(t, "settings.enc.env"),
		"c/Chart.yaml":           "apiVersion: v2\nname: c\nversion: 1.0.0\n",
		"c/templates/config.yml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  url: {{ .Values.stringData.url }}\n  plain: {{ .Values.type }}\n",
	})
	selection := sources.Selection{Path: ".", Build: sources.Build{Chart: sources.Chart{ValuesFiles: []string{"k/secret.yaml"}}}}
	rendering, err := render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, selection)
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 4 {
		t.Fatal(err, rendering)
	}
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		if text := fmt.Sprint(res.Masked()); strings.Contains(text, canary) || strings.Contains(text, "correct horse") || len(res.Sensitive) == 0 {
			t.Errorf("%s is shown: %s", res.ID, text)
		}
		if strings.Contains(fmt.Sprint(res.Content), "ENC[") || len(res.Unknown) > 0 {
			t.Errorf("%s is not decrypted", res.ID)
		}
	}
	selection.Unknown = true
	rendering, err = render.New(render.Options{}).Render(t.Context(), snapshot, selection)
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 4 {
		t.Fatal(err, rendering)
	}
	for i := range rendering.Resources {
		if res := &rendering.Resources[i]; len(res.Unknown) == 0 {
			t.Errorf("%s is taken for known", res.ID)
		}
	}
	selection.Unknown = false
	rendering, err = render.New(render.Options{}).Render(t.Context(), snapshot, selection)
	if err != nil || len(rendering.Problems) == 0 || len(rendering.Resources) > 0 {
		t.Error(err, rendering)
	}
}

// What is encrypted in the source is told from what is not, in what is read and in
// what is built, with a key and without.
func TestWrittenInTheSource(t *testing.T) {
	mixed := sealed(t, "mac-only-encrypted.enc.yaml") // of which stringData is plain
	mixed = strings.ReplaceAll(mixed, "postgres://shop:correct-horse-battery@db/shop", "postgres://shop:other@db/shop")
	snapshot := files(map[string]string{
		"a/secret.yaml": mixed,
		"k/kustomization.yaml": "resources: [secret.yaml]\nconfigMapGenerator:\n- name: db\n  files: [all.txt=secret.yaml]\n" +
			"secretGenerator:\n- name: db-files\n  files: [all.txt=secret.yaml]\ngeneratorOptions: {disableNameSuffixHash: true}\n",
		"k/secret.yaml": mixed,
		"c/Chart.yaml":  "apiVersion: v2\nname: c\nversion: 1.0.0\n",
		"c/templates/config.yml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" +
			"data:\n  url: mysql://x:{{ .Values.data.password }}@{{ .Values.metadata.name }}\n  plain: {{ .Values.type }}\n",
	})
	whole := "apiVersion: v1\nkind: Secret\nmetadata:\n    name: db\n    namespace: shop\n    labels:\n        tier: \"1\"\ntype: Opaque\n" +
		"data:\n    password: $(encrypted)\nstringData:\n    url: postgres://shop:other@db/shop\n    empty: \"\"\n"
	for path, want := range map[string]map[string]any{
		"a": {"Secret db": map[string]any{
			"data": map[string]any{"password": resource.Encrypted}, "stringData": map[string]any{"empty": "", "url": "postgres://shop:other@db/shop"},
		}},
		"c": {"ConfigMap c": map[string]any{"data": map[string]any{"url": "mysql://x:$(encrypted)@db", "plain": "Opaque"}}},
		"k": {
			"Secret db": map[string]any{
				"data": map[string]any{"password": resource.Encrypted}, "stringData": map[string]any{"empty": "", "url": "postgres://shop:other@db/shop"},
			},
			"ConfigMap db":    map[string]any{"data": map[string]any{"all.txt": whole}},
			"Secret db-files": map[string]any{"data": map[string]any{"all.txt": whole}},
		},
	} {
		selection := sources.Selection{Path: path, Build: sources.Build{Chart: sources.Chart{ValuesFiles: []string{"a/secret.yaml"}}}, Unknown: true}
		if path != "c" {
			selection.Build = sources.Build{}
		}
		var both [2]map[string]any
		for i, opened := range [][]render.Keys{keys(t), nil} {
			rendering, err := render.New(render.Options{Keys: opened}).Render(t.Context(), snapshot, selection)
			if err != nil || len(rendering.Problems) > 0 {
				t.Fatal(err, rendering)
			}
			both[i] = map[string]any{}
			for _, res := range rendering.Resources {
				fields, _ := res.Written.(map[string]any)
				shown := map[string]any{}
				for _, field := range []string{"data", "stringData"} {
					if values, there := fields[field].(map[string]any); there {
						shown[field] = readable(values)
					}
				}
				both[i][res.ID.Kind+" "+res.ID.Name] = shown
			}
		}
		if diff := cmp.Diff(both[0], both[1]); diff != "" {
			t.Errorf("%s: with the key -, without +:\n%s", path, diff)
		}
		for name, content := range want {
			if diff := cmp.Diff(content, both[0][name]); diff != "" {
				t.Errorf("%s: %s: -want +got:\n%s", path, name, diff)
			}
		}
	}
}

// readable are values out of base64, and without the quotes that a decrypted one has.
func readable(values map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range values {
		text := fmt.Sprint(value)
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			text = string(decoded)
		}
		out[key] = strings.ReplaceAll(text, `"$(encrypted)"`, "$(encrypted)")
	}
	return out
}

// A variable whose value is encrypted in the source does not bring it in as plain
// text, and one that is plain does.
func TestEncryptedVariables(t *testing.T) {
	snapshot := files(map[string]string{
		"vars.yaml": sealed(t, "mac-only-encrypted.enc.yaml"),
		"web/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n" +
			"stringData:\n  one: x-${password}\n  two: ${url}\n",
	})
	selection := sources.Selection{Path: "web", Build: sources.Build{SubstituteFrom: []string{"vars.yaml"}}}
	rendering, err := render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, selection)
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
		t.Fatal(err, rendering)
	}
	got, _ := resource.Lookup(rendering.Resources[0].Written, resource.Path{"stringData"})
	want := map[string]any{"one": "x-$(encrypted)", "two": "postgres://shop:" + canary + "@db/shop"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text, _ := resource.Lookup(rendering.Resources[0].Content, resource.Path{"stringData", "one"}); text != "x-"+canary {
		t.Error("it is not filled in")
	}
}

// A key with a scope decrypts what lies there, for what is built there: no tenant
// has the file of another decrypted, neither by naming it nor by copying it.
func TestKeysOfTenants(t *testing.T) {
	kustomization := func(resources string) string { return "resources: [" + resources + "]\n" }
	mine := sealed(t, "mac-only-encrypted.enc.yaml")
	theirs := sealed(t, "stranger.enc.yaml")
	taken := func(file string) string { return "secretGenerator: [{name: x, files: [" + file + "]}]\n" }
	snapshot := files(map[string]string{
		"teams/a/own/secret.yaml":          mine,
		"teams/a/built/kustomization.yaml": kustomization("../own/secret.yaml"),
		"teams/b/secret.yaml":              theirs,
		"teams/b/kustomization.yaml":       taken("secret.yaml"),
		"teams/a/reach/kustomization.yaml": taken("../../b/secret.yaml"),
		"teams/c/secret.yaml":              mine,
		"teams/a/away/kustomization.yaml":  kustomization("../../c/secret.yaml"),
		"teams/a/copied/secret.yaml":       theirs,
		"teams/a/chart/Chart.yaml":         "apiVersion: v2\nname: c\nversion: 1.0.0\n",
		"teams/a/chart/templates/c.yaml":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {all: {{ toJson .Values | quote }}}\n",
		"teams/ab/kustomization.yaml":      kustomization("../a/own/secret.yaml"),
		"clusters/all/kustomization.yaml":  kustomization("../../teams/a/own/secret.yaml"),
		"teams/a/filled/map.yaml":          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: \"${password}\"}\n",
	})
	renderer := render.New(render.Options{Keys: []render.Keys{
		scoped(t, "age.key", "teams/a"), scoped(t, "stranger.key", "teams/b", "shared/b"),
	}})
	for path, test := range map[string]struct {
		build  sources.Build
		opened bool
	}{
		"teams/a/own":    {sources.Build{}, true},
		"teams/a/built":  {sources.Build{}, true},
		"teams/b":        {sources.Build{}, true},
		"teams/a":        {sources.Build{}, false}, // with all that is copied there
		"teams/a/reach":  {sources.Build{}, false},
		"teams/a/away":   {sources.Build{}, false},
		"teams/a/copied": {sources.Build{}, false},
		"teams/a/chart":  {sources.Build{Chart: sources.Chart{ValuesFiles: []string{"teams/b/secret.yaml"}}}, false},
		"teams/a/filled": {sources.Build{SubstituteFrom: []string{"teams/b/secret.yaml"}}, false},
		"teams/ab":       {sources.Build{}, false},
		"clusters/all":   {sources.Build{}, false},
		".":              {sources.Build{}, false},
	} {
		rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: path, Build: test.build})
		if err != nil {
			t.Fatal(err)
		}
		if opened := len(rendering.Problems) == 0; opened != test.opened {
			t.Errorf("%s: opened %v, want %v: %v", path, opened, test.opened, rendering.Problems)
		}
		says := "keys with a scope ("
		if !test.opened && path != "." && !strings.Contains(fmt.Sprint(rendering.Problems), says) {
			t.Errorf("%s: nothing says why: %v", path, rendering.Problems)
		}
	}
}
