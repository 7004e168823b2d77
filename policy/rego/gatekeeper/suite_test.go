package gatekeeper_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The suites in testdata pass with gator 3.23.1 too.
func TestSuites(t *testing.T) {
	files := os.DirFS("testdata")
	suites, err := fs.Glob(files, "*/suite.yaml")
	if err != nil || len(suites) == 0 {
		t.Fatalf("no suites: %v", err)
	}
	for _, name := range suites {
		t.Run(name, func(t *testing.T) {
			report, err := gatekeeper.RunSuite(context.Background(), files, name, gatekeeper.SuiteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range report.Cases {
				want := gatekeeper.Passed
				if c.Test == "left for later" {
					want = gatekeeper.Skipped
				}
				if c.Status != want {
					t.Errorf("%s: %s / %s: %s: %s", c.Location, c.Test, c.Name, c.Status, c.Error)
				}
			}
		})
	}
}

// suiteFiles is a tree with a suite of one test, whose cases are as given.
func suiteFiles(test string) fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	object := func(namespace string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: " + namespace + "}\n"
	}
	code := says(`object.get(input.review.object, "data", {}) == {}; msg := sprintf("%s has no data", [input.review.object.metadata.name])`) +
		"libs: []\n"
	return fstest.MapFS{
		"policies/suite.yaml":      file("apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nmetadata: {name: mine}\ntests:\n" + indent(test, 2)),
		"policies/template.yaml":   file(template("{type: object, properties: {a: {type: string}}}", code)),
		"policies/constraint.yaml": file(constraint("match: {namespaceSelector: {matchLabels: {env: prod}}}")),
		"policies/good.yaml":       file(constraint("parameters: {a: x}")),
		"policies/bad.yaml":        file(constraint("parameters: {a: 1}")),
		"policies/misspelt.yaml":   file(constraint("parmeters: {a: x}")),
		"policies/unparsed.yaml":   file("a: [\n"),
		"policies/empty.yaml":      file("# nothing\n"),
		"objects/empty.yaml":       file(object("shop")),
		"objects/two.yaml":         file(object("shop") + "---\n" + object("shop")),
		"objects/full.yaml":        file(object("shop") + "data: {a: b}\n"),
		"objects/prod.yaml":        file("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: prod}}\n"),
		"objects/dev.yaml":         file("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: dev}}\n"),
		"objects/kindless.yaml":    file("a: b\n"),
	}
}

