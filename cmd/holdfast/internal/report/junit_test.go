package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// jenkins is what Jenkins' schema of JUnit results allows: of each element its
// attributes, those that are required first up to "", and its children in order.
var jenkins = map[string]struct{ attributes, children []string }{
	"testsuites": {[]string{"", "name", "time", "tests", "failures", "disabled", "errors"}, []string{"testsuite"}},
	"testsuite": {[]string{"name", "tests", "", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
		[]string{"properties", "testcase", "system-out", "system-err"}},
	"testcase": {[]string{"name", "", "assertions", "time", "classname", "status"}, []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"skipped":  {[]string{"", "type", "message"}, nil},
	"error":    {[]string{"", "type", "message"}, nil},
	"failure":  {[]string{"", "type", "message"}, nil},
}

// parseJUnit reads a report as its consumers do, and holds it to their schema.
func parseJUnit(t testing.TB, out string) junit.Testsuites {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(out))
	var open []string
	last := []int{0}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v in:\n%s", err, out)
		}
		switch token := token.(type) {
		case xml.StartElement:
			at := 0
			if len(open) > 0 {
				at = slices.Index(jenkins[open[len(open)-1]].children, token.Name.Local)
			}
			if at < last[len(last)-1] || len(open) == 0 && token.Name.Local != "testsuites" {
				t.Errorf("<%s> does not belong here, in %v", token.Name.Local, open)
			}
			last[len(last)-1] = at
			last = append(last, 0)
			open = append(open, token.Name.Local)
			required, have := true, map[string]bool{}
			for _, attribute := range token.Attr {
				have[attribute.Name.Local] = true
				if !slices.Contains(jenkins[token.Name.Local].attributes, attribute.Name.Local) {
					t.Errorf("<%s> has no attribute %s", token.Name.Local, attribute.Name.Local)
				}
			}
			for _, name := range jenkins[token.Name.Local].attributes {
				if required = required && name != ""; required && !have[name] {
					t.Errorf("<%s> lacks %s", token.Name.Local, name)
				}
			}
		case xml.EndElement:
			open, last = open[:len(open)-1], last[:len(last)-1]
		}
	}
	var suites junit.Testsuites
	if err := xml.Unmarshal([]byte(out), &suites); err != nil {
		t.Fatal(err)
	}
	tests, failures, failed := 0, 0, 0
	for _, suite := range suites.Suites {
		names := map[string]bool{}
		for _, tc := range suite.Testcases {
			if names[tc.Name] {
				t.Errorf("suite %s has two cases %q, of which GitLab would show one", suite.Name, tc.Name)
			}
			names[tc.Name] = true
			if tc.Failure != nil {
				failed++
			}
		}
		tests, failures = tests+len(suite.Testcases), failures+suite.Failures
		if suite.Tests != len(suite.Testcases) {
			t.Errorf("suite %s counts %d of %d cases", suite.Name, suite.Tests, len(suite.Testcases))
		}
	}
	if suites.Tests != tests || suites.Failures != failures || failures != failed {
		t.Errorf("%d tests and %d failures are counted of %d and %d", suites.Tests, suites.Failures, tests, failed)
	}
	return suites
}

func TestJUnit(t *testing.T) {
	suites := parseJUnit(t, render(t, "junit", oneOfEach()))
	got := map[string]string{}
	for _, suite := range suites.Suites {
		for _, tc := range suite.Testcases {
			switch {
			case tc.Failure != nil:
				got[suite.Name+": "+tc.Name] = "failure: " + tc.Failure.Message
			case tc.Error != nil:
				got[suite.Name+": "+tc.Name] = "error: " + tc.Error.Message
			case tc.Skipped != nil:
				got[suite.Name+": "+tc.Name] = "skipped: " + tc.Skipped.Message
			default:
				got[suite.Name+": "+tc.Name] = "passed"
			}
		}
	}
	for name, want := range map[string]string{
		"acme/ports: Pod shop/web spec.containers[0]":     "failure: the first that blocks",
		"acme/ports: Pod shop/web spec.containers[0] (3)": "skipped: warning: one that warns",
		"acme/ports: Pod shop/web spec.containers[0] (4)": "skipped: waived: until the move (ops@example.com, expires 2026-12-31, waivers/b.yaml:8): one that is waived",
		"acme/ports: Pod shop/web spec.containers[0] (5)": "skipped: existing: it was there before this change: one from before",
		"acme/ports: Pod shop/later":                      "skipped: undecided: known only after apply: spec.address",
		"acme/bucket: Pod shop/never":                     "failure: undecided: known only after apply: spec.size",
		"acme/clean: Nothing to see":                      "passed",
		"acme/idle: Nobody asks":                          "skipped: there was nothing for this rule to look at",
		"holdfast/not-evaluated: deploy/chart":            "skipped: not evaluated: a chart is not rendered",
		"holdfast/warnings: waivers/a.yaml":               "skipped: warning: the waiver ended",
	} {
		if got[name] != want {
			t.Errorf("%s\n is %q\nwant %q", name, got[name], want)
		}
	}
}

// With a mistake no rule is shown as passed: what could not be read was not judged.
func TestJUnitPassesNothingBesideAMistake(t *testing.T) {
	check := cleanCheck()
	check.Errors = mistaken().Errors
	for _, suite := range parseJUnit(t, render(t, "junit", check)).Suites {
		for _, tc := range suite.Testcases {
			if tc.Error == nil && tc.Skipped == nil {
				t.Errorf("%s: %s passed", suite.Name, tc.Name)
			}
		}
	}
}

func TestPlainText(t *testing.T) {
	for text, want := range map[string]string{
		"plain\n\ttext <&> ]]>": "plain\n\ttext <&> ]]>", "\x00\x0b\x1b": `\x00\v\x1b`, "a\ufffeb\uffff": "a\ufffdb\ufffd", "\xff": "\ufffd", "🙂": "🙂",
	} {
		if got := plainText(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
