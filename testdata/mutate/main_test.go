package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const sampleRule = `# METADATA
# custom:
#   id: acme/replicas
#   params: {most: 5}
package holdfast.acme.replicas

import data.holdfast.lib.numbers

deny contains {"msg": msg, "path": ["spec", "replicas"]} if {
	input.resource.kind in {"Deployment", "StatefulSet"}
	numbers.known(input.resource.spec.replicas)
	not _excused
	input.resource.spec.replicas > data.holdfast.params.most
	msg := sprintf("more than %d", [data.holdfast.params.most])
}

_excused if input.resource.big == true
`

const sampleHelper = `package holdfast.lib.numbers

known(n) if n >= 0
`

const sampleTests = `package holdfast.acme.replicas_test

import data.holdfast.acme.replicas

_deny(kind, n, big) := found if {
	found := replicas.deny with input as {"resource": {"kind": kind, "spec": {"replicas": n}, "big": big}}
}

test_six_are_too_many if {
	_deny("Deployment", 6, null) == {{"msg": "more than 5", "path": ["spec", "replicas"]}}
}

test_five_pass if _deny("Deployment", 5, null) == set()

test_big_ones_may if _deny("Deployment", 6, true) == set()

test_other_kinds_pass if _deny("Job", 6, null) == set()
`

// sample runs mutate on a library of the files, by name below the policies.
func sample(t *testing.T, files map[string]string, o options) (string, int) {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		name = filepath.Join(root, "policies", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o.dir, o.workers, o.timeout = filepath.Join(root, "policies"), 2, time.Minute
	var out strings.Builder
	complaints, err := run(t.Context(), o, &out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), root+"/", ""), complaints
}

// What no test notices survives, with its place: here that StatefulSets count
// too, and what the helper asks for.
func TestSurvivors(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"acme/replicas.rego": sampleRule, "acme/replicas_test.rego": sampleTests, "lib/numbers.rego": sampleHelper,
	}
	out, complaints := sample(t, files, options{})
	want := `survived policies/acme/replicas.rego:10 acme/replicas: drop "StatefulSet" of {"Deployment", "StatefulSet"}
survived policies/acme/replicas.rego:11 acme/replicas: remove numbers.known(input.resource.spec.replicas)

  category  rules  mutants  killed  equivalent  survived
      acme      1       18      16           0         2
`
	if out != want || complaints != 2 {
		t.Errorf("%d complaints:\n%s\nwant:\n%s", complaints, out, want)
	}
	// A helper without tests of its own is held to by those of the rules that use it.
	out, complaints = sample(t, files, options{lib: true})
	if !strings.Contains(out, `survived policies/lib/numbers.rego:3 lib/numbers: 0 to 1: known(n) if n >= 0`) ||
		strings.Contains(out, "remove known") || complaints != 5 {
		t.Errorf("%d complaints:\n%s", complaints, out)
	}
}

// Only what is named is broken.
func TestNamedFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, content := range map[string]string{
		"a.rego": "# METADATA\n# custom: {id: acme/a}\npackage holdfast.a\n\ndeny contains {\"msg\": \"no\"} if input.resource.a == 1\n",
		"b.rego": "# METADATA\n# custom: {id: acme/b}\npackage holdfast.b\n\ndeny contains {\"msg\": \"no\"}\n",
		"a_test.rego": "package holdfast.a_test\n\nimport data.holdfast.a\n\ntest_a if {\n" +
			"\tcount(a.deny) == 1 with input as {\"resource\": {\"a\": 1}}\n\tcount(a.deny) == 0 with input as {\"resource\": {\"a\": 2}}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	complaints, err := run(t.Context(), options{
		dir: root, workers: 1, timeout: time.Minute,
		files: []string{filepath.Join(root, "a.rego"), filepath.Join(root, "a_test.rego")},
	}, &out)
	if err != nil || complaints != 0 || !strings.Contains(out.String(), "acme      1 ") {
		t.Errorf("%v, %d complaints:\n%s", err, complaints, out.String())
	}
	if _, err := run(t.Context(), options{dir: root, files: []string{filepath.Join(root, "c.rego")}}, &out); err == nil {
		t.Error("a file that is not there is passed over")
	}
}

// A mutant that is listed does not count; an entry that excuses none does.
func TestEquivalents(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"acme/replicas.rego": sampleRule, "acme/replicas_test.rego": sampleTests, "lib/numbers.rego": sampleHelper,
		"../testdata/mutate/equivalent/a.txt": "# why\n\n" +
			`acme/replicas: drop "StatefulSet" of {"Deployment", "StatefulSet"} // there are none` + "\n" +
			"acme/replicas: remove input.resource.kind == 1 // it was there once\nacme/gone: remove it // gone\n",
	}
	out, complaints := sample(t, files, options{})
	want := `survived policies/acme/replicas.rego:11 acme/replicas: remove numbers.known(input.resource.spec.replicas)
listed as equivalent, but no mutant that survives: acme/replicas: remove input.resource.kind == 1
listed as equivalent, but no mutant that survives: acme/gone

  category  rules  mutants  killed  equivalent  survived
      acme      1       18      16           1         1
`
	if out != want || complaints != 3 {
		t.Errorf("%d complaints:\n%s\nwant:\n%s", complaints, out, want)
	}
}

