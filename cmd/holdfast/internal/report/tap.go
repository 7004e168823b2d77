package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// TAP writes a check in the Test Anything Protocol, version 14
// (https://testanything.org/tap-version-14-specification.html). A test point
// is a finding, or a rule that found nothing. What does not block is TODO,
// which no harness counts as a failure; what was not looked into is SKIP.
func TAP(w io.Writer, check *Check) error {
	cases := check.cases()
	var b bytes.Buffer
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(cases))
	for i := range cases {
		tc := &cases[i]
		status, directive := "ok", ""
		switch tc.result {
		case failed, erred:
			status = "not ok"
		case ignored:
			status, directive = "not ok", " # TODO "+tapText(tc.reason)
		case skipped:
			directive = " # SKIP " + tapText(tc.reason)
		}
		fmt.Fprintf(&b, "%s %d - %s: %s%s\n", status, i+1, tapText(tc.suite), tapText(tc.name), directive)
		if err := tapDiagnostics(&b, tc); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "# %s: %s\n", check.verdict().Word, oneLine(check.verdict().Sentence))
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write TAP report: %w", err)
	}
	return nil
}

// tapDiagnostics is the YAML block of a test point. Each value is on one line,
// so that none can look like the end of the block.
func tapDiagnostics(b *bytes.Buffer, tc *testCase) error {
	var lines []string
	add := func(indent, key, value string) error {
		quoted, err := yamlQuoted(value)
		lines = append(lines, indent+key+": "+quoted)
		return err
	}
	var err error
	if tc.msg != "" {
		err = add("", "message", tc.msg)
	}
	for _, f := range tc.facts {
		if f.value != "" {
			err = errors.Join(err, add("", f.name, f.value))
		}
	}
	if tc.at.File != "" {
		lines = append(lines, "at:")
		err = errors.Join(err, add("  ", "file", tc.at.File))
		if tc.at.Line > 0 {
			lines = append(lines, fmt.Sprintf("  line: %d", tc.at.Line), fmt.Sprintf("  column: %d", tc.at.Column))
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "  ---\n  %s\n  ...\n", strings.Join(lines, "\n  "))
	}
	return err
}

// yamlQuoted is text as a quoted scalar: what JSON writes is YAML 1.2 as well.
func yamlQuoted(text string) (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(plainText(text)); err != nil {
		return "", fmt.Errorf("write TAP report: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// tapEscapes escape what could begin a directive.
var tapEscapes = strings.NewReplacer(`\`, `\\`, `#`, `\#`)

// tapText is text as a description or reason, on one line.
func tapText(text string) string { return tapEscapes.Replace(oneLine(text)) }
