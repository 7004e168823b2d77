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

// What a chart makes of an encrypted value is hidden as the value is, whatever it
// does to it; what it makes of others is not.
func TestDerivedOfEncrypted(t *testing.T) {
	for name, template := range map[string]string{
		"as it is":   "{{ .Values.stringData.url }}",
		"urlquery":   "{{ .Values.stringData.url | urlquery }}",
		"printf":     `{{ printf "user:%s" .Values.stringData.url | b64enc }}`,
		"trim":       "{{ .Values.stringData.url | trim | b64enc }}",
		"upper":      "{{ .Values.stringData.url | upper }}",
		"trunc":      "{{ .Values.stringData.url | trunc 4 }}",
		"reverse":    `{{ .Values.stringData.url | splitList "" | reverse | join "" }}`,
		"digest":     "{{ .Values | toYaml | sha256sum }}",
		"number":     "{{ .Values.number }}",
		"short text": "{{ index .Values.items 0 }}",
		"b64dec":     "{{ .Values.data.password | b64dec | upper }}",
		"comparison": `{{ if eq .Values.data.password "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5" }}yes{{ else }}no{{ end }}`,
		"failure":    `{{ if ne .Values.data.password "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5" }}{{ fail "no" }}{{ end }}yes`,
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := files(map[string]string{
				"values.yaml":  sealed(t, "secret.enc.yaml"),
				"more.yaml":    sealed(t, "everything.enc.yaml"),
				"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
				"c/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" +
					"data:\n  derived: " + fmt.Sprintf("'%s'", strings.ReplaceAll(template, "'", "''")) + "\n  plain: {{ .Values.type | upper }}\n",
			})
			selection := sources.Selection{Path: "c", Build: sources.Build{Chart: sources.Chart{ValuesFiles: []string{"values.yaml", "more.yaml"}}}}
			rendering, err := render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, selection)
			if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
				t.Fatal(err, rendering)
			}
			res := &rendering.Resources[0]
			masked := res.Masked()
			if shown, _ := resource.Lookup(masked, resource.Path{"data", "derived"}); shown != resource.Mask {
				t.Errorf("it shows %v", shown)
			}
			written, _ := resource.Lookup(res.Written, resource.Path{"data", "derived"})
			if !strings.Contains(fmt.Sprint(written), resource.Encrypted) {
				t.Errorf("it is taken for what is written in the source: %v", written)
			}
			if shown, _ := resource.Lookup(masked, resource.Path{"data", "plain"}); name != "failure" && shown != "OPAQUE" {
				t.Errorf("what is not encrypted is hidden: %v", shown)
			}
			if shown, _ := resource.Lookup(masked, resource.Path{"metadata", "name"}); shown != "c" {
				t.Errorf("the name is hidden: %v", shown)
			}
			if name == "b64dec" || name == "comparison" || name == "failure" {
				return // of what is encrypted still they make the same
			}
			selection.Unknown = true
			rendering, err = render.New(render.Options{}).Render(t.Context(), snapshot, selection)
			if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
				t.Fatal(err, rendering)
			}
			unknown := []resource.Path{{"data", "derived"}}
			if diff := cmp.Diff(unknown, rendering.Resources[0].Unknown); diff != "" {
				t.Errorf("without a key: -want +got:\n%s", diff)
			}
		})
	}
}

// A conditional document, which decoys do not make, is hidden as a whole.
func TestDocumentOfEncrypted(t *testing.T) {
	snapshot := files(map[string]string{
		"values.yaml":  sealed(t, "secret.enc.yaml"),
		"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
		"c/templates/config.yaml": `{{ if hasPrefix "postgres:" .Values.stringData.url }}
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {engine: postgres}
{{ end }}`,
	})
	selection := sources.Selection{Path: "c", Build: sources.Build{Chart: sources.Chart{ValuesFiles: []string{"values.yaml"}}}}
	rendering, err := render.New(render.Options{Keys: keys(t)}).Render(t.Context(), snapshot, selection)
	if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
		t.Fatal(err, rendering)
	}
	if shown, _ := resource.Lookup(rendering.Resources[0].Masked(), resource.Path{"data", "engine"}); shown != resource.Mask {
		t.Errorf("it shows %v", shown)
	}
}
