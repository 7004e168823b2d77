package helm_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"

	"github.com/holdfast-dev/holdfast/sources"
)

const engineValues = "x: '{{ range $i := until 2 }}{{ tpl $.Values.word $ }}{{ end }}'\nword: z{{ 1 }}\nlist: [1, 2]\nmap: {b: 1, a: 2}\n"

const enginePartials = "{{ define \"x\" }}<{{ . }}>{{ end }}{{ define \"kept\" }}kept{{ end }}"

// byEngine is what Helm's own engine makes of a template, by itself.
func byEngine(t *testing.T, text string) (string, bool) {
	t.Helper()
	c, err := loader.LoadFiles([]*archive.BufferedFile{
		{Name: "Chart.yaml", Data: []byte(chartYAML)}, {Name: "values.yaml", Data: []byte(engineValues)},
		{Name: "templates/_h.tpl", Data: []byte(enginePartials)}, {Name: "templates/a.yaml", Data: []byte(text)},
	})
	if err != nil {
		t.Fatal(err)
	}
	values, err := util.ToRenderValues(c, nil, common.ReleaseOptions{Name: "web", Namespace: "default", Revision: 1, IsInstall: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	output, err := engine.Render(c, values)
	return output["web/templates/a.yaml"], err == nil
}

// address is that of something in memory, which printing everything shows.
var address = regexp.MustCompile(`0x[0-9a-f]+`)

func sameAsEngine(t *testing.T, text string) {
	t.Helper()
	// What goes before and after keeps it one document that is not trimmed.
	text = "kind: " + text + "\nend: 1\n"
	want, fine := byEngine(t, text)
	if strings.Contains(want, "---") {
		return // it is taken apart
	}
	got := render(t, chartOf(map[string]string{"templates/a.yaml": strings.TrimSuffix(text, "\n"), "templates/_h.tpl": enginePartials, "values.yaml": engineValues}), sources.Chart{})
	if fine != (len(got.Problems) == 0) {
		t.Errorf("%q: Helm takes it: %v, and we say %v", text, fine, got.Problems)
		return
	}
	if fine && (len(got.Documents) != 1 || address.ReplaceAllString(strings.TrimSpace(got.Documents[0].Text), "") != address.ReplaceAllString(strings.TrimSpace(want), "")) {
		t.Errorf("%q:\nHelm makes %q\nwe make     %+v", text, want, got.Documents)
	}
}

// What keeps templates within bounds changes nothing of what they make.
func TestSameAsEngine(t *testing.T) {
	for _, text := range []string{
		"{{ range .Values.list }} {{ . }} {{ end }}", "{{- range .Values.list -}} {{ . }} {{- end -}}  x", "{{range $k, $v := .Values.map -}}\n  {{$k}}={{$v}}{{- end}}",
		"{{ define \"y\" -}}  a {{- end }}{{ template \"y\" . }}", "{{ define \"kept\" }}{{/* nothing */}} {{ end }}{{ include \"kept\" . }}",
		"{{ block \"b\" 1 }}[{{ . }}]{{ end }}", "{{ tpl .Values.x . }}", "{{ .Values.word | toString | tpl | quote }}", "{{ tpl (printf \"%s)\" .Values.word) $ | upper }}",
		"{{ tpl `{{ \"}}\" }}` . }}", "{{/* }} {{ */}}a", "{{- /* tpl */ -}} a", "{{ \"tpl x\" }}{{ `tpl` }}{{ '}' }}", "{{ range until 3 }}{{ if eq . 1 }}{{ continue }}{{ else if eq . 2 }}{{ break }}{{ else }}{{ . }}{{ end }}{{ end }}",
		"{{ (tpl .Values.word .) | b64enc }}", "{{ with .Values.tpl }}{{ . }}{{ else }}none{{ end }}", "{{ $tpl := .Values.word }}{{ $tpl }}", "{{ .Values.missing }}x", "{{ .Values.missing.y }}",
		"{{ tpl 1 . }}", "{{ tpl . }}", "{{ range }}{{ end }}", "{{ end }}", "{{ if", "{{ \"", "{{ keys .Values.map | sortAlpha }}", "{{ set .Values.map \"c\" 3 | toJson }}",
		"{{ merge (dict \"a\" 1) .Values.map | toJson }}", "{{ seq 1 3 }} {{ until 2 }} {{ untilStep 5 1 -2 }} {{ seq 3 -1 1 }} {{ seq 0 2 4 }} {{ until -2 }}", "{{ repeat 3 \"ab\" }}{{ repeat 0 \"x\" }}", "{{ indent 2 \"a\\nb\" }}{{ nindent 1 \"a\" }}",
		"{{ toYaml . }}{{ .Values | toJson }}", "{{ mustToYaml .Values }}{{ toYamlPretty .Values }}{{ mustToJson .Values }}{{ toToml .Values }}{{ mustToToml .Values.map }}",
		"{{ fromYaml \"a: [1, {b: 2}]\" }}{{ fromYaml \"- 1\" }}{{ fromYamlArray \"[1, a]\" }}{{ fromYamlArray \"a: 1\" }}", "{{ fromJson `{\"a\": 1}` }}{{ fromJson `[` }}{{ fromJsonArray `[1]` }}{{ fromJsonArray `{}` }}",
		"{{ fromToml \"a = 1\" }}{{ fromToml \"a\" }}{{ toToml 1 }}", "{{ mustToToml 1 }}", "{{ mustToJson . }}", "{{ required \"x\" .Values.word }}", "{{ required \"x\" .Values.no }}", "{{ env \"HOME\" }}", "{{ getHostByName \"localhost\" }}|",
		"{{ eq 1 1 }}{{ eq \"a\" \"b\" \"a\" }}{{ ne 1 2 }}{{ eq .Values.no nil }}{{ eq .Values.no \"\" }}", "{{ eq 1 1.0 }}", "{{ eq 1 (int64 1) }}{{ eq 1.5 1.5 }}{{ eq true false }}{{ ne .Values.no \"a\" }}", "{{ eq .Values.map .Values.map }}", "{{ eq .Values.list .Values.map }}", "{{ eq 1 \"a\" }}", "{{ eq 1 }}", "{{ ne 1 }}", "{{ eq .Values.map nil }}{{ eq nil nil }}", "{{ eq .Values.map .Values.no }}", "{{ eq (uint 1) 1 }}",
		"{{ print 1 \"a\" nil }}{{ println .Values }}{{ printf \"%5d|%-5s|%v|%[2]q|%%\" 1 \"a\" .Values.list }}", "{{ html \"<a>\" }}{{ js \"'\" }}{{ urlquery \"a b\" }}{{ call 1 }}", "{{ .Values.list }}{{ .Values.map }}{{ .Chart.Name }}{{ .Capabilities.KubeVersion }}{{ .Files }}{{ 'a' }}{{ 1.5 }}{{ true }}{{ .Values.no }}{{.Values.word}}{{- .Values.word -}} x",
		"{{ $x := 1 }}{{ $x = 2 }}{{ $x }}{{$x:=3}}{{$x}}{{- $y := list 1 -}}{{ $y }}", "{{ range 3 }}{{ . }}{{ end }}{{ range $i, $e := .Values.list -}} {{ $i }}{{ $e }}{{ else }}no{{ end }}{{ range .Values.no }}{{ else }}none{{ end }}", "{{ range .Values.word }}{{ end }}", "{{ range $x := 2 }}{{ $x }}{{ end }}", "{{ range 1.5 }}{{ end }}",
		"{{ mulf 1.5 2 }}{{ add 1 2 }}{{ int \"3\" }}{{ dict 1 2 }}{{ dict }}{{ list 1 nil }}{{ default \"x\" .Values.no }}{{ ternary 1 2 true }}", "{{ regexReplaceAll \"a(.)\" \"abac\" \"${1}x\" }}{{ regexFindAll \"a\" \"aa\" -1 }}{{ regexSplit \"a\" \"bab\" -1 }}", "{{ regexFind \"(\" \"a\" }}", "{{ mustRegexFind \"(\" \"a\" }}", "{{ split \",\" \"a,b\" }}{{ splitList \"\" \"ab\" }}{{ splitn \",\" 2 \"a,b,c\" }}{{ wrapWith 2 \"-\" \"abcd ef\" }}{{ cat 1 nil 2 }}{{ join \",\" .Values.list }}", "{{ append .Values.list 3 }}{{ concat .Values.list (list 1) }}{{ chunk 1 .Values.list }}{{ uniq .Values.list }}{{ without .Values.list 1 }}{{ deepCopy .Values.map }}", "{{ first .Values.no }}", "{{ dig \"a\" \"x\" .Values.map }}", "{{ mustToDate \"2006\" \"x\" }}", "{{ .Values.list | first | add 1 }}{{ merge .Values.map (dict \"z\" (dict \"y\" 1)) }}",
	} {
		sameAsEngine(t, text)
	}
	parts := strings.Split(`{{|}}|{{-|-}}|range .Values.list|define "y"|block "b" .|end|if .Values.x|else|with .Values.map|else if 0|tpl .Values.x .|include "x" .|template "x" .|.Values.word|$|$x|:=|=|(|)|"|`+"`|'|"+`/*|*/|until 3|dict "a" 1|toYaml .Values.map|printf "%s" "a"|break|continue|1|quote|index .Values.list 0|and|not`, "|")
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := ""
		for range 1 + random.IntN(12) {
			text += parts[random.IntN(len(parts))] + " "
			if random.IntN(3) == 0 {
				text += "{{ " + parts[4+random.IntN(len(parts)-4)] + " }}"
			}
		}
		sameAsEngine(t, text)
	}
}
