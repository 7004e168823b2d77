package rego_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// document is one without identity, as it is written in a file.
func document(file string, content any) policy.Subject {
	return policy.Subject{Resource: &resource.Resource{Content: content, Origin: resource.Origin{File: file}}, File: file}
}

// Which rules a package has, and what they are called.
func TestConftestRules(t *testing.T) {
	j := own(t, `# METADATA
# title: Of the package
# custom: {severity: HIGH, anything: [1]}
package team.main

import rego.v1

deny contains "a" if input.x

# METADATA
# title: Of the rule
# description: |
#   More of it.
# custom: {severity: low}
deny_two_words contains "b" if input.x

violation_x := ["c"]

warn contains "d" if input.x

warn_ contains "no rule" if true

denied contains "no rule" if true

helper := 1
`, "package team.main\n\nimport rego.v1\n\ndeny contains \"e\" if input.y\n", "package lib\n\nimport rego.v1\n\nallowed if input.x\n", "package holdfast.own\n\ndeny contains \"f\" if input.resource.x\n")
	var got []string
	for _, r := range j.Rules() {
		got = append(got, strings.Join([]string{r.ID, r.Policy, r.Dialect, r.Title, string(r.Severity), string(r.Decisions[0]), r.Description}, "|"))
	}
	equal(t, got, []string{
		"own|holdfast.own||own|medium|deny|",
		"team.main.deny|team.main|conftest|Of the package|high|deny|",
		"team.main.deny_two_words|team.main|conftest|Of the rule|low|deny|More of it.",
		"team.main.violation_x|team.main|conftest|Of the package|high|deny|",
		"team.main.warn|team.main|conftest|Of the package|high|warn|",
	})
	report := judge(t, j, policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{"x": true, "y": int64(1)})}})
	equal(t, lines(report), []string{
		"own deny - : f", "team.main.deny deny - : a", "team.main.deny deny - : e", "team.main.deny_two_words deny - : b",
		"team.main.violation_x deny - : c", "team.main.warn warn - : d",
	})
}

// Elements of another form than conftest's would be dropped there; here they
// are faults of the policy, which block.
func TestConftestResults(t *testing.T) {
	j := own(t, `package main

import rego.v1

deny contains {"msg": "same", "n": n} if some n in [1, 2]
deny contains "" if true
deny_number contains 5 if true
deny_object contains {"message": "m"} if true
deny_list contains {"msg": ["m"]} if true
warn_conflict := ["a"] if true
warn_conflict := ["b"] if input.x
`)
	report := judge(t, j, policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{"x": true})}})
	const fault = "holdfast/rule-error deny - : rule main."
	equal(t, lines(report), []string{
		fault + "deny_list could not be evaluated: msg is a array where a text is needed",
		fault + "deny_number could not be evaluated: an element is a number where a text, or an object with a msg, is needed",
		fault + "deny_object could not be evaluated: an element has no msg",
		fault + "warn_conflict could not be evaluated: a.rego:11:1: rule data.main.warn_conflict produced conflicting values",
		"main.deny deny - : same", "main.deny deny - : same",
	})
}

// Where an object says where to look, by conftest's _loc or by a path, the
// finding says so too. What is of another form is no fault.
func TestConftestPlaces(t *testing.T) {
	j := own(t, `package main

import rego.v1

deny contains {"msg": "a", "_loc": {"file": "dir/a.yaml", "line": 3}} if true
deny contains {"msg": "b", "_loc": {"line": 4}, "path": ["x", 0]} if true
deny contains {"msg": "c", "_loc": {"file": "b.yaml", "line": 5}, "path": "x.y"} if true
deny contains {"msg": "d", "_loc": "a.yaml:3", "path": [1.5]} if true
deny contains {"msg": "e", "_loc": {"line": -1}, "path": null} if true
`)
	var got []string
	for _, f := range judge(t, j, policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{})}}).Findings {
		got = append(got, fmt.Sprintf("%s %d %s", f.Msg, f.Location.Line, f.Path))
	}
	equal(t, got, []string{"a 3 ", "c 0 ", "d 0 ", "e 0 ", "b 4 x[0]"})
}

