package render_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
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
		{"looked at", sources.Selection{Path: "overlays/prod", Loose: true}, prod("overlays/prod")},
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