// How the cases of a suite end.
func TestRunSuite(t *testing.T) {
	one := func(c string) string {
		return "- name: t\n  template: template.yaml\n  constraint: constraint.yaml\n  cases:\n    - " + strings.TrimSpace(indent(c, 6))
	}
	const object = "name: c\nobject: ../objects/empty.yaml\ninventory: [../objects/prod.yaml]\n"
	of := func(assertion string) string { return one(object + "assertions: [" + assertion + "]") }
	tests := []struct {
		name, test string
		want       string // status, and the error
	}{
		{"a violation by default", of("{}"), "pass"},
		{"yes", of("{violations: yes}"), "pass"},
		{"yes, as a text", of(`{violations: "yes"}`), "pass"},
		{"no", of("{violations: no}"), `fail 1 violations where 0 is wanted; the messages are "settings has no data"`},
		{"as many", of("{violations: 1}"), "pass"},
		{"fewer", of("{violations: 2}"), `fail 1 violations where 2 is wanted; the messages are "settings has no data"`},
		{"a message", of("{violations: 1, message: ^settings}"), "pass"},
		{"another message", of("{message: ^data}"), `fail 0 violations with a message like "^data" where at least 1 is wanted; the messages are "settings has no data"`},
		{"none with another message", of("{violations: no, message: ^data}"), "pass"},
		{"each assertion counts", of("{}, {violations: 3}"), `fail 1 violations where 3 is wanted; the messages are "settings has no data"`},
		{"no violation", one(strings.Replace(object, "empty", "full", 1) + "assertions: [{}]"), "fail 0 violations where at least 1 is wanted; there are none"},
		{"a namespace that does not match", one(strings.Replace(object, "prod", "dev", 1) + "assertions: [{}]"), "fail 0 violations where at least 1 is wanted; there are none"},
		{"a match that cannot be told is a violation", one("name: c\nobject: ../objects/empty.yaml\nassertions: [{message: looks at the labels of namespace shop}]"), "pass"},
		{"skipped", one(object + "assertions: [{}]\nskip: true"), "skip"},
		{"no such file", one("name: c\nobject: nothing.yaml\nassertions: [{}]"), "error object: open policies/nothing.yaml: file does not exist"},
		{"out of the tree", one("name: c\nobject: ../../etc/passwd\nassertions: [{}]"), "error object: ../etc/passwd leads out of the folder of the suites"},
		{"a folder", one("name: c\nobject: ../objects\nassertions: [{}]"), "error object: objects is no file of at most 16 MiB"},
		{"two objects", one("name: c\nobject: ../objects/two.yaml\nassertions: [{}]"), "error object: ../objects/two.yaml holds 2 objects, where one is needed"},
		{"no object", one("name: c\nobject: empty.yaml\nassertions: [{}]"), "error object: policies/empty.yaml holds no objects"},
		{"not YAML", one("name: c\nobject: unparsed.yaml\nassertions: [{}]"), "error object: policies/unparsed.yaml:1: not valid YAML: did not find expected node content"},
		{"an object without kind", one("name: c\nobject: ../objects/kindless.yaml\nassertions: [{}]"), "error object: not an object of Kubernetes: it has no apiVersion or no kind"},
		{"an inventory without kind", one("name: c\nobject: ../objects/empty.yaml\ninventory: [../objects/kindless.yaml]\nassertions: [{}]"), "error inventory: ../objects/kindless.yaml: an object has no apiVersion or no kind"},
		{"invalid, as it is to be", "- {name: t, template: template.yaml, constraint: bad.yaml, invalid: true}", "pass"},
		{"valid, where it is not to be", "- {name: t, template: template.yaml, constraint: good.yaml, invalid: true}", "error the constraint is to be invalid, but its schema permits it"},
		{"invalid in another way", "- {name: t, template: template.yaml, constraint: misspelt.yaml, invalid: true}",
			"error constraint: policies/misspelt.yaml:6:3: spec.parmeters is not known: neither Gatekeeper nor the ConstraintTemplate declares it"},
		{"no template", "- {name: t, template: good.yaml, constraint: good.yaml, invalid: true}", "error template: good.yaml is not a ConstraintTemplate"},
		{"no constraint", "- {name: t, template: template.yaml, constraint: template.yaml, invalid: true}", "error constraint: template.yaml is not a constraint"},
		{"an expansion", strings.Replace(of("{}"), "  cases", "  expansion: e.yaml\n  cases", 1),
			"error expansion is not supported: holdfast judges what a workload's template makes of it only where that is written down; remove it, or run this test with gator"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report, err := gatekeeper.RunSuite(context.Background(), suiteFiles(test.test), "policies/suite.yaml", gatekeeper.SuiteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range report.Cases {
				got = append(got, strings.TrimSpace(string(c.Status)+" "+c.Error))
			}
			if strings.Join(got, "\n") != test.want {
				t.Errorf("the cases are\n%s\nwant\n%s", strings.Join(got, "\n"), test.want)
			}
			if wantOK := !strings.HasPrefix(test.want, "fail") && !strings.HasPrefix(test.want, "error"); report.OK() != wantOK {
				t.Errorf("it is well: %v", report.OK())
			}
		})
	}
}

// A suite that would say less than its author thinks is refused, with the place.
func TestSuiteMistakes(t *testing.T) {
	tests := []struct {
		name, test, want string
	}{
		{"a misspelt key", "- name: t\n  template: a\n  constraint: b\n  cases: [{name: c, object: d, assertion: []}]",
			"s.yaml:8:13: the case \"c\" has no assertions\ns.yaml:8:34: assertion is not known here; there are name, object, inventory, assertions, skip"},
		{"no cases", "- {name: t, template: a, constraint: b}", `s.yaml:5:5: the test "t" has no cases`},
		{"cases of what is invalid", "- {name: t, template: a, constraint: b, invalid: true, cases: [{object: c, assertions: [{}]}]}", `s.yaml:5:43: the test "t" has cases, but its constraint is to be invalid`},
		{"no template", "- {name: t, constraint: b, invalid: true}", `s.yaml:5:5: the test "t" has no template`},
		{"no constraint", "- {name: t, template: b, invalid: true}", `s.yaml:5:5: the test "t" has no constraint`},
		{"no object", "- {name: t, template: a, constraint: b, cases: [{name: c, assertions: [{}]}]}", `s.yaml:5:51: the case "c" has no object`},
		{"no tests", "[]", "s.yaml:4:1: the suite has no tests"},
		{"a number below zero", "- {name: t, template: a, constraint: b, cases: [{object: c, assertions: [{violations: -1}]}]}", "s.yaml:5:76: violations is -1; it is a number, yes or no"},
		{"another word", "- {name: t, template: a, constraint: b, cases: [{object: c, assertions: [{violations: some}]}]}", `s.yaml:5:76: violations is "some"; it is a number, yes or no`},
		{"no expression", "- {name: t, template: a, constraint: b, cases: [{object: c, assertions: [{message: '('}]}]}", "s.yaml:5:76: message: error parsing regexp: missing closing ): `(`"},
		{"a text for a test", "- x", "s.yaml:4:1: tests is of the type string, where object is needed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := suiteFiles(test.test)
			files["s.yaml"] = files["policies/suite.yaml"]
			_, err := gatekeeper.RunSuite(context.Background(), files, "s.yaml", gatekeeper.SuiteOptions{})
			var problems resource.Problems
			if !errors.As(err, &problems) || err.Error() != test.want {
				t.Errorf("the error is\n%v\nwant\n%s", err, test.want)
			}
		})
	}
	if _, err := gatekeeper.RunSuite(context.Background(), suiteFiles("[]"), "objects/prod.yaml", gatekeeper.SuiteOptions{}); err == nil ||
		err.Error() != "objects/prod.yaml: this is not a Suite of test.gatekeeper.sh" {
		t.Errorf("the error is %v", err)
	}
	if _, err := gatekeeper.RunSuite(context.Background(), suiteFiles("[]"), "../s.yaml", gatekeeper.SuiteOptions{}); err == nil {
		t.Error("a suite out of the tree is run")
	}
}

