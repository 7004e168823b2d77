package rego_test

import (
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
)

// What data files hold, as rules see it.
func TestData(t *testing.T) {
	tests := []struct {
		name  string
		files []policy.File
		want  string // an expression that holds
	}{
		{"files are merged", []policy.File{file("a.yaml", "teams: {a: {n: 1}}\n"), file("b.json", `{"teams": {"a": {"m": [true, null]}}}`)},
			`data.teams == {"a": {"n": 1, "m": [true, null]}}`},
		{"documents are merged", []policy.File{file("a.yaml", "a: 1\n---\nb: 2\n---\n")}, `[data.a, data.b] == [1, 2]`},
		{"dates are texts", []policy.File{file("a.yaml", "day: 2026-11-22\n")}, `data.day == "2026-11-22"`},
		{"keys are texts", []policy.File{file("a.yaml", "ports: {80: http, true: yes}\n")}, `data.ports == {"80": "http", "true": "yes"}`},
		{"anchors and merges", []policy.File{file("a.yaml", "base: &b {x: 1}\nmine:\n  <<: *b\n  y: 2\n")}, `data.mine == {"x": 1, "y": 2}`},
		{"numbers", []policy.File{file("a.yaml", "n: [1, 1.5, 1e3, 0x10, 18446744073709551615]\n")}, `data.n == [1, 1.5, 1000, 16, 18446744073709551615]`},
		{"numbers of JSON", []policy.File{file("a.json", `{"n": [1, 1.5, 1e3, 123456789012345678901234567890]}`)}, `data.n == [1, 1.5, 1000, 123456789012345678901234567890]`},
		{"an empty file", []policy.File{file("a.yaml", "# nothing\n"), file("b.yaml", "b: 1\n")}, `data.b == 1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			j := compile(t, rego.Options{}, policy.Input{Policies: files("package holdfast.a\n\nwarn contains \"holds\" if " + test.want + "\n"), Data: test.files})
			equal(t, lines(judge(t, j, policy.Case{Subjects: subjects(deployment("web", 1))})), []string{"a warn Deployment shop/web : holds"})
		})
	}
}

// A parameter of the library may be set in a run without its rules.
func TestParamOfAbsentRule(t *testing.T) {
	tree := library(map[string]string{"dr/a.rego": fires(custom("params: {n: 1}"), "holdfast.dr.a")})
	compile(t, rego.Options{Library: tree}, policy.Input{Policies: files(fires("", "holdfast.mine")), Params: map[string]any{"n": 2}})
}

// A case without a clock is judged alike at any time.
func TestNoClock(t *testing.T) {
	j := own(t, "package holdfast.a\n\nwarn contains sprintf(\"%d\", [time.now_ns()])\n")
	for range 2 {
		report, err := j.Judge(t.Context(), policy.Case{Subjects: subjects(deployment("web", 1))})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, lines(report), []string{"a warn Deployment shop/web : 0"})
	}
}

// A rule that takes its time has it, beside others that don't.
func TestSlowRule(t *testing.T) {
	slow := `package holdfast.slow

warn contains sprintf("%d", [n]) if n := count([1 |
	some a in numbers.range(1, 400)
	some b in numbers.range(1, 400)
	a < b
])
`
	j := compile(t, rego.Options{Timeout: time.Minute}, policy.Input{Policies: files(slow, fires("", "holdfast.quick"))})
	report := judge(t, j, policy.Case{Subjects: subjects(deployment("web", 1))})
	equal(t, lines(report), []string{"quick deny Deployment shop/web : no", "slow warn Deployment shop/web : 79800"})
}