func TestConftestExceptions(t *testing.T) {
	j := own(t, `package main

import rego.v1

exception contains rules if {
	input.name == "a"
	rules := ["x", ""]
}

exception contains rules if {
	input.name == "b"
	rules := {"key": "x"}
}

deny contains "plain" if true
deny_x contains "suffix" if true
warn_x contains "warning" if true
violation_xx contains "other" if true
`, "package other\n\nimport rego.v1\n\ndeny_x contains \"of another package\" if true\n")
	for name, want := range map[string][]string{
		"a": {"main.deny excepted", "main.deny_x excepted", "main.violation_xx", "main.warn_x excepted", "other.deny_x"},
		"b": {"main.deny", "main.deny_x excepted", "main.violation_xx", "main.warn_x excepted", "other.deny_x"},
		"c": {"main.deny", "main.deny_x", "main.violation_xx", "main.warn_x", "other.deny_x"},
	} {
		report := judge(t, j, policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{"name": name})}})
		var got []string
		for _, f := range report.Findings {
			line := f.Rule
			if f.Waived != nil {
				line += " excepted"
				if f.Blocks() || *f.Waived != (policy.Waived{By: "exception"}) {
					t.Errorf("%s: %+v", f.Rule, f.Waived)
				}
			}
			got = append(got, line)
		}
		equal(t, got, want)
	}
}

// Each rule sees the file that its document is from, alone as well as together
// with others.
func TestConftestFile(t *testing.T) {
	name := "package main\n\nimport rego.v1\n\ndeny contains sprintf(\"%s in %s\", [data.conftest.file.name, data.conftest.file.dir]) if true\n"
	other := "\nwarn contains \"other\" if input.x\n\nwarn_folder contains data.conftest.file.dir if endswith(data.conftest.file.dir, \"b\")\n"
	documents := []policy.Subject{document("a/b/c.yaml", map[string]any{"x": int64(1)}), document("d.yaml", map[string]any{})}
	equal(t, lines(judge(t, own(t, name), policy.Case{Subjects: documents})), []string{"main.deny deny - : c.yaml in a/b", "main.deny deny - : d.yaml in ."})
	equal(t, lines(judge(t, own(t, name+other), policy.Case{Subjects: documents})), []string{
		"main.deny deny - : c.yaml in a/b", "main.deny deny - : d.yaml in .", "main.warn warn - : other", "main.warn_folder warn - : a/b",
	})
}

func TestConftestCombine(t *testing.T) {
	j := compile(t, rego.Options{}, policy.Input{Combine: true, Policies: files(`package main

import rego.v1

deny contains sprintf("%d: %s", [count(input), concat(" ", [d.path | some d in input])]) if input[0].contents.n == 1
deny_file contains data.conftest.file.name if true
`, "package holdfast.own\n\nwarn contains {\"msg\": input.resource.metadata.name}\n")})
	gone := deployment("gone", 1)
	report := judge(t, j, policy.Case{Subjects: []policy.Subject{
		document("b.yaml", map[string]any{"n": int64(2)}), document("a.yaml", map[string]any{"n": int64(1)}),
		document("b.yaml", []any{int64(3)}), {ID: gone.ID, Live: &gone},
	}})
	equal(t, lines(report), []string{"main.deny deny - : 3: a.yaml b.yaml b.yaml", "main.deny_file deny - : Combined"})
	if len(report.Uncovered) > 0 {
		t.Errorf("looked at by no rule: %v", report.Uncovered)
	}
}

// What is to be deleted is no document any more, whatever the phase; what is
// planned or live is judged as it would be or is.
func TestConftestPhases(t *testing.T) {
	j := own(t, "package main\n\nimport rego.v1\n\ndeny contains sprintf(\"%v\", [input]) if not input.spec.replicas == 1\n")
	fine, gone, large := deployment("fine", 1), deployment("gone", 1), deployment("large", 3)
	for _, phase := range []policy.Phase{policy.PhasePlan, policy.PhaseLive} {
		report := judge(t, j, policy.Case{Phase: phase, Subjects: append(subjects(fine, large), policy.Subject{
			ID: gone.ID, Live: &gone, Change: &resource.Change{ID: gone.ID, Action: resource.ActionDelete, Before: &gone},
		})})
		if len(report.Findings) != 1 || report.Findings[0].Resource.Name != "large" {
			t.Errorf("%s: %v", phase, lines(report))
		}
	}
}

