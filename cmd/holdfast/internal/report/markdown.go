package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Markdown writes an audit for a wiki or a pull request, as GitHub Flavored
// Markdown (https://github.github.com/gfm/), which most hosts render. Text of
// others is escaped: it can neither break a table nor bring elements along.
func Markdown(w io.Writer, audit *reconcile.Audit) error {
	m := &markdown{}
	m.head(audit)
	m.overview(audit)
	m.targets(audit.Targets)
	m.unmanaged(audit)
	m.findings(audit)
	m.coverage(audit)
	m.waivers(audit.Waivers)
	m.controls(controlRows(audit))
	if _, err := io.WriteString(w, m.String()); err != nil {
		return fmt.Errorf("write markdown: %w", err)
	}
	return nil
}

type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) {
	fmt.Fprintf(m, format+"\n", args...)
}

// table writes a table of already escaped cells, and an empty line after it.
// Columns whose head starts with a space hold numbers and are aligned right.
func (m *markdown) table(heads []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	rule := make([]string, len(heads))
	for i, head := range heads {
		rule[i] = "---"
		if strings.HasPrefix(head, " ") {
			rule[i] = "---:"
		}
		heads[i] = strings.TrimSpace(head)
	}
	for _, row := range append([][]string{heads, rule}, rows...) {
		m.line("| %s |", strings.Join(row, " | "))
	}
	m.line("")
}

func (m *markdown) head(audit *reconcile.Audit) {
	v := newVerdict(audit, tallyOf(&audit.Report))
	m.line("# %s\n", escape(cmp.Or(audit.Title, "Audit")))
	m.line("**%s.** %s\n", v.Word, escape(v.Sentence))
	if v.Limits != "" {
		m.line("What this verdict does not cover: %s\n", escape(v.Limits))
	}
	fact := func(label, text string) {
		if text != "" {
			m.line("- %s: %s", label, text)
		}
	}
	fact("Source", code(audit.Source))
	revision := code(audit.Revision)
	if audit.Commit.Ref != "" {
		revision += " on " + escape(audit.Commit.Ref)
	}
	fact("Revision", strings.TrimPrefix(revision, " on "))
	fact("Commit", escape(audit.Commit.Subject))
	fact("Author", escape(audit.Commit.Author))
	if audit.Commit.Signer != "" {
		fact("Signature", "verified: "+escape(audit.Commit.Signer))
	}
	fact("Held against", code(audit.Base))
	fact("Generated", strings.TrimSuffix(utc(audit.Generated)+" by "+escape(audit.Tool), " by "))
	m.line("")
	for _, problem := range audit.Errors {
		what := "Mistake to mend first"
		if problem.Fault {
			what = "Could not be looked at"
		}
		m.line("- **%s:** %s", what, strings.TrimSpace(code(problem.Location.String())+" "+escape(problem.Msg)))
	}
	if len(audit.Errors) > 0 {
		m.line("")
	}
}

func (m *markdown) overview(audit *reconcile.Audit) {
	counts := newMatrix(audit.Findings)
	if counts == nil {
		return
	}
	m.line("## Overview\n")
	heads := []string{"Category"}
	for _, severity := range counts.Severities {
		heads = append(heads, " "+escape(severity))
	}
	var rows [][]string
	for _, row := range counts.Rows {
		cells := []string{escape(row.Category)}
		for _, cell := range row.Cells {
			cells = append(cells, fmt.Sprint(cell.Count))
		}
		rows = append(rows, append(cells, fmt.Sprint(row.Total)))
	}
	m.table(append(heads, " Total"), rows)
}

func (m *markdown) targets(targets []reconcile.AuditTarget) {
	if len(targets) == 0 {
		return
	}
	m.line("## Targets\n")
	views := targetViews(targets)
	var rows [][]string
	for i := range views {
		t := &views[i]
		live := t.Live
		if t.Reason != "" && !t.Observed {
			live += ": " + t.Reason
		}
		rows = append(rows, []string{escape(t.Name), escape(t.Driver), escape(t.Mode), fmt.Sprint(t.Resources), fmt.Sprint(t.Findings), fmt.Sprint(t.Blocking), escape(live)})
	}
	m.table([]string{"Target", "Driver", "Mode", " Resources", " Findings", " Blocking", "Live state"}, rows)
	for i := range views {
		if t := &views[i]; len(t.ChangeViews) > 0 {
			m.line("### What differs from live in %s\n", escape(t.Name))
			for j := range t.ChangeViews {
				m.change(&t.ChangeViews[j])
			}
			m.line("")
		}
	}
}

