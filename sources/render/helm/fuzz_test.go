package helm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/helm"
)

// Whatever an archive holds, it is rendered or refused.
func FuzzArchive(f *testing.F) {
	good := map[string]string{"web/Chart.yaml": chartYAML, "web/templates/a.yaml": "kind: A\n", "web/values.yaml": "a: 1\n", "web/values.schema.json": "{}"}
	f.Add(archiveOf(f, good))
	good["web/charts/web-1.tgz"] = string(archiveOf(f, good))
	f.Add(archiveOf(f, good))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		got, err := helm.Render(t.Context(), helm.Request{
			Archive: archive, ArchiveName: "web.tgz", Options: helm.Options{MaxSize: 1 << 20, MaxFiles: 100, Timeout: 2 * time.Second},
		})
		if err != nil || len(got.Problems) > 0 && len(got.Documents) > 0 {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// Whatever a template and a chart's other files say, rendering ends, and names
// places of the chart only.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{
		"kind: A\n", "{{ range until 3 }}{{ . }}{{ end }}", "{{ define \"x\" }}{{ end }}{{ include \"x\" . }}", "{{- /* }} */ -}}",
		"{{ tpl .Values.x . }}", "{{ tpl (tpl \"{{ 1 }}\" .) $ | quote }}", "{{ `}}` }}{{ \"\\\"}}\" }}{{ '}' }}", "{{ if 1 }}{{ else if 2 }}{{ else }}{{ end }}",
		"---\n{{ block \"b\" . }}a{{ end -}}\n---\n", "{{ $_ := set .Values \"x\" .Values }}", "{{ fail \"no\" }}", "{{ .Values.a.b.c }}", "{{ randAlphaNum 5 }}",
		"{{ $x := list 1 }}{{ range until 9 }}{{ $x = list $x $x }}{{ end }}{{ $x -}}\n", "{{ printf \"%[1]*[2]d%9q\" 3 .Values.x }}{{ join .Values.x (until 9) }}",
		"{{ regexReplaceAll \"(x)\" .Values.x \"$1$1\" }}{{ .Files.Get \"a\" }}{{ (.Files.Glob \"*\").AsConfig }}", "{{ eq .Values .Chart }}{{ range $i, $v := .Values }}{{ else }}{{ end }}",
	} {
		f.Add(text, "x: '{{ 1 }}'\n", chartYAML, "{}")
	}
	f.Fuzz(func(t *testing.T, template, values, chart, schema string) {
		files := chartOf(map[string]string{"templates/a.yaml": template, "values.yaml": values, "values.schema.json": schema})
		files["chart/Chart.yaml"].Data = []byte(chart)
		got, err := helm.Render(t.Context(), helm.Request{Files: files, Folder: "chart", Chart: sources.Chart{}, Options: helm.Options{Timeout: 2 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range got.Problems {
			if !strings.HasPrefix(problem.Location.File, "chart") {
				t.Errorf("a problem elsewhere: %v", problem)
			}
		}
	})
}
