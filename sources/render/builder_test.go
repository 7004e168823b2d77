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

// shopTree is a repository with a base, two overlays of it and plain files.
func shopTree() map[string]string {
	return map[string]string{
		"base/kustomization.yaml": "resources: [deploy.yaml, more/service.yaml]\nconfigMapGenerator:\n- name: other\n  literals: [a=b]\n- name: settings\n  files: [app.properties]\n",
		"base/deploy.yaml":        "# the shop\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\n",
		"base/more/service.yaml":  "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
		"base/app.properties":     "a=1\n",
		"base/unlisted.yaml":      "apiVersion: v1\nkind: Service\nmetadata: {name: unlisted}\n",
		"overlays/prod/kustomization.yaml": "namespace: shop\nnamePrefix: prod-\nresources: [../../base]\n" +
			"patches: [{path: replicas.yaml}]\nsecretGenerator:\n- name: login\n  literals: [password=hunter2222]\n",
		"overlays/prod/replicas.yaml":     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
		"overlays/test/kustomization.yml": "namespace: shop\nresources: [../../base]\n",
		"plain/ns.yaml":                   "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
	}
}

// places are the resources of a rendering, as target: kind namespace/name@file:line:column.
func placesIn(rendering *sources.Rendering) []string {
	var all []string
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		all = append(all, fmt.Sprintf("%s: %s %s/%s@%s", res.ID.Target, res.ID.Kind, res.ID.Namespace, res.ID.Name, res.Origin.Location()))
	}
	return all
}

func TestWhatIsBuilt(t *testing.T) {
	prod := func(target string) []string {
		return []string{
			target + ": Deployment shop/prod-web@base/deploy.yaml:2:1",
			target + ": Deployment shop/prod-worker@base/deploy.yaml:7:1",
			target + ": Service shop/prod-web@base/more/service.yaml:1:1",
			target + ": ConfigMap shop/prod-other-4h2mbtbbt6@base/kustomization.yaml:3:3",
			target + ": ConfigMap shop/prod-settings-hd7hk5686b@base/kustomization.yaml:5:3",
			target + ": Secret shop/prod-login-mkh856d2h9@overlays/prod/kustomization.yaml:6:3",
		}
	}
	inTest := func(target string) []string {
		return []string{
			target + ": Deployment shop/web@base/deploy.yaml:2:1",
			target + ": Deployment shop/worker@base/deploy.yaml:7:1",
			target + ": Service shop/web@base/more/service.yaml:1:1",
			target + ": ConfigMap shop/other-4h2mbtbbt6@base/kustomization.yaml:3:3",
			target + ": ConfigMap shop/settings-hd7hk5686b@base/kustomization.yaml:5:3",
		}
	}
	for _, test := range []struct {
		name      string
		selection sources.Selection
		want      []string
	}{
		{"an overlay", sources.Selection{Path: "overlays/prod"}, prod("t")},
		{"its kustomization", sources.Selection{Path: "overlays/prod/kustomization.yaml"}, prod("t")},
		{"a folder without a kustomization", sources.Selection{Path: "plain"}, []string{"t: Namespace /shop@plain/ns.yaml:1:1"}},
		{"looked at", sources.Selection{Path: "overlays/prod", Loose: true}, prod("t")},
		{"its kustomization, looked at", sources.Selection{Path: "overlays/prod/kustomization.yaml", Loose: true}, prod("t")},
		{"overlays, looked at", sources.Selection{Path: "overlays", Loose: true}, append(prod("overlays/prod"), inTest("overlays/test")...)},
		{"a base by itself, and nothing beside it", sources.Selection{Path: "base"}, []string{
			"t: Deployment /web@base/deploy.yaml:2:1", "t: Deployment /worker@base/deploy.yaml:7:1", "t: Service /web@base/more/service.yaml:1:1",
			"t: ConfigMap /other-4h2mbtbbt6@base/kustomization.yaml:3:3", "t: ConfigMap /settings-hd7hk5686b@base/kustomization.yaml:5:3",
		}},
		{"a repository, for a target", sources.Selection{Path: "."}, append(append([]string{"t: Namespace /shop@plain/ns.yaml:1:1"}, prod("t")...), inTest("t")...)},
		{"a repository, looked at", sources.Selection{Path: ".", Loose: true}, append(append([]string{
			"t: Service /unlisted@base/unlisted.yaml:1:1", "t: Namespace /shop@plain/ns.yaml:1:1",
		}, prod("overlays/prod")...), inTest("overlays/test")...)},
		{"a file of a base", sources.Selection{Path: "base/more/service.yaml"}, []string{"t: Service /web@base/more/service.yaml:1:1"}},
	} {
		test.selection.Target = "t"
		rendering, err := render.New(render.Options{}).Render(t.Context(), files(shopTree()), test.selection)
		if err != nil || len(rendering.Problems)+len(rendering.Skipped) > 0 {
			t.Errorf("%s: %v %+v", test.name, err, rendering)
			continue
		}
		if diff := cmp.Diff(test.want, placesIn(rendering)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// A value is found where it is written, or above where it would be.
func TestLocateInBuilds(t *testing.T) {
	snapshot := files(shopTree())
	renderer := render.New(render.Options{})
	rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: "overlays/prod"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		index int
		path  path
		want  string
	}{
		{0, path{"spec", "replicas"}, "base/deploy.yaml:5:18"},
		{0, path{"spec", "template"}, "base/deploy.yaml:5:7"},
		{1, path{"metadata", "namespace"}, "base/deploy.yaml:9:11"},
		{5, path{"data", "password"}, "overlays/prod/kustomization.yaml:6:3"},
	} {
		res := &rendering.Resources[test.index]
		if got := renderer.Locate(snapshot, res.Origin, test.path); got.String() != test.want {
			t.Errorf("%s %s is at %s, want %s", res.ID, test.path, got, test.want)
		}
	}
	// The lines around a generator hide what it makes a Secret of.
	secret := rendering.Resources[5]
	var shown []string
	for _, line := range renderer.Excerpt(snapshot, secret.Origin, secret.Sensitive, secret.Origin.Location(), 10) {
		shown = append(shown, line.Text)
	}
	if text := strings.Join(shown, "\n"); strings.Contains(text, "hunter2222") || !strings.Contains(text, "name: login") {
		t.Error(text)
	}
}

// Patches may take away what origins are told by; generators name themselves.
func TestOriginsThatAreGone(t *testing.T) {
	rendering, err := render.New(render.Options{}).Render(t.Context(), files(map[string]string{
		"kustomization.yaml": "resources: [a.yaml, b.yaml]\npatches:\n- target: {}\n  patch: '- {op: add, path: /metadata/annotations, value: {x: y}}'\n" +
			"- target: {kind: Pod}\n  patch: '- {op: replace, path: /metadata/name, value: other}'\n  options: {allowNameChange: true}\n" +
			"- target: {kind: Job}\n  patch: '- {op: replace, path: /kind, value: CronJob}'\n  options: {allowKindChange: true}\n",
		"a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: ab}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n",
		"b.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
	}), sources.Selection{Path: ".", Target: "t"})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering.Problems)
	}
	want := []string{"t: Service /a@a.yaml:1:1", "t: Service /ab@a.yaml:5:1", "t: CronJob /j@kustomization.yaml", "t: Pod /other@b.yaml:1:1"}
	if diff := cmp.Diff(want, placesIn(rendering)); diff != "" {
		t.Error(diff)
	}
	for _, res := range rendering.Resources {
		if annotations, _ := resource.Lookup(res.Content, resource.Path{"metadata", "annotations"}); len(annotations.(map[string]any)) != 1 {
			t.Errorf("%s has annotations %v", res.ID, annotations)
		}
	}
}

