package helm_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/helm"
)

const chartYAML = "apiVersion: v2\nname: web\nversion: 0.1.0\n"

// chartOf is a chart with these files besides its Chart.yaml; "\n" is put
// behind each.
func chartOf(files map[string]string) fstest.MapFS {
	tree := fstest.MapFS{"chart/Chart.yaml": {Data: []byte(chartYAML)}}
	for name, text := range files {
		tree["chart/"+name] = &fstest.MapFile{Data: []byte(text + "\n")}
	}
	return tree
}

// A mistake is named with its place and the mend, and no secret value.
func TestMistakes(t *testing.T) {
	const canary = "correct-horse-battery"
	tests := map[string]struct {
		files map[string]string
		chart sources.Chart
		want  []string
	}{
		"unknown function": {
			files: map[string]string{"templates/a.yaml": "kind: A\nx: {{ nosuch 1 }}"},
			want:  []string{"chart/templates/a.yaml:2", `"nosuch" not defined`, "check how it is written"},
		},
		"unclosed": {
			files: map[string]string{"templates/a.yaml": "{{ if true }}\nkind: A"},
			want:  []string{"chart/templates/a.yaml:", "{{ end }}"},
		},
		"nil pointer in a partial": {
			files: map[string]string{
				"templates/_h.tpl": "{{ define \"h\" }}\n{{ .Values.a.b.c }}{{ end }}",
				"templates/a.yaml": "kind: A\n\nx: {{ include \"h\" . }}",
			},
			want: []string{"chart/templates/_h.tpl:2", "nil pointer", "set it in the values", "included from chart/templates/a.yaml:3"},
		},
		"no such template": {
			files: map[string]string{"templates/a.yaml": "x: {{ include \"common.names\" . }}"},
			want:  []string{"chart/templates/a.yaml:1", "common.names", "library chart"},
		},
		"fail": {
			files: map[string]string{"templates/a.yaml": "\n{{ fail \"set \\\"color\\\", please\" }}"},
			want:  []string{"chart/templates/a.yaml:2", `set "color", please`},
		},
		"required": {
			files: map[string]string{"templates/NOTES.txt": "{{ required \"a domain is needed\" .Values.domain }}"},
			want:  []string{"chart/templates/NOTES.txt:1", "a domain is needed"},
		},
		"a function that quotes its argument": {
			files: map[string]string{"templates/a.yaml": "x: {{ mustToDate \"2006\" .Values.x }}", "values.yaml": "x: " + canary},
			want:  []string{"chart/templates/a.yaml:1"},
		},
		"a text that tpl cannot read": {
			files: map[string]string{"templates/a.yaml": "x: {{ tpl .Values.x . }}", "values.yaml": "x: '" + canary + " {{ nosuch }}'"},
			want:  []string{"chart/templates/a.yaml:1", "nosuch"},
		},
		"a text that fails within tpl": {
			files: map[string]string{"templates/a.yaml": "x: {{ tpl .Values.x . }}", "values.yaml": "x: '" + canary + " {{ .Values.y.z.a }}'"},
			want:  []string{"chart/templates/a.yaml:1", "nil pointer"},
		},
		"a password in a message of the chart": {
			files: map[string]string{"templates/a.yaml": "{{ fail (print \"bad password \" .Values.password) }}"},
			chart: sources.Chart{Values: map[string]any{"password": canary}},
			want:  []string{"chart/templates/a.yaml:1", "bad password"},
		},
		"values that are no YAML": {
			files: map[string]string{"v.yaml": "a: 1\nb: [" + canary},
			chart: sources.Chart{ValuesFiles: []string{"chart/v.yaml"}},
			want:  []string{"chart/v.yaml:2", "not a file of values"},
		},
		"values that are a list": {
			files: map[string]string{"v.yaml": "- " + canary},
			chart: sources.Chart{ValuesFiles: []string{"chart/v.yaml"}},
			want:  []string{"chart/v.yaml", "not a file of values"},
		},
		"absent values": {
			chart: sources.Chart{ValuesFiles: []string{"gone.yaml"}},
			want:  []string{"gone.yaml", "cannot be read"},
		},
		"release": {
			chart: sources.Chart{Release: "Web_1"},
			want:  []string{`"Web_1"`, "lower-case letters"},
		},
		"Kubernetes' version": {
			chart: sources.Chart{KubeVersion: "one"},
			want:  []string{`"one"`, "1.33"},
		},
		"a schema that reads files": {
			files: map[string]string{"values.schema.json": `{"$ref": "file:///etc/passwd"}`},
			want:  []string{"chart/values.schema.json", "$defs"},
		},
		"a schema that reads the network": {
			files: map[string]string{"values.schema.json": `{"$ref": "https://example.com/schema.json"}`},
			want:  []string{"chart/values.schema.json", "$defs"},
		},
		"a subchart that is missing": {
			files: map[string]string{"Chart.yaml": chartYAML + "dependencies:\n  - name: a\n    version: 1.0.0\n  - name: redis\n    version: 2.x.x\n",
				"charts/a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0"},
			want: []string{"chart/Chart.yaml:7", "redis 2.x.x", "helm dependency build"},
		},
		"no version": {
			files: map[string]string{"Chart.yaml": "apiVersion: v2\nname: web"},
			want:  []string{"chart/Chart.yaml", "version is required"},
		},
		"Chart.yaml is no YAML": {
			files: map[string]string{"Chart.yaml": "apiVersion: v2\n\tname: web"},
			want:  []string{"chart/Chart.yaml:2"},
		},
		"a pattern of .helmignore": {
			files: map[string]string{".helmignore": "a/**/b"},
			want:  []string{"chart/.helmignore", "mend the pattern"},
		},
		"too deep": {
			files: map[string]string{"templates/a.yaml": "\n" + strings.Repeat("{{ if 1 }}", 5000) + strings.Repeat("{{ end }}", 5000)},
			want:  []string{"chart/templates/a.yaml:2", "nested"},
		},
		"not an archive": {
			files: map[string]string{"charts/a.tgz": "PK"},
			want:  []string{"chart/charts/a.tgz", "archive"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := render(t, chartOf(test.files), test.chart)
			if len(got.Problems) == 0 || len(got.Documents) > 0 {
				t.Fatalf("no problem, or documents beside it:\n%s", shown(got))
			}
			for _, want := range test.want {
				if !strings.Contains(shown(got), want) {
					t.Errorf("%q is not in\n%s", want, shown(got))
				}
			}
			for _, hidden := range []string{canary, "holdfast", "go/pkg", "0x"} {
				if strings.Contains(shown(got), hidden) {
					t.Errorf("%q is in\n%s", hidden, shown(got))
				}
			}
		})
	}
}

