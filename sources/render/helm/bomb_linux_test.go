package helm_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources/render/helm"
)

// Lists and dicts that take up little memory, and very much once they are
// written out.
const (
	folded     = "{{ $x := list `aaaaaaaaaaaaaaaa` }}{{ range until 40 }}{{ $x = list $x $x }}{{ end }}"
	foldedDict = "{{ $x := dict `a` 1 }}{{ range until 40 }}{{ $x = dict `a` $x `b` $x }}{{ end }}"
	nested     = "{{ $x := list }}{{ range until 90000 }}{{ $x = list $x }}{{ end }}"
	megabyte   = "{{ $m := repeat 1048576 `a` }}"
	grown      = megabyte + "{{ range until 10 }}{{ $m = print $m $m }}{{ end }}"
)

// bombs are templates of which a line or two would take up all memory there is.
// What each of them says is on its last line.
var bombs = map[string]string{
	"join":                 "{{ join (repeat 16000000 `a`) (until 100000) | len }}",
	"replace":              "{{ replace `a` (repeat 8000000 `a`) (repeat 8000000 `a`) | len }}",
	"replace nothing":      "{{ replace `` (repeat 8000000 `a`) (repeat 8000000 `a`) | len }}",
	"printf in a loop":     megabyte + "{{ range until 30 }}\n{{ $m = printf `%s%s` $m $m }}{{ end }}",
	"printf in steps":      megabyte + "{{ $l := list }}{{ range until 90000 }}\n{{ $l = append $l (printf `%s.` $m) }}{{ end }}",
	"printf with an index": megabyte + "{{ printf (repeat 90000 `%[1]s`) $m | len }}",
	"printf with a width":  "{{ printf (repeat 90000 `%[1]999999d`) 1 | len }}",
	"printf with a star":   "{{ printf (repeat 90000 `%[1]*[2]d`) 999999 1 | len }}",
	"printf of widths":     "{{ printf (repeat 90000 `%999999é%999999é`) 1 | len }}",
	"print":                megabyte + "{{ $m = printf `%s%s%s%s` $m $m $m $m }}\n{{ print " + strings.Repeat("$m ", 2000) + "| len }}",
	"print what is folded": folded + "\n{{ print $x | len }}",
	"println":              folded + "\n{{ println $x | len }}",
	"html":                 folded + "\n{{ html $x | len }}",
	"js":                   folded + "\n{{ js $x | len }}",
	"urlquery":             folded + "\n{{ urlquery $x | len }}",
	"printed by itself":    folded + "\n{{ $x }}",
	"printed in brackets":  folded + "\n{{ ($x) -}}\n",
	"cat":                  folded + "\n{{ cat $x | len }}",
	"quote":                folded + "\n{{ quote $x | len }}",
	"toString":             folded + "\n{{ toString $x | len }}",
	"toStrings":            folded + "\n{{ toStrings (list $x) | len }}",
	"join of lists":        folded + "\n{{ join `,` (list $x) | len }}",
	"int":                  folded + "\n{{ int $x }}",
	"key of a dict":        folded + "\n{{ dict $x 1 | len }}",
	"toYaml":               folded + "\n{{ toYaml $x | len }}",
	"mustToYaml":           folded + "\n{{ mustToYaml $x | len }}",
	"toYamlPretty":         foldedDict + "\n{{ toYamlPretty $x | len }}",
	"toJson":               foldedDict + "\n{{ toJson $x | len }}",
	"mustToJson":           folded + "\n{{ mustToJson $x | len }}",
	"toPrettyJson":         foldedDict + "\n{{ toPrettyJson $x | len }}",
	"toRawJson":            folded + "\n{{ toRawJson $x | len }}",
	"toToml":               foldedDict + "\n{{ toToml $x | len }}",
	"deepCopy":             foldedDict + "\n{{ deepCopy $x | len }}",
	"mustDeepCopy":         folded + "\n{{ mustDeepCopy $x | len }}",
	"merge":                foldedDict + "\n{{ merge (dict) $x | len }}",
	"merge anew":           "{{ $b := dict }}{{ range until 90000 }}{{ $_ := set $b (toString .) 1 }}{{ end }}{{ $l := list }}{{ range until 9000 }}\n{{ $l = append $l (merge (dict `a` (dict)) (dict `a` $b)) }}{{ end }}",
	"eq":                   folded + "\n{{ eq $x $x }}",
	"ne":                   folded + "\n{{ ne $x $x }}",
	"set within itself":    folded + "\n{{ $_ := set (dict) `a` $x }}",
	"a nested list":        nested + "\n{{ toJson $x | len }}",
	"looped over":          grown + "\n{{ range $m }}{{ end }}",
	"called":               megabyte + "\n{{ $m | call }}",
	"append":               "{{ $l := list }}{{ range until 90000 }}\n{{ $l = append $l 1 }}{{ end }}",
	"prepend":              "{{ $l := list }}{{ range until 90000 }}\n{{ $l = prepend $l 1 }}{{ end }}",
	"concat":               "{{ $l := until 90000 }}\n{{ concat " + strings.Repeat("$l ", 2000) + "| len }}",
	"concat in a loop":     "{{ $l := list 1 2 }}{{ range until 60 }}\n{{ $l = concat $l $l }}{{ end }}",
	"keys":                 "{{ $d := dict }}{{ range until 90000 }}{{ $_ := set $d (toString .) 1 }}{{ end }}\n{{ keys " + strings.Repeat("$d ", 2000) + "| len }}",
	"split":                "{{ split `` (repeat 16000000 `a`) | len }}",
	"splitList":            "{{ splitList `,` (repeat 16000000 `,`) | len }}",
	"splitn":               "{{ splitn `` 9000000 (repeat 16000000 `a`) | len }}",
	"chunk":                "{{ $l := list }}{{ range until 90000 }}\n{{ $l = append $l (chunk 1 (until 90000)) }}{{ end }}",
	"indent":               "{{ indent 1000000 (repeat 1000000 `\n`) | len }}",
	"wrapWith":             megabyte + "{{ wrapWith 1 $m $m | len }}",
	"random":               "{{ randAlphaNum 1000000000 | len }}",
	"random bytes":         "{{ randBytes 1000000000 | len }}",
	"regexReplaceAll":      megabyte + "{{ regexReplaceAll `.*` $m (repeat 100000 `$0`) | len }}",
	"of each letter":       megabyte + "{{ regexReplaceAll `a` $m $m | len }}",
	"literally":            megabyte + "{{ mustRegexReplaceAllLiteral `a` $m $m | len }}",
	"regexFindAll":         "{{ regexFindAll `` (repeat 16000000 `a`) -1 | len }}",
	"regexSplit":           "{{ regexSplit `a` (repeat 16000000 `a`) -1 | len }}",
	"a long pattern":       "{{ regexMatch (repeat 4000000 `a|b|`) `c` }}",
	"fromYaml":             "{{ fromYamlArray (repeat 5000000 `- \n`) | len }}",
	"fromJson":             "{{ fromJsonArray (print `[` (repeat 5000000 `[],`) `1]`) | len }}",
	"fromToml":             "{{ fromToml (printf `a%s = 1` (repeat 5000000 `.a`)) | len }}",
	"what tpl reads":       "{{ tpl (repeat 3000000 `{{1}}`) . | len }}",
	"tpl of many":          "{{ tpl (printf `{{ list %s}}` (repeat 8000000 `1 `)) . | len }}",
	"tpl includes itself":  "{{ tpl (.Files.Get `self.txt`) . }}",
	"a file":               "{{ $l := list }}{{ range until 90000 }}{{ $l = append $l ($.Files.Get `big.txt`) }}{{ end }}",
	"a file, deep down":    "{{ define `x` }}{{ $x := .Files.Get `big.txt` }}{{ include `x` . }}{{ end }}{{ include `x` . }}",
	"files":                "{{ $l := list }}{{ range until 90000 }}{{ $l = append $l (($.Files.Glob `*`).AsConfig) }}{{ end }}",
	"lines":                "{{ $l := list }}{{ range until 90000 }}{{ $l = append $l ($.Files.Lines `big.txt`) }}{{ end }}",
	"names":                "{{ $l := list }}{{ range until 90000 }}{{ range until 2 }}{{ $l = list $l ($.Files.Glob `*`) }}{{ end }}{{ end }}",
	"text in a loop":       "{{ range until 90000 }}{{ range until 2 }}" + strings.Repeat("x", 1<<20) + "{{ end }}{{ end }}",
	"text otherwise":       "{{ define `x` }}{{ range list }}{{ else }}" + strings.Repeat("x", 1<<20) + "{{ end }}{{ end }}{{ range until 90000 }}{{ include `x` . }}{{ end }}",
	"text of a template":   "{{ define `x` }}" + strings.Repeat("x", 1<<20) + "{{ end }}{{ range until 90000 }}{{ template `x` . }}{{ end }}",
	"printed in a loop":    megabyte + "{{ range until 90000 }}\n{{ $m }}{{ end }}",
	"an error, deep down":  grown + "{{ define `x` }}{{ if lt .n 900 }}{{ include `x` (dict `m` .m `n` (add 1 .n)) }}{{ else }}{{ fail .m }}{{ end }}{{ end }}\n{{ include `x` (dict `m` $m `n` 0) }}",
	"a long call":          "{{ define `x` }}{{ include `x` (dict `m` `" + strings.Repeat("x", 1<<18) + "`) }}{{ end }}\n{{ include `x` . }}",
}

