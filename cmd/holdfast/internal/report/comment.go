package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const (
	// commentMarker is the first line of the comment, which nobody sees: by it
	// a pipeline finds its own comment again, to update it.
	commentMarker = "<!-- holdfast check -->"
	// commentLimit is how long GitHub lets a comment be. It counts characters;
	// we count bytes, of which there are never fewer.
	commentLimit = 65536
	// cellLimit bounds one text of the comment, in runes.
	cellLimit = 600
)

// Comment writes a check for a pull request, as GitHub Flavored Markdown: the
// verdict, what blocks in a table by file, and the rest folded. It never grows
// over what GitHub takes; what is left out is counted. Text of others can bring
// in no element, and mentions nobody.
func Comment(w io.Writer, check *Check) error {
	findings := check.byStanding()
	for _, s := range []standing{stands, warns} {
		slices.SortStableFunc(findings[s], func(a, b *reconcile.FindingRecord) int { return comparePlaces(a.Location, b.Location) })
	}
	sections := []section{
		check.mistakeSection(),
		findingSection("", "finding", findings[stands], stands),
		check.undecidedSection(true),
		check.uncoveredSection(),
		mendSection(findings[stands]),
		findingSection("Warnings", "warning", findings[warns], warns),
		check.warningSection(),
		check.undecidedSection(false),
		findingSection("Waived", "waived finding", findings[waived], waived),
		findingSection("There before this change", "existing finding", findings[existing], existing),
		check.notEvaluatedSection(),
	}
	if _, err := io.WriteString(w, fitted(check.commentHead(), sections, commentLimit)); err != nil {
		return fmt.Errorf("write markdown: %w", err)
	}
	return nil
}

// section is a piece of the comment of which rows may be left out.
type section struct {
	noun        string // of a row
	open, close string // the first ends and the second begins a line
	rows        []string
}

func (s *section) String() string {
	if len(s.rows) == 0 {
		return ""
	}
	return s.open + strings.Join(s.rows, "") + s.close
}

// cut is the section with its first n rows, and a note on the rest.
func (s section) cut(n int) section {
	left := len(s.rows) - n
	if left == 0 {
		return s
	}
	note := fmt.Sprintf("\n_… and %s more, left out here for their length._\n", count(left, s.noun))
	if n == 0 {
		return section{rows: []string{note}}
	}
	s.rows, s.close = s.rows[:n], note+s.close
	return s
}

// fitted joins the sections so that they stay within limit bytes, giving room
// to the first ones first.
func fitted(head string, sections []section, limit int) string {
	reserve := 0
	for _, s := range sections {
		if len(s.rows) > 0 {
			none := s.cut(0)
			reserve += len(none.String())
		}
	}
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sections {
		if len(s.rows) == 0 {
			continue
		}
		none := s.cut(0)
		reserve -= len(none.String())
		room := limit - b.Len() - reserve
		n := len(s.rows)
		if len(s.String()) > room {
			n = fits(&s, room)
		}
		whole := s.cut(n)
		b.WriteString(whole.String())
	}
	return b.String()
}

// fits is how many rows there is room for, the note on the rest included.
func fits(s *section, room int) int {
	used := 0
	for n, row := range s.rows {
		one := section{noun: s.noun, open: s.open, close: s.close, rows: []string{"", row}}.cut(1)
		// The note's number has at most as many digits as that of all rows.
		if used += len(row); used+len(one.String())+len(fmt.Sprint(len(s.rows))) > room {
			return n
		}
	}
	return len(s.rows)
}

func (c *Check) commentHead() string {
	v := c.verdict()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n### holdfast: %s\n\n%s\n", commentMarker, strings.ToLower(v.Word), inert(v.Sentence))
	if v.Limits != "" {
		fmt.Fprintf(&b, "\nWhat this does not cover: %s\n", inert(v.Limits))
	}
	where := []string{}
	if c.Revision != "" {
		where = append(where, "at "+codeSpan(shortRevision(c.Revision)))
	}
	if c.Base != "" {
		where = append(where, "held against "+codeSpan(shortRevision(c.Base)))
	}
	if len(where) > 0 {
		fmt.Fprintf(&b, "\n<sub>%s</sub>\n", strings.Join(where, ", "))
	}
	return b.String()
}