func (m *markdown) change(c *changeView) {
	notes := []string{escape(string(c.State))}
	if c.Drift {
		notes = append(notes, strings.TrimSuffix("drift: "+escape(c.ChangedBy), ": "))
	}
	if c.Reason != "" {
		notes = append(notes, escape(c.Reason))
	}
	if c.Approval != "" {
		notes = append(notes, "approval "+code(c.Approval))
	}
	m.line("- **%s** %s: %s", escape(string(c.Action)), escape(name(&c.Resource)), strings.Join(notes, "; "))
	if len(c.Lines) == 0 {
		return
	}
	var diff strings.Builder
	for _, line := range c.Lines {
		op := line.Op
		if op == '~' {
			op = '!' // what the highlighters of diffs know as changed
		}
		diff.WriteString(string(op) + " " + line.Text + "\n")
	}
	fence := strings.Repeat("`", max(3, longestRun(diff.String(), '`')+1))
	m.line("\n  %sdiff\n  %s\n  %s\n", fence, strings.ReplaceAll(strings.TrimSuffix(diff.String(), "\n"), "\n", "\n  "), fence)
}

func (m *markdown) findings(audit *reconcile.Audit) {
	m.line("## Findings\n")
	groups := groupByRule(audit)
	if len(groups) == 0 {
		m.line("No rule found anything to object to.\n")
	}
	for i := range groups {
		g := &groups[i]
		m.line("### %s\n", escape(g.Title))
		m.line("%s, %s, %s: %s\n", code(g.ID), escape(cmp.Or(string(g.Severity), "no severity")), escape(g.Category), escape(g.Tally))
		if g.Remediation != "" {
			m.line("How to mend it: %s\n", escape(g.Remediation))
		}
		rows := make([][]string, len(g.Findings))
		for j := range g.Findings {
			f := &g.Findings[j]
			state := f.State
			if f.Waived != nil {
				state += ": " + waiverNote(f.Waived)
			}
			rows[j] = []string{escape(state), code(f.Location.String()), escape(name(f.Resource)), escape(f.Msg)}
		}
		m.table([]string{"State", "Place", "Resource", "Message"}, rows)
	}
	if len(audit.Undecided) > 0 {
		m.line("## Undecided\n")
		rows := make([][]string, len(audit.Undecided))
		for i, u := range audit.Undecided {
			rows[i] = []string{code(u.Rule), escape(name(u.Resource)), code(u.Location.String()), code(joinPaths(u.WaitsFor)), map[bool]string{true: "yes", false: "no"}[u.Blocks]}
		}
		m.table([]string{"Rule", "Resource", "Place", "Waits for", "Blocks"}, rows)
	}
}

func (m *markdown) coverage(audit *reconcile.Audit) {
	m.line("## Coverage\n")
	m.line("%s\n", escape(coverageSentence(audit)))
	list := func(title string, items []string) {
		if len(items) == 0 {
			return
		}
		m.line("%s:\n", title)
		for _, item := range items {
			m.line("- %s", item)
		}
		m.line("")
	}
	var passed, uncovered, idle, warnings []string
	for _, n := range audit.NotEvaluated {
		passed = append(passed, code(n.What)+": "+escape(n.Reason))
	}
	for _, name := range uncoveredNames(audit.Coverage.Uncovered) {
		uncovered = append(uncovered, escape(name))
	}
	for _, rule := range audit.Coverage.IdleRules {
		idle = append(idle, code(rule))
	}
	for _, problem := range audit.Warnings {
		warnings = append(warnings, strings.TrimSpace(code(problem.Location.String())+" "+escape(problem.Msg)))
	}
	list("Not evaluated", passed)
	list("Looked at by no rule", uncovered)
	list("Rules with nothing to look at", idle)
	list("What deserves a look", warnings)
}

func (m *markdown) waivers(waivers []reconcile.AuditWaiver) {
	if len(waivers) == 0 {
		return
	}
	m.line("## Waivers\n")
	rows := make([][]string, len(waivers))
	for i, w := range waivers {
		rows[i] = []string{escape(w.State), code(w.Rule), escape(w.Resource), escape(w.Reason), escape(w.Owner), escape(w.Expires), fmt.Sprint(w.Findings)}
	}
	m.table([]string{"State", "Rule", "Resource", "Reason", "Owner", "Expires", " Findings"}, rows)
}

func (m *markdown) controls(controls []controlRow) {
	if len(controls) == 0 {
		return
	}
	m.line("## Controls\n")
	rows := make([][]string, len(controls))
	for i, c := range controls {
		var rules []string
		for _, rule := range c.Rules {
			rules = append(rules, code(rule.ID))
		}
		rows[i] = []string{escape(c.Name), strings.Join(rules, ", "), c.Result, fmt.Sprint(c.Findings), fmt.Sprint(c.Blocking)}
	}
	m.table([]string{"Control", "Rules", "Result", " Findings", " Blocking"}, rows)
}