// Which cases are picked, as by gator verify --run.
func TestSuiteRun(t *testing.T) {
	const cases = "\n  template: template.yaml\n  constraint: good.yaml\n  cases:\n    - {name: empty, object: ../objects/empty.yaml, assertions: [{}]}\n    - {name: full, object: ../objects/full.yaml, assertions: [{violations: 0}]}\n"
	files := suiteFiles("- name: first" + cases + "- name: second" + cases + "- {name: third, template: template.yaml, constraint: bad.yaml, invalid: true}")
	tests := []struct{ run, want string }{
		{"", "first/empty first/full second/empty second/full third/"},
		{"first", "first/empty first/full"},
		{"full", "first/full second/full"},
		{"^(third|empty)$", "first/empty second/empty third/"},
		{"first//", "first/empty first/full"},
		{"//full", "first/full second/full"},
		{"second//^empty$", "second/empty"},
		{"nothing", ""},
	}
	for _, test := range tests {
		report, err := gatekeeper.RunSuite(context.Background(), files, "policies/suite.yaml", gatekeeper.SuiteOptions{Run: test.run})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range report.Cases {
			if c.Status != gatekeeper.Passed {
				t.Errorf("%s/%s: %s %s", c.Test, c.Name, c.Status, c.Error)
			}
			got = append(got, c.Test+"/"+c.Name)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q picks %s, want %s", test.run, got, test.want)
		}
	}
	if _, err := gatekeeper.RunSuite(context.Background(), files, "policies/suite.yaml", gatekeeper.SuiteOptions{Run: "("}); err == nil || !strings.HasPrefix(err.Error(), "--run: ") {
		t.Errorf("the error is %v", err)
	}
}

// A case that takes too long is in error.
func TestSuiteTimeout(t *testing.T) {
	files := suiteFiles("- {name: t, template: slow.yaml, constraint: slow.yaml, cases: [{object: ../objects/full.yaml, assertions: [{}]}]}")
	slow := says(`n := numbers.range(1, 1000); count([x | x := n[_]; y := n[_]; z := n[_]; x + y + z == 0]) == 0; msg := "x"`)
	files["policies/slow.yaml"] = &fstest.MapFile{Data: []byte(template("", slow))}
	files["policies/any.yaml"] = &fstest.MapFile{Data: []byte(constraint("match: {}"))}
	files["policies/suite.yaml"].Data = []byte(strings.Replace(string(files["policies/suite.yaml"].Data), "constraint: slow", "constraint: any", 1))
	report, err := gatekeeper.RunSuite(context.Background(), files, "policies/suite.yaml", gatekeeper.SuiteOptions{Timeout: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(report.Cases[0].Status, ": ", report.Cases[0].Error); got != "error: it took longer than 10ms" {
		t.Errorf("it ended with %s", got)
	}
}

// What is taken for a suite where a folder is looked through.
func TestIsSuite(t *testing.T) {
	for text, want := range map[string]bool{
		"apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\n": true,
		"# test.gatekeeper.sh\na: b\n":                           false,
		"apiVersion: v1\nkind: Suite\n":                          false,
		"apiVersion: test.gatekeeper.sh/v1\nkind: Other\n":       false,
		"": false,
	} {
		if gatekeeper.IsSuite([]byte(text)) != want {
			t.Errorf("%q is a suite: %v", text, !want)
		}
	}
}