// A rule without tests, or with tests that fail anyway, proves nothing.
func TestUnsound(t *testing.T) {
	t.Parallel()
	out, complaints := sample(t, map[string]string{
		"acme/replicas.rego": sampleRule, "lib/numbers.rego": sampleHelper,
		"acme/other.rego":      "# METADATA\n# custom: {id: acme/other}\npackage holdfast.acme.other\n\ndeny contains {\"msg\": \"no\"}\n",
		"acme/other_test.rego": "package holdfast.acme.other_test\n\nimport data.holdfast.acme.other\n\ntest_nothing if count(other.deny) == 0\n",
	}, options{})
	if !strings.Contains(out, "policies/acme/replicas.rego acme/replicas: no test\n") ||
		!strings.Contains(out, "acme/other: this test fails as it is: data.holdfast.acme.other_test.test_nothing\n") || complaints != 2 {
		t.Errorf("%d complaints:\n%s", complaints, out)
	}
}

// Each way of breaking a rule, and what is left alone because it is words.
func TestMutants(t *testing.T) {
	t.Parallel()
	source := `package a

default z := false

table := {"a": ["x"], "b": {"y"}}

f(x) := "some words" if {
	x.y > 3
	not x.z == "two words"
	every v in x.list { v != 1 }
	count(x.a & x.b) - 1 < 2
} else := "no" if regex.match(` + "`^a$`" + `, x)

deny contains {"msg": sprintf("%s is 1", [w]), "path": ["spec", 0]} if {
	some w in ["p"]
	msg := concat(", ", ["words here", "more"])
	startswith(w, "q")
}
`
	parsed, err := parse("a.rego", source)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutants(&module{name: "a.rego", source: source, parsed: parsed}) {
		if _, err := parse("a.rego", m.source); err == nil {
			got = append(got, m.what)
		}
		if m.source == source {
			t.Errorf("%s changes nothing", m.what)
		}
	}
	want := []string{
		`false to true: default z := false`,
		`remove table := {"a": ["x"], "b": {"y"}}`,
		`drop "a": ["x"] of {"a": ["x"], "b": {"y"}}`,
		`drop "b": {"y"} of {"a": ["x"], "b": {"y"}}`,
		`drop "y" of {"y"}`,
		`"x" to "x~": table := {"a": ["x"], "b": {"y"}}`,
		`remove x.y > 3`,
		`negate x.y > 3`,
		`> to >=: x.y > 3`,
		`3 to 4: x.y > 3`,
		`remove not x.z == "two words"`,
		`without not: not x.z == "two words"`,
		`== to !=: not x.z == "two words"`,
		`"two words" to "two words~": not x.z == "two words"`,
		`remove every v in x.list { v != 1 }`,
		`remove v != 1`,
		`!= to ==: every v in x.list { v != 1 }`,
		`1 to 2: every v in x.list { v != 1 }`,
		`remove count(x.a & x.b) - 1 < 2`,
		`negate count(x.a & x.b) - 1 < 2`,
		`< to <=: count(x.a & x.b) - 1 < 2`,
		`- to +: count(x.a & x.b) - 1 < 2`,
		`- to &: count(x.a & x.b) - 1 < 2`,
		`& to |: count(x.a & x.b) - 1 < 2`,
		`2 to 3: count(x.a & x.b) - 1 < 2`,
		"remove else := \"no\" if { regex.match(`^a$`, x) }",
		"remove regex.match(`^a$`, x)",
		"negate regex.match(`^a$`, x)",
		"`^a$` to `^a$~`: } else := \"no\" if { regex.match(`^a$`, x) }",
		"\"no\" to \"no~\": } else := \"no\" if { regex.match(`^a$`, x) }",
		`"path" to "path~": deny contains {"msg": sprintf("%s is 1", [w]), "path": ["spec", 0]} if {`,
		`"spec" to "spec~": deny contains {"msg": sprintf("%s is 1", [w]), "path": ["spec", 0]} if {`,
		`0 to 1: deny contains {"msg": sprintf("%s is 1", [w]), "path": ["spec", 0]} if {`,
		`remove some w in ["p"]`,
		`drop "p" of ["p"]`,
		`remove msg := concat(", ", ["words here", "more"])`,
		`remove startswith(w, "q")`,
		`negate startswith(w, "q")`,
		`"q" to "q~": startswith(w, "q")`,
	}
	missing, extra := difference(want, got), difference(got, want)
	if len(missing)+len(extra) > 0 {
		t.Errorf("missing:\n%s\nunexpected:\n%s", strings.Join(missing, "\n"), strings.Join(extra, "\n"))
	}
}

// difference is what a has and b has not; removals of whole rules are long, and left out.
func difference(a, b []string) []string {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	var all []string
	for _, s := range a {
		if !in[s] && !strings.HasPrefix(s, "remove f(x)") && !strings.HasPrefix(s, "remove deny contains") {
			all = append(all, s)
		}
	}
	return all
}
