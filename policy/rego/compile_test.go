package rego_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// fires is a package that denies everything, below its METADATA.
func fires(metadata, pkg string) string {
	return metadata + "package " + pkg + "\n\ndeny contains \"no\"\n"
}

// custom is METADATA with lines under custom.
func custom(lines ...string) string {
	return "# METADATA\n# custom:\n#   " + strings.Join(lines, "\n#   ") + "\n"
}

// bomb is YAML of a few lines that would be gigabytes if it were followed.
func bomb() string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text
}

// The mistakes of people who write policies, and what they are told.
func TestCompileProblems(t *testing.T) {
	builtin := library(map[string]string{
		"security/root.rego": fires(custom("severity: high", "controls: [pss/baseline]", "params: {max_uid: 1000}"), "holdfast.security.root"),
		"dr/backup.rego":     fires(custom("profile: strict"), "holdfast.dr.backup"),
		"lib/pods.rego":      "package holdfast.lib.pods\n\ncontainers := []\n",
	})
	tests := []struct {
		name  string
		input policy.Input
		lib   bool
		want  []string
	}{
		{name: "syntax", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains x if {\n\tx = = 1\n}\n")},
			want: []string{`a.rego:4:6: not valid Rego: unexpected eq token`}},
		{name: "unbound variable", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains x if input.resource.kind == \"Pod\"\n")},
			want: []string{`a.rego:3:15: x is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`}},
		{name: "unknown function", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if strings.nope(\"a\")\n")},
			want: []string{`a.rego:3:22: undefined function strings.nope`}},
		{name: "type error", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if count(1) > 0\n")},
			want: []string{`a.rego:3:22: count: invalid argument(s)`}},
		{name: "impure", input: policy.Input{Policies: files(`package holdfast.a

deny contains "a" if http.send({"url": "https://example.com", "method": "get"}).status_code == 200
deny contains "b" if opa.runtime().env.HOME
deny contains "c" if rand.intn("x", 2) == 1
deny contains "d" if uuid.rfc4122("x")
deny contains "e" if net.lookup_ip_addr("example.com")
deny contains "f" if external_data({"provider": "p", "keys": []})
`)},
			want: []string{
				`a.rego:3:22: http.send may not be used in a policy: it asks the network, so that the same resource could pass today and fail tomorrow`,
				`a.rego:4:22: opa.runtime may not be used in a policy: it reads the environment of the process, secrets and all`,
				`a.rego:5:22: rand.intn may not be used in a policy: its answer is random`,
				`a.rego:6:22: uuid.rfc4122 may not be used in a policy: its answer is random`,
				`a.rego:7:22: net.lookup_ip_addr may not be used in a policy: it asks the network's name servers`,
				`a.rego:8:22: external_data may not be used in a policy: it asks a server outside`,
			}},
		{name: "impure in a helper package", input: policy.Input{Policies: files("package lib.net\n\nask := http.send({})\n", fires("", "holdfast.b"))},
			want: []string{`a.rego:3:8: http.send may not be used in a policy: it asks the network, so that the same resource could pass today and fail tomorrow`}},
		{name: "misspelt input", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if input.resorce.kind == \"Pod\"\n\ndeny contains \"y\" if input.review.object\n")},
			want: []string{
				`a.rego:3:22: input.resorce does not exist; did you mean "resource"?`,
				`a.rego:5:22: input.review does not exist; there are change, live, phase, resource, target`,
			}},
		{name: "misspelt input through an import", input: policy.Input{Policies: files("package holdfast.a\n\nimport input.lives as l\n\ndeny contains \"x\" if l.kind == \"Pod\"\n")},
			want: []string{`a.rego:5:22: input.lives does not exist; did you mean "live"?`}},
		{name: "misspelt data", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if data.holdfast.resource.prod\n")},
			want: []string{`a.rego:3:22: data.holdfast.resource does not exist; did you mean "resources"?`}},
		{name: "misspelt package", lib: true, input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if data.holdfast.lib.pod.containers == []\n")},
			want: []string{`a.rego:3:22: data.holdfast.lib.pod does not exist; did you mean "pods"?`}},
		{name: "misspelt helper", lib: true, input: policy.Input{Policies: files("package holdfast.a\n\nimport data.holdfast.lib.pods\n\ndeny contains \"x\" if pods.container == []\n")},
			want: []string{`a.rego:5:22: data.holdfast.lib.pods.container does not exist; did you mean "containers"?`}},
		{name: "undeclared parameter", lib: true, input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains \"x\" if data.holdfast.params.max_uids > 1\n")},
			want: []string{`a.rego:3:22: no rule declares the parameter max_uids under custom.params; did you mean "max_uid"?`}},
		{name: "misspelt input in a helper", input: policy.Input{Policies: files("package lib.used\n\nx := input.resorce\n", "package lib.unused\n\nx := input.review\n",
			"package holdfast.a\n\ndeny contains \"x\" if data.lib.used.x\n")},
			want: []string{`a.rego:3:6: input.resorce does not exist; did you mean "resource"?`}},
		{name: "data bomb", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{file("d.yaml", bomb())}},
			want: []string{`d.yaml: data file: document contains excessive aliasing`}},
		{name: "too large", input: policy.Input{Policies: files(fires("", "holdfast.a") + "# " + strings.Repeat("x", 5<<20))},
			want: []string{`a.rego: a policy file may have 4 MiB at most`}},
		{name: "unknown severity", input: policy.Input{Policies: files(fires(custom("id: a", "severity: hihg"), "holdfast.a"))},
			want: []string{`a.rego:4:5: METADATA: unknown severity "hihg"; did you mean "high"?`}},
		{name: "unknown scope", input: policy.Input{Policies: files(fires(custom("scope: everything"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: unknown scope "everything"; there are resource, snapshot, target`}},
		{name: "written, of a wide scope", input: policy.Input{Policies: files(fires(custom("scope: target", "judges: written"), "holdfast.a"))},
			want: []string{`a.rego:4:5: METADATA: judges: written is for rules of scope resource; leave out one of the two`}},
		{name: "unknown custom key", input: policy.Input{Policies: files(fires(custom("severty: high"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: unknown custom.severty; did you mean "severity"?`}},
		{name: "kinds without group", input: policy.Input{Policies: files(fires(custom("kinds: [Deployment]"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: kind "Deployment" must be group/Kind, like "apps/Deployment", "core/Pod" or "*/Deployment"`}},
		{name: "kinds not a list", input: policy.Input{Policies: files(fires(custom("kinds: apps/Deployment"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: custom.kinds must be a list of texts`}},
		{name: "params not an object", input: policy.Input{Policies: files(fires(custom("params: [a]"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: custom.params must be an object of names and their defaults`}},
		{name: "reserved id", input: policy.Input{Policies: files(fires(custom("id: holdfast/rule-error"), "holdfast.a"))},
			want: []string{`a.rego:3:5: METADATA: "holdfast/rule-error" cannot be a rule's id; write it like "security/privileged" (holdfast/ is reserved)`}},
		{name: "other dialect", input: policy.Input{Policies: files(fires(custom("dialect: conftets"), "main"))},
			want: []string{`a.rego:3:5: METADATA: unknown dialect "conftets"; did you mean "conftest"?`}},
		{name: "METADATA on the rule", input: policy.Input{Policies: files("package holdfast.a\n\n" + custom("severity: high") + "deny contains \"x\"\n")},
			want: []string{`a.rego:3:1: METADATA: custom.severity is read above the package clause only; move it there`}},
		{name: "same id twice", input: policy.Input{Policies: files(fires(custom("id: same"), "holdfast.a"), fires(custom("id: same"), "holdfast.b"))},
			want: []string{`b.rego:4:1: rule id "same" is already that of package holdfast.a at a.rego:4:1; set another custom.id`}},
		{name: "conftest: a rule that is an object", input: policy.Input{Policies: files("package main\n\nimport rego.v1\n\ndeny[msg] if {\n\tmsg := \"x\"\n}\n")},
			want: []string{"a.rego:5:1: deny[…] if {…} is an object and would never fire; write `deny contains … if { … }`"}},
		{name: "two rules that cannot both be", input: policy.Input{Policies: files("package main\n\nimport rego.v1\n\ndeny contains \"x\"\n\ndeny.pods contains \"x\"\n")},
			want: []string{"a.rego:5:1: rule data.main.deny conflicts with: rule data.main.deny.pods at a.rego:7"}},
		{name: "conftest: unknown namespace", input: policy.Input{Namespaces: []string{"mian"}, Policies: files("package main\n\ndeny_root contains \"x\"\n")},
			want: []string{`no policy of conftest's dialect is in the namespace "mian"; did you mean "main"?`}},
		{name: "conftest: impure", input: policy.Input{Policies: files("package main\n\ndeny contains r.body if r := http.send({})\n")},
			want: []string{`a.rego:3:30: http.send may not be used in a policy: it asks the network, so that the same resource could pass today and fail tomorrow`}},
		{name: "violation in a native policy", input: policy.Input{Policies: files("package holdfast.a\n\nviolation contains \"x\"\n")},
			want: []string{`a.rego:3:1: violation is not evaluated in a native policy; name the rule deny or warn`}},
		{name: "deny is no set", input: policy.Input{Policies: files("package holdfast.a\n\ndeny if input.resource.kind == \"Pod\"\n")},
			want: []string{`a.rego:3:1: deny must be a set: write ` + "`deny contains {\"msg\": …} if { … }`"}},
		{name: "deny is an object", input: policy.Input{Policies: files("package holdfast.a\n\ndeny[\"x\"] := \"y\" if input.resource.kind == \"Pod\"\n")},
			want: []string{`a.rego:3:1: deny must be a set: write ` + "`deny contains {\"msg\": …} if { … }`"}},
		{name: "deny has parts", input: policy.Input{Policies: files("package holdfast.a\n\ndeny.pods contains \"x\"\n")},
			want: []string{`a.rego:3:1: deny must be a set: write ` + "`deny contains {\"msg\": …} if { … }`"}},
		{name: "deny is a function", input: policy.Input{Policies: files("package holdfast.a\n\ndeny(x) := \"y\" if x\n")},
			want: []string{`a.rego:3:1: deny must be a set: write ` + "`deny contains {\"msg\": …} if { … }`"}},
		{name: "package hides data", input: policy.Input{Policies: files(fires("", "holdfast.params.a"))},
			want: []string{`a.rego:1:1: package holdfast.params.a: data.holdfast.params holds data; use another package name`}},
		{name: "package of the library", lib: true, input: policy.Input{Builtin: true, Policies: files(fires("", "holdfast.security.root"))},
			want: []string{`a.rego:1:1: package holdfast.security.root is already that of the built-in policies/security/root.rego; give yours another name`}},
		{name: "reserved data", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{file("d.yaml", "team: a\nholdfast:\n  params: {}\n")}},
			want: []string{`d.yaml:2:1: data.holdfast is reserved for holdfast; use another name`}},
		{name: "data conflict", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{
			file("d1.yaml", "teams:\n  a: 1\n"), file("d2.json", "{\"teams\": {\"b\": 2,\n\"a\": 3}}")}},
			want: []string{`d2.json:2:2: data.teams.a is already defined by d1.yaml`}},
		{name: "data against a package", input: policy.Input{Policies: files("package lib.x\n\ny := 1\n", fires("", "holdfast.a")), Data: []policy.File{file("d.yaml", "lib: {x: {y: 2}}\n")}},
			want: []string{`a.rego:3:1: conflicting rule for data path lib/x/y found`}},
		{name: "data is no object", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{file("d.yaml", "- 1\n")}},
			want: []string{`d.yaml:1: a data file must hold an object, whose keys appear under data`}},
		{name: "data is no YAML", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{file("d.yaml", "a: 1\nb: [\n")}},
			want: []string{`d.yaml:2: data file: did not find expected node content`}},
		{name: "data is no JSON", input: policy.Input{Policies: files(fires("", "holdfast.a")), Data: []policy.File{file("d.json", "{\"a\": 1,\n}")}},
			want: []string{`d.json:2: data file: invalid character '}' looking for beginning of object key string`}},
		{name: "unknown parameter", lib: true, input: policy.Input{Builtin: true, Params: map[string]any{"max_uuid": 1}},
			want: []string{`params: no rule has a parameter "max_uuid"; did you mean "max_uid"?`}},
		{name: "parameter of another type", lib: true, input: policy.Input{Builtin: true, Params: map[string]any{"max_uid": "1000"}},
			want: []string{`params: max_uid is a string, but number by default in rule security/root (policies/security/root.rego:6:1)`}},
		{name: "two defaults", input: policy.Input{Policies: files(fires(custom("params: {n: 1}"), "holdfast.a"), fires(custom("params: {n: 2}"), "holdfast.b"))},
			want: []string{`b.rego:4:1: parameter n has the default 2 here and 1 in rule a; they must agree, or have other names`}},
		{name: "unknown selection", lib: true, input: policy.Input{Builtin: true, Select: policy.Selection{Rules: []string{"security/rot"}, Categories: []string{"securty"}, Controls: []string{"pss/basline"}}},
			want: []string{
				`no rule has the category "securty"; did you mean "security"?`,
				`no rule has the control "pss/basline"; did you mean "pss/baseline"?`,
				`no rule has the id "security/rot"; did you mean "security/root"?`,
			}},
		{name: "unknown profile and category", lib: true, input: policy.Input{Builtin: true, Profile: "strickt", Categories: []string{"secrity"}},
			want: []string{
				`no rule has the built-in category "secrity"; did you mean "security"?`,
				`unknown profile "strickt"; did you mean "strict"?`,
			}},
		{name: "nothing at all", input: policy.Input{},
			want: []string{`no rule is loaded or selected, so nothing would be judged; name some with --policy or under policies.paths; check takes --allow-empty if that is meant`}},
		{name: "all mistakes at once", input: policy.Input{Policies: files("package holdfast.a\n\ndeny contains\n", "package holdfast.b\n\nx := }\n")},
			want: []string{
				`a.rego:4: not valid Rego: unexpected eof token: expected rule key term (e.g., deny contains <VALUE> { ... })`,
				`b.rego:3:6: not valid Rego: unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })`,
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var tree fs.FS
			if test.lib {
				tree = builtin
			}
			_, err := rego.New(rego.Options{Library: tree}).Compile(context.Background(), test.input)
			if err == nil {
				t.Fatal("it compiled")
			}
			equal(t, problemsOf(t, err), test.want)
		})
	}
}

// What METADATA leaves out has a default, and what it says is read.
func TestRules(t *testing.T) {
	full := `# METADATA
# title: Root
# description: No root.
# custom:
#   id: sec/root
#   category: hardening
#   severity: critical
#   controls: [pss/restricted, cis/5.2.6]
#   remediation: Set runAsNonRoot.
#   kinds: [core/Pod, "*/Deployment", "batch/*"]
#   scope: target
#   profile: strict
#   params: {max_uid: 1000, names: [a]}
package holdfast.full

deny contains "x"

warn contains "y"
`
	tree := library(map[string]string{
		"security/net/host.rego":  "package holdfast.security.net.host\n\nwarn contains \"x\"\n",
		"security/host_test.rego": "package broken {",
	})
	j := compile(t, rego.Options{Library: tree}, policy.Input{Builtin: true, Policies: files(full,
		custom("dialect: native")+"package team.labels\n\ndeny contains \"x\"\n", "package lib.helper\n\nx := 1\n")})
	want := []policy.Rule{
		{
			ID: "sec/root", Policy: "holdfast.full", Title: "Root", Description: "No root.", Category: "hardening",
			Severity: policy.Critical, Controls: []string{"pss/restricted", "cis/5.2.6"}, Remediation: "Set runAsNonRoot.",
			Kinds: []string{"core/Pod", "*/Deployment", "batch/*"}, Scope: policy.ScopeTarget,
			Decisions: []policy.Decision{policy.Deny, policy.Warn},
			Params:    map[string]any{"max_uid": int64(1000), "names": []any{"a"}},
			Location:  resource.Location{File: "a.rego", Line: 14, Column: 1},
		},
		{
			ID: "security/net/host", Policy: "holdfast.security.net.host", Title: "security/net/host", Category: "security",
			Severity: policy.Medium, Scope: policy.ScopeResource, Decisions: []policy.Decision{policy.Warn},
			Profile: "starter", Builtin: true, Location: resource.Location{File: "policies/security/net/host.rego", Line: 1, Column: 1},
		},
		{
			ID: "team/labels", Policy: "team.labels", Title: "team/labels", Category: "custom", Severity: policy.Medium,
			Scope: policy.ScopeResource, Decisions: []policy.Decision{policy.Deny}, Location: resource.Location{File: "b.rego", Line: 4, Column: 1},
		},
	}
	if diff := cmp.Diff(want, j.Rules()); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

// Which rules run, by profile, category and selection.
func TestSelection(t *testing.T) {
	tree := library(map[string]string{
		"security/a.rego":   fires(custom("controls: [pss/baseline]"), "holdfast.security.a"),
		"security/b.rego":   fires(custom("profile: recommended", "controls: [pss/restricted]"), "holdfast.security.b"),
		"dr/c.rego":         fires(custom("profile: strict"), "holdfast.dr.c"),
		"allocation/d.rego": fires(custom("profile: starter"), "holdfast.allocation.d"),
	})
	mine := files(fires("", "holdfast.mine"))
	tests := []struct {
		name  string
		input policy.Input
		want  string
	}{
		{"starter by default", policy.Input{Builtin: true, Policies: mine}, "allocation/d mine security/a"},
		{"recommended", policy.Input{Builtin: true, Policies: mine, Profile: "recommended"}, "allocation/d mine security/a security/b"},
		{"strict", policy.Input{Builtin: true, Profile: "strict"}, "allocation/d dr/c security/a security/b"},
		{"categories of the library", policy.Input{Builtin: true, Policies: mine, Profile: "strict", Categories: []string{"dr"}}, "dr/c mine"},
		{"without the library", policy.Input{Policies: mine, Profile: "strict"}, "mine"},
		{"a rule whatever the profile", policy.Input{Builtin: true, Policies: mine, Select: policy.Selection{Rules: []string{"dr/c"}}}, "dr/c"},
		{"a category whatever the profile", policy.Input{Builtin: true, Policies: mine, Select: policy.Selection{Categories: []string{"security"}}}, "security/a security/b"},
		{"a control", policy.Input{Builtin: true, Select: policy.Selection{Controls: []string{"pss/baseline"}}}, "security/a"},
		{"restricted includes baseline", policy.Input{Builtin: true, Select: policy.Selection{Controls: []string{"pss/restricted"}}}, "security/a security/b"},
		{"any of the lists", policy.Input{Builtin: true, Policies: mine, Select: policy.Selection{Rules: []string{"mine"}, Categories: []string{"dr"}}}, "dr/c mine"},
		{"nothing, and that is meant", policy.Input{AllowEmpty: true}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var ids []string
			for _, r := range compile(t, rego.Options{Library: tree}, test.input).Rules() {
				ids = append(ids, r.ID)
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("rules are %q, want %q", got, test.want)
			}
		})
	}
}

// Helpers of the library are there for the team's own rules even without its rules.
func TestLibraryHelpers(t *testing.T) {
	tree := library(map[string]string{"lib/pods.rego": "package holdfast.lib.pods\n\nnames := {\"web\"}\n"})
	use := "package holdfast.mine\n\nimport data.holdfast.lib.pods\n\ndeny contains \"no\" if input.resource.metadata.name in pods.names\n"
	c := policy.Case{Subjects: subjects(deployment("web", 1), deployment("api", 1))}

	j := compile(t, rego.Options{Library: tree}, policy.Input{Policies: files(use)})
	equal(t, lines(judge(t, j, c)), []string{"mine deny Deployment shop/web : no"})

	vendored := "package holdfast.lib.pods\n\nnames := {\"api\"}\n"
	j = compile(t, rego.Options{Library: tree}, policy.Input{Policies: files(use, vendored)})
	equal(t, lines(judge(t, j, c)), []string{"mine deny Deployment shop/api : no"})
}

// A file of the team's own may be called as an embedded one.
func TestSameFileName(t *testing.T) {
	tree := library(map[string]string{"security/a.rego": fires("", "holdfast.security.a")})
	j := compile(t, rego.Options{Library: tree}, policy.Input{Builtin: true, Policies: []policy.File{file("policies/security/a.rego", fires("", "holdfast.mine"))}})
	if n := len(j.Rules()); n != 2 {
		t.Errorf("%d rules, want 2", n)
	}
}

func TestLibraryAndSource(t *testing.T) {
	text := fires(custom("profile: strict"), "holdfast.dr.c")
	c := rego.New(rego.Options{Library: library(map[string]string{"dr/c.rego": text, "lib/x.rego": "package holdfast.lib.x\n\ny := 1\n"})})
	rules, err := c.Library()
	if err != nil || len(rules) != 1 || rules[0].ID != "dr/c" || rules[0].Profile != "strict" {
		t.Errorf("library is %+v, %v", rules, err)
	}
	mine := fires("", "holdfast.mine")
	for id, want := range map[string]string{"dr/c": text, "mine": mine} {
		got, found, err := c.Source(id, files(mine))
		if err != nil || !found || got != want {
			t.Errorf("source of %s is %q, %v, %v", id, got, found, err)
		}
	}
	if _, found, err := c.Source("dr/x", nil); found || err != nil {
		t.Errorf("there is no rule dr/x, but found %v, error %v", found, err)
	}
}

// The digest covers all that an answer depends on besides the case.
func TestDigest(t *testing.T) {
	base := func() policy.Input {
		return policy.Input{
			Policies: files(fires(custom("params: {n: 1}"), "holdfast.a"), fires("", "holdfast.b"), "package lib.x\n\ny := 1\n"),
			Data:     []policy.File{file("d.yaml", "teams: {a: 1}\n")},
			Params:   map[string]any{"n": 3},
		}
	}
	digest := func(change func(*policy.Input)) string {
		input := base()
		change(&input)
		return compile(t, rego.Options{}, input).Digest()
	}
	first := digest(func(*policy.Input) {})
	same := map[string]func(*policy.Input){
		"again":                func(*policy.Input) {},
		"files in other order": func(i *policy.Input) { slices.Reverse(i.Policies) },
		"a test added":         func(i *policy.Input) { i.Policies = append(i.Policies, file("a_test.rego", "package x")) },
	}
	for name, change := range same {
		if digest(change) != first {
			t.Errorf("%s: the digest differs", name)
		}
	}
	other := map[string]func(*policy.Input){
		"helper":    func(i *policy.Input) { i.Policies[2] = file("c.rego", "package lib.x\n\ny := 2\n") },
		"data":      func(i *policy.Input) { i.Data = []policy.File{file("d.yaml", "teams: {a: 2}\n")} },
		"params":    func(i *policy.Input) { i.Params = map[string]any{"n": 4} },
		"selection": func(i *policy.Input) { i.Select.Rules = []string{"a"} },
	}
	for name, change := range other {
		if digest(change) == first {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

// Every builtin that OPA calls nondeterministic is refused, but for those that
// read nothing but the clock, which is the run's own.
func TestImpureIsComplete(t *testing.T) {
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		if !b.Nondeterministic || b.Name == "time.now_ns" || b.Name == "io.jwt.decode_verify" {
			continue
		}
		args := make([]string, len(b.Decl.FuncArgs().Args))
		for i := range args {
			args[i] = "input.resource"
		}
		module := "package holdfast.a\n\ndeny contains \"x\" if " + b.Name + "(" + strings.Join(args, ", ") + ")\n"
		_, err := rego.New(rego.Options{}).Compile(context.Background(), policy.Input{Policies: files(module)})
		if err == nil || !strings.Contains(err.Error(), b.Name+" may not be used") {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}