// Templates that do not end, or take too much, are given up, also those within
// texts that tpl takes.
func TestRunaway(t *testing.T) {
	double := `{{ define "x" }}{{ template "x" . }}{{ template "x" . }}{{ end }}{{ template "x" . }}`
	for name, text := range map[string]string{
		"a loop":               "{{ range 100000000000 }}{{ end }}",
		"loops within loops":   "{{ range 100000 }}{{ range 100000 -}} x {{ end }}{{ end }}",
		"a loop within tpl":    "{{ tpl \"{{ range 100000000000 }}{{ end }}\" . }}",
		"a loop from values":   "{{ range $x := list 1 }}{{ (tpl (printf \"%s\" $.Values.loop) $) | quote }}{{ end }}",
		"within tpl twice":     "{{ tpl .Values.twice . }}",
		"calls itself":         `{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`,
		"template itself":      `{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`,
		"twice as many":        double,
		"a file that includes": `{{ include .Template.Name . }}`,
		"a long list":          `{{ until 1000000000 }}`,
		"a long sequence":      `{{ seq 1 1000000000 }}`,
		"steps":                `{{ untilStep 0 1000000000 1 }}`,
		"a long text":          `{{ repeat 1000000000 "xxxxxxxxxx" }}`,
		"indented":             `{{ nindent 1000000000 "x" }}`,
		"contains itself":      `{{ $_ := set .Values "v" .Values }}{{ toYamlPretty .Values }}`,
		"merged into itself":   `{{ $a := dict }}{{ $b := dict "a" $a }}{{ $_ := merge $a $b }}{{ print $a }}`,
		"merged further down":  `{{ $a := dict "x" (dict) }}{{ $_ := mergeOverwrite $a (dict "x" (dict "y" $a.x)) }}{{ print $a }}`,
	} {
		t.Run(name, func(t *testing.T) {
			files := chartOf(map[string]string{
				"templates/a.yaml": text,
				"values.yaml":      "loop: '{{ range 100000000000 }}{{ end }}'\ntwice: '{{ tpl .Values.loop . }}'",
			})
			got := render(t, files, sources.Chart{})
			if len(got.Problems) != 1 || !strings.HasPrefix(got.Problems[0].Location.File, "chart/") {
				t.Errorf("got %s", shown(got))
			}
		})
	}
}

