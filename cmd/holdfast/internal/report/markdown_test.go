package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

func markdownText(t *testing.T, audit *reconcile.Audit) string {
	t.Helper()
	var b bytes.Buffer
	if err := Markdown(&b, audit); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdownGolden(t *testing.T) {
	golden(t, "audit.md", func(w io.Writer) error { return Markdown(w, sampleAudit()) })
	golden(t, "empty.md", func(w io.Writer) error { return Markdown(w, emptyAudit()) })
}

func TestMarkdownTellsEveryFinding(t *testing.T) {
	audit := sampleAudit()
	rows := strings.Split(markdownText(t, audit), "\n")
	for i := range audit.Findings {
		f := &audit.Findings[i]
		want := fmt.Sprintf("| `%s` | %s | %s |", f.Location, escape(name(f.Resource)), escape(f.Msg))
		found := false
		for _, row := range rows {
			found = found || strings.HasSuffix(row, want)
		}
		if !found {
			t.Errorf("no row ends with %s", want)
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"plain, as it is (1.2)": "plain, as it is (1.2)",
		"<script>":              `\<script\>`,
		"a|b":                   `a\|b`,
		"# heading":             `\# heading`,
		"- item\n- item":        `\- item - item`,
		"[x](javascript:y)":     `\[x\](javascript:y)`,
		"*_`~&\\$":              "\\*\\_\\`\\~\\&\\\\\\$",
		"\x1b[31m":              `\\x1b\[31m`,
		"1. item":               `1\. item`,
		"12) item (13) 14.":     `12\) item (13) 14.`,
		"2026-12-31":            "2026-12-31",
		"    code  ":            "code",
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"":        "",
		"a.yaml":  "`a.yaml`",
		"a``b":    "```a``b```",
		"`a`":     "`` `a` ``",
		"a|`b":    "a\\|\\`b",
		"a\nb":    "`a b`",
		"<b>&lt;": "`<b>&lt;`",
	} {
		if got := code(text); got != want {
			t.Errorf("code(%q) = %q, want %q", text, got, want)
		}
	}
}

// Whatever the text, a table's rows keep their number of cells, and no element
// stands outside of code.
func TestMarkdownEscapesEverything(t *testing.T) {
	got := markdownText(t, hostileAudit())
	assertInert(t, got)
	cells, inFence := 0, false
	for line := range strings.SplitSeq(got, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inFence = !inFence
			continue
		}
		if inFence {
			continue
		}
		bars := strings.Count(line, "|") - strings.Count(line, `\|`)
		if strings.HasPrefix(line, "| ") {
			if cells == 0 {
				cells = bars
			}
			if bars != cells {
				t.Errorf("a row of %d bars under a head of %d: %s", bars, cells, line)
			}
		} else {
			cells = 0
		}
		if strings.Contains(outsideCode(line), "<") {
			t.Errorf("an element gets through: %s", line)
		}
	}
}

// outsideCode is a line without its code spans and escaped characters.
func outsideCode(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		switch line[i] {
		case '\\':
			i += 2
		case '`':
			run := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			fence := line[i : i+run]
			end := i + run
			for end < len(line) {
				next := len(line[end:]) - len(strings.TrimLeft(line[end:], "`"))
				if next == run {
					break
				}
				end += max(next, 1)
			}
			if end >= len(line) {
				b.WriteString(fence)
				end = i
			}
			i = end + run
		default:
			b.WriteByte(line[i])
			i++
		}
	}
	return b.String()
}