func TestConftestUndecided(t *testing.T) {
	bucket := object(resource.ID{Target: "cloud", APIVersion: "cloud/v1", Kind: "aws_s3_bucket", Name: "backup"}, map[string]any{"arn": nil, "days": int64(7)})
	bucket.Unknown = []resource.Path{{"arn"}}
	j := own(t, `package main

import rego.v1

deny_arn contains "x" if not input.arn
deny_days contains "days" if input.days < 8
deny_all contains "x" if walk(input, [_, "x"])
exception contains ["days"] if input.none
`)
	report := judge(t, j, policy.Case{Subjects: subjects(bucket)})
	equal(t, lines(report), []string{"main.deny_days deny aws_s3_bucket backup : days"})
	var undecided []string
	for _, u := range report.Undecided {
		undecided = append(undecided, u.Rule+" "+u.WaitsFor[0].String())
	}
	equal(t, undecided, []string{"main.deny_all arn", "main.deny_arn arn"})
}

// A function's error makes a conftest rule undefined, and a native one a fault.
func TestConftestErrorsOfFunctions(t *testing.T) {
	body := "import rego.v1\n\ndeny contains \"a\" if to_number(\"x\") > 0\n\nwarn contains \"b\" if true\n"
	c := policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{})}}
	equal(t, lines(judge(t, own(t, "package main\n\n"+body), c)), []string{"main.warn warn - : b"})
	if got := judge(t, own(t, "package holdfast.main\n\n"+body), c); got.Findings[0].Rule != policy.RuleError {
		t.Errorf("%v", lines(got))
	}
}

func TestConftestParsesConfigurations(t *testing.T) {
	read := map[string]string{"policy/limits.toml": "limits", "shared/names.yaml": "names"}
	asked := []string{}
	opts := rego.Options{Parse: func(parser, name string, content []byte) (any, error) {
		if string(content) == "broken" {
			return nil, errors.New("broken")
		}
		return []any{map[string]any{"parser": parser, "name": name, "content": string(content)}, int64(1)}, nil
	}}
	input := policy.Input{Policies: []policy.File{file("policy/main.rego", `package main

import rego.v1

deny_text contains sprintf("%v", [parse_config("hcl2", "a = 1")]) if true
deny_file contains sprintf("%v", [parse_config_file("limits.toml")]) if true
deny_combined contains sprintf("%v", [parse_combined_config_files(["limits.toml", "../shared/names.yaml"])]) if true
deny_none contains "x" if parse_config_file("none.toml")
deny_root contains "x" if parse_config_file("/etc/passwd")
deny_broken contains "x" if parse_config("yaml", "broken")
`)}, Read: func(name string) ([]byte, error) {
		asked = append(asked, name)
		content, found := read[name]
		if !found {
			return nil, fs.ErrNotExist
		}
		return []byte(content), nil
	}}
	c := policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{})}}
	equal(t, lines(judge(t, compile(t, opts, input), c)), []string{
		`main.deny_combined deny - : [{"contents": {"content": "limits", "name": "policy/limits.toml", "parser": ""}, "path": "policy/limits.toml"}, ` +
			`{"contents": 1, "path": "policy/limits.toml"}, {"contents": {"content": "names", "name": "shared/names.yaml", "parser": ""}, "path": "shared/names.yaml"}, {"contents": 1, "path": "shared/names.yaml"}]`,
		`main.deny_file deny - : [{"content": "limits", "name": "policy/limits.toml", "parser": ""}, 1]`,
		`main.deny_text deny - : [{"content": "a = 1", "name": "", "parser": "hcl2"}, 1]`,
	})
	for _, name := range asked {
		if strings.HasPrefix(name, "/") {
			t.Errorf("%s was asked for", name)
		}
	}
	// Without the means they are undefined.
	if got := lines(judge(t, compile(t, rego.Options{}, policy.Input{Policies: input.Policies}), c)); len(got) > 0 {
		t.Error(got)
	}
}