// What may be in a build is foreseen, wherever its bases are.
func TestForeseeBuilds(t *testing.T) {
	kinds, known, err := render.New(render.Options{}).Foresee(t.Context(), files(shopTree()), sources.Selection{Path: "overlays/prod"})
	if err != nil || !known {
		t.Fatal(known, err)
	}
	for _, kind := range []string{"*/ConfigMap", "*/Deployment", "*/Secret", "*/Service"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is not among %v", kind, kinds)
		}
	}
}

// A bomb of aliases is refused before the library expands it.
func TestBuildOfABomb(t *testing.T) {
	bomb := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("%c: &%[1]c [*%c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c]\n", 'b'+i, 'a'+i)
	}
	for name, tree := range map[string]map[string]string{
		"resource":      {"k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": bomb},
		"kustomization": {"k/kustomization.yaml": bomb},
		"patch":         {"k/kustomization.yaml": "patches: [{path: a.yaml}]\n", "k/a.yaml": bomb},
		"transformer":   {"k/kustomization.yaml": "transformers: [a.yaml]\n", "k/a.yaml": bomb},
	} {
		rendering := renderAll(t, files(tree))
		if got := problems(rendering.Problems); len(got) != 1 || !strings.Contains(got[0], "once its aliases are expanded") {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, field := range []string{"patches:\n- patch: |\n    ", "transformers:\n- |\n    ", "patchesStrategicMerge:\n- |\n    "} {
		inline := field + strings.ReplaceAll(bomb, "\n", "\n    ")
		got := problems(renderAll(t, files(map[string]string{"kustomization.yaml": inline})).Problems)
		if len(got) != 1 || !strings.HasPrefix(got[0], "kustomization.yaml:2:") || !strings.Contains(got[0], "once its aliases are expanded") {
			t.Errorf("a bomb in a text: %v", got)
		}
	}
}