const childOf = "HOLDFAST_TEST_BOMB"

// memory is what a rendering may take up beside what the process has, in bytes.
const memory = 1 << 30

// A template that would take up all memory is refused with its place, and the
// process lives.
func TestBombs(t *testing.T) {
	if name := os.Getenv(childOf); name != "" {
		explode(t, bombs[name])
		return
	}
	for name := range bombs {
		t.Run(name, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run=^TestBombs$", "-test.v")
			child.Env = append(os.Environ(), childOf+"="+name)
			output, err := child.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %.2000s", err, output)
			}
		})
	}
}

func explode(t *testing.T, template string) {
	limited(t)
	files := chartOf(map[string]string{
		"templates/a.yaml": template,
		"self.txt":         "{{ tpl (.Files.Get `self.txt`) . }}",
		"big.txt":          strings.Repeat("\n", 1<<20),
	})
	result, err := helm.Render(t.Context(), helm.Request{Files: files, Folder: "chart", Options: helm.Options{Timeout: time.Hour}})
	if err != nil || len(result.Problems) != 1 {
		t.Fatalf("%v, %.1000s", err, shown(result))
	}
	t.Log(result.Problems[0].Error())
	at := result.Problems[0].Location
	if at.File != "chart/templates/a.yaml" || at.Line == 0 {
		t.Errorf("the place is %s", at)
	}
}

// limited has the process end, as the kernel ends one that takes up too much,
// if it takes up much more memory than it has.
func limited(t *testing.T) {
	t.Helper()
	sizes, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseUint(strings.Fields(string(sizes))[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	most := pages*uint64(os.Getpagesize()) + memory
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		t.Fatal(err)
	}
}