func TestConftestNamespaces(t *testing.T) {
	fires := "\n\nimport rego.v1\n\ndeny contains \"x\" if true\n"
	for _, test := range []struct {
		patterns, want []string
	}{
		{nil, []string{"main.deny", "team.a.deny", "team.b.deny", "native"}},
		{[]string{"main"}, []string{"main.deny", "native"}},
		{[]string{"team.*", "main"}, []string{"main.deny", "team.a.deny", "team.b.deny", "native"}},
		{[]string{"team.[b]"}, []string{"team.b.deny", "native"}},
	} {
		j := compile(t, rego.Options{}, policy.Input{Namespaces: test.patterns, Policies: files("package main"+fires, "package team.a"+fires, "package team.b"+fires, "package holdfast.native"+fires)})
		got := map[string]bool{}
		for _, r := range j.Rules() {
			got[r.ID] = true
		}
		want := map[string]bool{}
		for _, id := range test.want {
			want[id] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: %s", test.patterns, diff)
		}
	}
}

// What conftest passes over in silence is told, and is no rule; a function of
// such a name is none either.
func TestConftestRulesThatNeverFire(t *testing.T) {
	const silent = `package main

import rego.v1

deny if input.x

default warn_x := false

warn_x if input.x

violation := "text" if input.x
`
	j := own(t, silent, `package other

import rego.v1

deny contains deny_msg(1) if input.x

deny_msg(n) := sprintf("%d", [n])

warn := messages if input.x

messages contains "m"

violation := ["a"] if input.y

else := "b" if input.x
`)
	report := judge(t, j, policy.Case{Subjects: []policy.Subject{document("a.yaml", map[string]any{"x": true})}})
	equal(t, lines(report), []string{"other.deny deny - : 1", "other.warn warn - : m"})
	var passed, rules []string
	for _, what := range report.NotEvaluated {
		passed = append(passed, what.What+" "+strings.Fields(what.Reason)[0])
	}
	for _, r := range j.Rules() {
		rules = append(rules, r.ID)
	}
	equal(t, rules, []string{"other.deny", "other.violation", "other.warn"})
	equal(t, passed, []string{"a.rego:1:1 main.deny", "a.rego:1:1 main.violation", "a.rego:1:1 main.warn_x"})

	_, err := rego.New(rego.Options{}).Compile(t.Context(), policy.Input{Policies: files(silent)})
	if want := "main.deny is a single value, which is no message, and would never fire; write `deny contains … if { … }`"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("where there is no other rule: %v", err)
	}
}

// The documents of a file are each read once for --combine, however many there
// are and however many rules ask about them.
func TestConftestCombineReadsOnce(t *testing.T) {
	const size = 3000
	rules := "package main\n\nimport rego.v1\n"
	for i := range 20 {
		rules += fmt.Sprintf("\ndeny_%d contains \"x\" if count(input) != %d\n", i, size)
	}
	j := compile(t, rego.Options{}, policy.Input{Combine: true, Policies: files(rules)})
	session, err := j.Open(t.Context(), policy.Case{Phase: policy.PhaseCheck, Now: now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]policy.Subject, size)
	for i := range list {
		list[i] = document("a.yaml", map[string]any{"n": int64(i)})
	}
	loads := 0
	load := func() error { loads++; return nil }
	if err := session.Judge(t.Context(), &policy.Batch{Subjects: list, Load: load, Unload: func() {}}); err != nil {
		t.Fatal(err)
	}
	report, err := session.Report(t.Context())
	if err != nil || len(report.Findings) > 0 {
		t.Fatal(err, lines(report))
	}
	if loads > size+5 {
		t.Errorf("%d documents were loaded %d times", size, loads)
	}
}
