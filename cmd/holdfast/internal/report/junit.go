package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// JUnit writes a check as the XML that Jenkins, GitLab and most others read
// test results from. A suite is a rule: with a passed case where it found
// nothing, else with one for each finding. What does not block is skipped with
// its reason, a mistake of the user is an error. Elements and attributes are
// those that Jenkins' schema has, in its order.
func JUnit(w io.Writer, check *Check) error {
	all := junit.Testsuites{Name: "holdfast", Time: "0"}
	var suite *junit.Testsuite
	for _, tc := range check.cases() {
		if suite == nil || suite.Name != plainText(tc.suite) {
			all.Suites = append(all.Suites, junit.Testsuite{Name: plainText(tc.suite), ID: len(all.Suites), Package: "holdfast", Time: "0"})
			suite = &all.Suites[len(all.Suites)-1]
		}
		suite.AddTestcase(junitCase(&tc))
	}
	// Not AddSuite: Jenkins' schema has no attribute "skipped" here.
	for _, s := range all.Suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	if err := all.WriteXML(w); err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	return nil
}

func junitCase(tc *testCase) junit.Testcase {
	c := junit.Testcase{Name: plainText(tc.name), Classname: plainText(tc.suite), Time: "0"}
	msg := plainText(tc.msg)
	switch tc.result {
	case failed:
		c.Failure = &junit.Result{Message: msg, Type: "finding", Data: junitBody(tc)}
	case erred:
		c.Error = &junit.Result{Message: msg, Type: "mistake", Data: junitBody(tc)}
	case ignored:
		c.Skipped = &junit.Result{Message: plainText(tc.reason + ": " + tc.msg), Data: junitBody(tc)}
	case skipped:
		c.Skipped = &junit.Result{Message: plainText(tc.reason), Data: junitBody(tc)}
	}
	return c
}

// junitBody is what the case's page shows: the place, the message, the facts.
func junitBody(tc *testCase) string {
	var b strings.Builder
	line := func(text string) {
		if text != "" {
			b.WriteString(plainText(text) + "\n")
		}
	}
	line(tc.at.String())
	line(tc.msg)
	for _, f := range tc.facts {
		if f.value != "" {
			line(f.name + ": " + oneLine(f.value))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// plainText is printable s without the code points that XML 1.0 (2.2, Char)
// and YAML 1.2 (5.1, c-printable) have no place for, however they are escaped.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, printable(s))
}
