package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// diffLine is one line of a change as every renderer shows it.
type diffLine struct {
	// Op is '+', '-', '~' (a value that changes) or ' ' (context).
	Op   byte
	Text string
}

// maxDiffLines bounds what is shown of one change.
const maxDiffLines = 1000

// diffLines renders the fields of a change, one after the other.
func diffLines(change *reconcile.ChangeRecord) []diffLine {
	var lines []diffLine
	for i := range change.Diff {
		lines = append(lines, fieldLines(&change.Diff[i])...)
		if len(lines) > maxDiffLines {
			rest := len(lines) - maxDiffLines
			return append(lines[:maxDiffLines], diffLine{' ', "… " + count(rest, "more line") + " or more"})
		}
	}
	return lines
}

// fieldLines renders one field: a single line for plain values, a diff line by
// line for texts, objects and lists.
func fieldLines(field *resource.FieldDiff) []diffLine {
	f := masked(*field)
	before, after := shown(f.Before), shown(f.After)
	// At the root there is no path to name: the content speaks for itself.
	label, indent := "", ""
	if len(f.Path) > 0 {
		label, indent = printable(f.Path.String())+": ", "  "
	}
	switch {
	case f.Before == nil && f.After == nil:
		return []diffLine{{'~', label + "null"}}
	case f.Before == nil && !long(f.After):
		return []diffLine{{'+', label + after}}
	case f.After == nil && !long(f.Before):
		return []diffLine{{'-', label + before}}
	case f.Before != nil && f.After != nil && !long(f.Before) && !long(f.After):
		return []diffLine{{'~', label + before + " → " + after}}
	}
	var lines []diffLine
	if label != "" {
		lines = append(lines, diffLine{opOf(&f), strings.TrimSuffix(label, " ")})
	}
	for _, line := range unified(before, after, f.Before == nil, f.After == nil) {
		lines = append(lines, diffLine{line.Op, indent + line.Text})
	}
	return lines
}

func opOf(f *resource.FieldDiff) byte {
	switch {
	case f.Before == nil:
		return '+'
	case f.After == nil:
		return '-'
	}
	return '~'
}

// long reports whether a value is shown line by line.
func long(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, "\n")
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// masked is f with a plain value that is marked as sensitive masked. Drivers do
// that already; here it costs nothing and cannot be forgotten.
func masked(f resource.FieldDiff) resource.FieldDiff {
	if f.Sensitive {
		f.Before, f.After = maskPlain(f.Before), maskPlain(f.After)
	}
	return f
}

func maskPlain(value any) any {
	switch value.(type) {
	case nil, map[string]any, []any:
		return value
	}
	return resource.Mask
}

// shown is a value as it is displayed: a text with several lines and the mask
// as they are, all else as YAML, in which a string is told from a number.
func shown(value any) string {
	if text, ok := value.(string); ok && (text == resource.Mask || long(text)) {
		return printable(text)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return printable(fmt.Sprint(value))
	}
	return printable(strings.TrimSuffix(b.String(), "\n"))
}

// unified is the difference of two texts with three lines of context, or all
// of one of them where the other is absent.
func unified(before, after string, noBefore, noAfter bool) []diffLine {
	switch {
	case noBefore:
		return whole('+', after)
	case noAfter:
		return whole('-', before)
	}
	if !strings.HasSuffix(before, "\n") && !strings.HasSuffix(after, "\n") {
		before, after = before+"\n", after+"\n"
	}
	if before == after {
		return nil
	}
	var lines []diffLine
	hunks := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(udiff.Unified("before", "after", before, after), "\n"), "\n") {
		switch {
		case hunks == 0 && !strings.HasPrefix(line, "@@"): // the names of the two
		case strings.HasPrefix(line, "@@"):
			// A heading for the hunks helps only if there are several.
			if hunks++; hunks > 1 {
				lines = append(lines, diffLine{' ', "…"})
			}
		case strings.HasPrefix(line, `\`):
			lines = append(lines, diffLine{' ', "(no line break at the end)"})
		default:
			lines = append(lines, diffLine{line[0], line[1:]})
		}
	}
	return lines
}

func whole(op byte, text string) []diffLine {
	var lines []diffLine
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		lines = append(lines, diffLine{op, line})
	}
	return lines
}
