package render_test

import (
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

func keys(t *testing.T) *sops.Keys {
	t.Helper()
	keys, err := sops.NewKeys([]byte(sealed(t, "age.key")), nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
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
