package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
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

// tapDiagnostics is the YAML block of a test point. Each value is quoted and on
// one line, so that none can look like the end of the block.
func tapDiagnostics(b *bytes.Buffer, tc *testCase) error {
	block := &yaml.Node{Kind: yaml.MappingNode}
	add := func(to *yaml.Node, key string, value *yaml.Node) {
		to.Content = append(to.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	text := func(value string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: printable(value)}
	}
	if tc.msg != "" {
		add(block, "message", text(tc.msg))
	}
	for _, f := range tc.facts {
		if f.value != "" {
			add(block, f.name, text(f.value))
		}
	}
	if tc.at.File != "" {
		at := &yaml.Node{Kind: yaml.MappingNode}
		add(at, "file", text(tc.at.File))
		if tc.at.Line > 0 {
			add(at, "line", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(tc.at.Line)})
			add(at, "column", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(tc.at.Column)})
		}
		add(block, "at", at)
	}
	if len(block.Content) == 0 {
		return nil
	}
	var raw strings.Builder
	encoder := yaml.NewEncoder(&raw)
	encoder.SetIndent(2)
	if err := encoder.Encode(block); err != nil {
		return fmt.Errorf("write TAP report: %w", err)
	}
	b.WriteString("  ---\n")
	for line := range strings.Lines(raw.String()) {
		b.WriteString("  " + line)
	}
	b.WriteString("  ...\n")
	return nil
}

// tapText is text as a description or reason: on one line, with what could
// begin a directive escaped.
func tapText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `#`, `\#`).Replace(oneLine(text))
}
