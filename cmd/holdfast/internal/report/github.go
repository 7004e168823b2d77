package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// GitHub writes a check as workflow commands, which GitHub shows as annotations
// of the changed files (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
// Of each kind GitHub shows ten for a step: the gravest come first, and what
// is waived, was there before or was not evaluated is in a foldable group of
// the log, so that the closing notice, the only one, is always shown.
func GitHub(w io.Writer, check *Check) error {
	g := &annotations{}
	for i := range check.Errors {
		g.command("error", check.Errors[i].Location, "mistake to mend first", check.Errors[i].Msg)
	}
	findings := check.byStanding()
	for _, f := range findings[stands] {
		g.finding("error", f)
	}
	for i := range check.Undecided {
		if u := &check.Undecided[i]; u.Blocks {
			g.command("error", u.Location, u.Rule, strings.TrimPrefix(name(u.Resource)+": ", ": ")+waitsFor(u))
		}
	}
	if check.uncoveredBlocks() {
		g.command("error", resource.Location{}, "looked at by no rule", strings.Join(uncoveredNames(check.Coverage.Uncovered), "\n"))
	}
	for _, f := range findings[warns] {
		g.finding("warning", f)
	}
	for i := range check.Warnings {
		g.command("warning", check.Warnings[i].Location, "holdfast", check.Warnings[i].Msg)
	}
	for i := range check.Undecided {
		if u := &check.Undecided[i]; !u.Blocks {
			g.command("warning", u.Location, u.Rule, strings.TrimPrefix(name(u.Resource)+": ", ": ")+waitsFor(u))
		}
	}
	g.folded(check, findings)
	verdict := check.verdict()
	g.command("notice", resource.Location{}, "holdfast: "+verdict.Word, strings.TrimSpace(verdict.Sentence+" "+g.beyond()))
	if _, err := g.WriteTo(w); err != nil {
		return fmt.Errorf("write annotations: %w", err)
	}
	return nil
}

// shownPerKind is how many annotations of a kind GitHub shows for a step.
const shownPerKind = 10

type annotations struct {
	bytes.Buffer
	counts [2]int // errors, warnings
}

// command writes one annotation.
func (g *annotations) command(kind string, at resource.Location, title, msg string) {
	switch kind {
	case "error":
		g.counts[0]++
	case "warning":
		g.counts[1]++
	}
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+commandProperty(value))
	}
	if at.File != "" {
		add("file", at.File)
	}
	if at.File != "" && at.Line > 0 {
		add("line", fmt.Sprint(at.Line))
		if at.Column > 0 {
			add("col", fmt.Sprint(at.Column))
		}
	}
	add("title", title)
	fmt.Fprintf(g, "::%s %s::%s\n", kind, strings.Join(properties, ","), commandData(msg))
}

func (g *annotations) finding(kind string, f *reconcile.FindingRecord) {
	msg := withSubject(f)
	if f.Remediation != "" {
		msg += "\nmend: " + oneLine(f.Remediation)
	}
	g.command(kind, f.Location, strings.TrimSpace(f.Rule+" "+bracketed(string(f.Severity))), msg)
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// folded writes what holds nothing back into a group of the log.
func (g *annotations) folded(check *Check, findings map[standing][]*reconcile.FindingRecord) {
	var lines []string
	for _, s := range []standing{existing, waived} {
		for _, f := range findings[s] {
			lines = append(lines, strings.Join([]string{cmp.Or(f.Location.String(), about(f)), f.Rule, f.Msg, standingNote(s, f)}, "  "))
		}
	}
	for _, n := range check.NotEvaluated {
		lines = append(lines, n.What+"  not evaluated: "+n.Reason)
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(g, "::group::holdfast: existing, waived or not evaluated: %d\n", len(lines))
	for _, line := range lines {
		g.WriteString("- " + logLine(line) + "\n")
	}
	g.WriteString("::endgroup::\n")
}

// beyond says how many annotations GitHub does not show.
func (g *annotations) beyond() string {
	hidden := 0
	for _, n := range g.counts {
		hidden += max(0, n-shownPerKind)
	}
	if hidden == 0 {
		return ""
	}
	return fmt.Sprintf("GitHub shows the first %d annotations of a kind; %d more are in the log of this step.", shownPerKind, hidden)
}

// The runner undoes these escapes.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C")
)

func commandData(text string) string { return dataEscapes.Replace(printable(text)) }

func commandProperty(text string) string { return propertyEscapes.Replace(oneLine(text)) }

// logLine is a plain line of the log. The runner takes "##[" for a command
// wherever it stands in a line, and "::" at its start.
func logLine(text string) string {
	return strings.ReplaceAll(oneLine(text), "##[", `##\[`)
}