func (c *Check) mistakeSection() section {
	s := section{noun: "mistake", open: "\n**Mistakes to mend first**\n\n"}
	for i := range c.Errors {
		s.rows = append(s.rows, item(codeSpan(c.Errors[i].Location.String()), inert(c.Errors[i].Msg)))
	}
	return s
}

// findingSection is a table of findings; with a title it is folded.
func findingSection(title, noun string, findings []*reconcile.FindingRecord, s standing) section {
	table := section{noun: noun, open: "\n| Place | Rule | Finding |\n| --- | --- | --- |\n"}
	for _, f := range findings {
		rule := codeSpan(f.Rule)
		if f.Severity != "" {
			rule += " " + inert(string(f.Severity))
		}
		text := inert(f.Msg)
		if withSubject(f) != f.Msg {
			text = "**" + inert(name(f.Resource)) + "** " + text
		}
		if s == waived {
			text += "<br>_" + inert(waiverNote(f.Waived)) + "_"
		}
		table.rows = append(table.rows, "| "+strings.Join([]string{cmp.Or(codeSpan(f.Location.String()), "whole snapshot"), rule, text}, " | ")+" |\n")
	}
	if title != "" {
		return folded(title, table)
	}
	return table
}

// folded puts a section behind a line that opens it.
func folded(title string, s section) section {
	s.open = fmt.Sprintf("\n<details><summary>%s: %d</summary>\n%s", title, len(s.rows), s.open)
	s.close += "\n</details>\n"
	return s
}

// mendSection tells for each rule that blocks how to mend it, once.
func mendSection(findings []*reconcile.FindingRecord) section {
	s := section{noun: "rule", open: "\n"}
	told := map[string]bool{}
	for _, f := range findings {
		if f.Remediation != "" && !told[f.Rule] {
			told[f.Rule] = true
			s.rows = append(s.rows, item(codeSpan(f.Rule), inert(f.Remediation)))
		}
	}
	return folded("How to mend it", s)
}

func (c *Check) undecidedSection(blocking bool) section {
	s := section{noun: "undecided answer", open: "\n"}
	for i := range c.Undecided {
		if u := &c.Undecided[i]; u.Blocks == blocking {
			what := codeSpan(u.Rule) + " on " + inert(cmp.Or(name(u.Resource), u.Target, "the whole snapshot"))
			s.rows = append(s.rows, item(codeSpan(u.Location.String()), what+" waits for "+codeSpan(joinPaths(u.WaitsFor))))
		}
	}
	if blocking {
		s.open = "\n**Undecided until after the apply, which blocks**\n\n"
		return s
	}
	return folded("Undecided until after the apply", s)
}

func (c *Check) uncoveredSection() section {
	s := section{noun: "resource", open: "\n**Looked at by no rule, which blocks**\n\n"}
	if c.uncoveredBlocks() {
		for _, what := range uncoveredNames(c.Coverage.Uncovered) {
			s.rows = append(s.rows, item("", inert(what)))
		}
	}
	return s
}

func (c *Check) warningSection() section {
	s := section{noun: "warning", open: "\n"}
	for i := range c.Warnings {
		s.rows = append(s.rows, item(codeSpan(c.Warnings[i].Location.String()), inert(c.Warnings[i].Msg)))
	}
	return folded("What deserves a look", s)
}

func (c *Check) notEvaluatedSection() section {
	s := section{noun: "item", open: "\n"}
	for _, n := range c.NotEvaluated {
		s.rows = append(s.rows, item(codeSpan(n.What), inert(n.Reason)))
	}
	return folded("Not evaluated", s)
}

// item is one line of a list.
func item(place, text string) string {
	return "- " + strings.TrimPrefix(place+" ", " ") + text + "\n"
}

// references are taken apart by a space that nobody sees: @ada, #12.
var references = strings.NewReplacer("@", "@&#8203;", "#", "#&#8203;")

// inert is text that GitHub and GitLab show as it stands: no element, no
// mention of a person and no reference to an issue.
func inert(text string) string { return references.Replace(escape(bounded(text))) }

// codeSpan is text in a code span, in which nothing is a mention or a reference.
func codeSpan(text string) string {
	if strings.Contains(text, "|") { // of which code makes no span
		return inert(text)
	}
	return code(bounded(text))
}

// bounded is the beginning of a text that is too long.
func bounded(text string) string {
	if utf8.RuneCountInString(text) <= cellLimit {
		return text
	}
	return string([]rune(text)[:cellLimit]) + "…"
}