// Who calls off is obeyed, and the time limit names the mend.
func TestDeadline(t *testing.T) {
	files := chartOf(map[string]string{"templates/a.yaml": "{{ range 100000000000 }}{{ end }}"})
	request := helm.Request{Files: files, Folder: "chart", Options: helm.Options{Timeout: 50 * time.Millisecond, MaxSteps: 1 << 60}}
	got, err := helm.Render(t.Context(), request)
	if err != nil || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Msg, "longer than 50ms") {
		t.Errorf("got %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	request.Options.Timeout = time.Minute
	if _, err := helm.Render(ctx, request); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What is not the same each time is told with its place; the rest is.
func TestUnstable(t *testing.T) {
	files := chartOf(map[string]string{
		"templates/_h.tpl":  "{{ define \"pw\" }}\n{{- randAlphaNum 20 }}{{ end }}",
		"templates/a.yaml":  "kind: A\nx: {{ include \"pw\" . }}\n---\nkind: B",
		"templates/b.yaml":  "kind: B\ny: {{ .Values.pw | default (randAlphaNum 20) }}",
		"templates/c.yaml":  "kind: C\n\nday: {{ now | date \"2006\" }}",
		"templates/d.yaml":  "kind: D\n{{ $ca := genCA \"ca\" 1 }}\nbundle: {{ $ca.Cert | b64enc }}",
		"templates/e.yaml":  "kind: E\n{{ $x := now }}{{ $y := randInt 0 5 }}",
		"templates/f.yaml":  "kind: F\nv: {{ values (dict \"a\" 1 \"b\" 2 \"c\" 3 \"d\" 4 \"e\" 5) }}",
		"templates/g.yaml":  "kind: G\n{{- if .Values.once }}\nonce: true\n{{- end }}\n{{- $_ := set .Values \"once\" true }}",
		"templates/_z.yaml": "",
		"values.yaml":       "pw: given",
	})
	got := render(t, files, sources.Chart{})
	var places []string
	for _, unstable := range got.Unstable {
		places = append(places, unstable.Function+" "+unstable.Problem.Location.String())
	}
	if want := "randAlphaNum chart/templates/_h.tpl:2; now chart/templates/c.yaml:3; genCA chart/templates/d.yaml:2"; strings.Join(places, "; ") != want || len(got.Problems) > 0 {
		t.Errorf("got %v, want %s\n%s", places, want, shown(got))
	}
	for _, document := range got.Documents {
		differs := document.Again != ""
		stable := !strings.Contains(document.Text, "kind: C") && !strings.Contains(document.Text, "kind: D") && !strings.Contains(document.Text, "kind: A")
		if differs == stable || differs && document.Again == document.Text {
			t.Errorf("%q comes again as %q", document.Text, document.Again)
		}
	}
}

// archiveOf is a chart's archive, as helm package makes it.
func archiveOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	writer := tar.NewWriter(zipped)
	for name, text := range files {
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(writer.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// An archive is as good as a folder, as the chart and as a subchart.
func TestArchives(t *testing.T) {
	inner := archiveOf(t, map[string]string{
		"child/Chart.yaml": "apiVersion: v2\nname: child\nversion: 1.0.0\n", "child/templates/c.yaml": "kind: Child\nx: {{ .Values.x }}\n",
		"child/values.yaml": "x: 1\n",
	})
	outer := archiveOf(t, map[string]string{
		"web/Chart.yaml": chartYAML, "web/templates/w.yaml": "kind: Web\n", "web/charts/child-1.0.0.tgz": string(inner),
		"web/values.yaml": "child: {x: 2}\n", "web/README.md": "",
	})
	request := helm.Request{Archive: outer, ArchiveName: "oci://example.com/web"}
	got, err := helm.Render(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	want := "# oci://example.com/web:0\nkind: Child\nx: 2\n# oci://example.com/web:0\nkind: Web\n"
	if shown(got) != want {
		t.Errorf("got\n%s", shown(got))
	}
	files := chartOf(map[string]string{"templates/w.yaml": "kind: Web", "charts/other.prov": "signature"})
	files["chart/charts/child-1.0.0.tgz"] = &fstest.MapFile{Data: inner}
	want = "# chart/charts/child-1.0.0.tgz:0\nkind: Child\nx: 1\n# chart/templates/w.yaml:1\nkind: Web\n"
	if got := shown(render(t, files, sources.Chart{})); got != want {
		t.Errorf("got\n%s", got)
	}
}

// What unpacks to too much is refused before it is unpacked, and what leads out
// of the archive is refused too.
func TestHostileArchives(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	bomb := archiveOf(t, map[string]string{"web/Chart.yaml": chartYAML, "web/a": big, "web/b": big, "web/c": big})
	nested := bomb
	for range 5 {
		nested = archiveOf(t, map[string]string{"web/Chart.yaml": chartYAML, "web/charts/web.tgz": string(nested)})
	}
	var many = map[string]string{"web/Chart.yaml": chartYAML}
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		many["web/"+string(c)] = ""
	}
	for name, data := range map[string][]byte{
		"too large":       bomb,
		"too large below": archiveOf(t, map[string]string{"web/Chart.yaml": chartYAML, "web/charts/a.tgz": string(bomb)}),
		"too deep":        nested,
		"too many files":  archiveOf(t, many),
		"leads out":       archiveOf(t, map[string]string{"web/Chart.yaml": chartYAML, "web/../../x": ""}),
		"cut off":         bomb[:len(bomb)/2],
		"empty":           {},
		"no chart":        archiveOf(t, map[string]string{"web/values.yaml": ""}),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := helm.Render(t.Context(), helm.Request{
				Archive: data, ArchiveName: "web.tgz", Options: helm.Options{MaxSize: 2 << 20, MaxFiles: 20, MaxDepth: 4},
			})
			if err != nil || len(got.Problems) != 1 || got.Problems[0].Location.File != "web.tgz" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// escaping is a tree in which one name leads out.
type escaping struct {
	fstest.MapFS
	name string
}

func (e escaping) Open(name string) (fs.File, error) {
	if name == e.name {
		return nil, sources.ErrEscapes
	}
	return e.MapFS.Open(name)
}

func (e escaping) Stat(name string) (fs.FileInfo, error) {
	if name == e.name {
		return nil, sources.ErrEscapes
	}
	return e.MapFS.Stat(name)
}

func TestLinkThatLeadsOut(t *testing.T) {
	files := escaping{chartOf(map[string]string{"templates/a.yaml": "kind: A", "files/x": ""}), "chart/files/x"}
	got := shown(render(t, files, sources.Chart{}))
	if !strings.Contains(got, "problem chart/files/x: ") || !strings.Contains(got, "leads out") {
		t.Errorf("got %s", got)
	}
	files.MapFS["chart/.helmignore"] = &fstest.MapFile{Data: []byte("files/\nx\n")}
	if got := shown(render(t, files, sources.Chart{})); strings.Contains(got, "problem") {
		t.Errorf("got %s", got)
	}
}
