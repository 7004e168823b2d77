package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Text writes a report for a person in a hurry: the user's own mistakes first,
// then what blocks, then warnings, grouped by what they are about, and a
// summary as the last line.
func Text(w io.Writer, report *reconcile.Report, options TextOptions) error {
	p := newPrinter(options)
	p.problems(report)
	groups, folded := groupFindings(report.Findings, options.Verbose)
	p.findings(groups, severalTargets(report.Findings))
	p.undecided(report.Undecided)
	p.notEvaluated(report.NotEvaluated)
	if options.Verbose {
		p.coverage(report.Coverage)
	}
	p.summary(report, folded)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (p *printer) problems(report *reconcile.Report) {
	show := func(problems []resource.Problem, label string) {
		for _, problem := range problems {
			p.line(p.location(problem.Location), label)
			p.prose("    ", p.plain, problem.Msg)
		}
		if len(problems) > 0 {
			p.line()
		}
	}
	show(report.Errors, p.red.Render("error"))
	show(report.Warnings, p.yellow.Render("warning"))
}

// location is a place followed by two spaces, or nothing if it is unknown.
func (p *printer) location(at resource.Location) string {
	if at.File == "" {
		return ""
	}
	return p.cyan.Render(oneLine(at.String())) + "  "
}

// group is the findings about one resource, or, without one, in one file.
type group struct {
	title    string
	target   string
	findings []entry
}

// entry is a finding and its index in the report.
type entry struct {
	*reconcile.FindingRecord
	index int
}

func (g *group) blocks() bool {
	return slices.ContainsFunc(g.findings, func(e entry) bool { return blocks(e.FindingRecord) })
}

// groupFindings puts together what is about one thing, groups that block
// first and otherwise in the report's order. folded counts what is left out:
// waived and existing findings, unless all is asked for.
func groupFindings(findings []reconcile.FindingRecord, all bool) (groups []*group, folded int) {
	type key struct {
		target, file string
		ref          reconcile.ResourceRef
	}
	byKey := map[key]*group{}
	for i := range findings {
		f := &findings[i]
		if !all && (f.Waived != nil || f.Existing) {
			folded++
			continue
		}
		k := key{target: f.Target}
		if f.Resource != nil {
			k.ref = *f.Resource
		} else {
			k.file = f.Location.File
		}
		g := byKey[k]
		if g == nil {
			g = &group{title: cmp.Or(name(f.Resource), oneLine(k.file), oneLine(f.Target), "whole snapshot"), target: f.Target}
			byKey[k] = g
			groups = append(groups, g)
		}
		g.findings = append(g.findings, entry{f, i})
	}
	for _, g := range groups {
		slices.SortStableFunc(g.findings, compareUrgency)
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return order(b.blocks()) - order(a.blocks()) })
	return groups, folded
}

// compareUrgency puts first what blocks, then the graver.
func compareUrgency(a, b entry) int {
	return cmp.Or(order(blocks(b.FindingRecord))-order(blocks(a.FindingRecord)), b.Severity.Rank()-a.Severity.Rank())
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

func severalTargets(findings []reconcile.FindingRecord) bool {
	return slices.ContainsFunc(findings, func(f reconcile.FindingRecord) bool {
		return f.Target != findings[0].Target
	})
}

func (p *printer) findings(groups []*group, withTarget bool) {
	for _, g := range groups {
		title := p.bold.Render(g.title)
		if withTarget && g.target != "" && g.title != g.target {
			title += p.dim.Render("  in " + oneLine(g.target))
		}
		p.line(title)
		for _, f := range g.findings {
			p.finding(f)
			if p.options.Verbose && f.Fingerprint != "" {
				// As much of it as `explain` needs.
				p.prose("    ", p.dim, "finding "+f.Fingerprint[:min(len(f.Fingerprint), 8)])
			}
		}
		p.line()
	}
}

// finding writes where, what and how to mend it. The location stands first on
// its line, which is where terminals and editors look for it.
func (p *printer) finding(f entry) {
	d := decision(f.Decision)
	label := p.decision(d).Render(strings.TrimSpace(string(d) + " " + oneLine(string(f.Severity))))
	if !blocks(f.FindingRecord) && d != policy.Warn {
		label = p.dim.Render(string(d) + " " + oneLine(string(f.Severity)))
	}
	if f.Phase == policy.PhaseLive {
		label += p.dim.Render(" live")
	}
	p.line(p.location(f.Location), label, "  ", p.dim.Render(oneLine(f.Rule)))
	p.prose("    ", p.plain, f.Msg)
	// The line says where; the path adds to it only where there is none.
	if len(f.Path) > 0 && (f.Location.Line == 0 || p.options.Verbose) {
		p.prose("    ", p.dim, "at "+f.Path.String())
	}
	p.excerpt(f)
	if f.Existing {
		p.prose("    ", p.dim, "existing: it was there before this change")
	}
	if f.Waived != nil {
		p.prose("    ", p.dim, "waived: "+waiverNote(f.Waived))
	}
	if f.Remediation != "" && !p.told[f.Rule] {
		p.told[f.Rule] = true
		p.prose("    ", p.green, "mend: "+f.Remediation)
	}
}

// excerpt writes the finding's source lines, where the caller can give them.
func (p *printer) excerpt(f entry) {
	if p.options.Excerpt == nil {
		return
	}
	lines := p.options.Excerpt(f.index)
	digits := 0
	for _, line := range lines {
		digits = max(digits, len(strconv.Itoa(line.Number)))
	}
	for _, line := range lines {
		mark, style := " ", p.dim
		if line.Number == f.Location.Line {
			mark, style = ">", p.plain
		}
		p.line("    ", p.dim.Render(fmt.Sprintf("%s %*d |", mark, digits, line.Number)), " ", style.Render(printable(line.Text)))
	}
}

// waiverNote is "reason (owner, expires 2026-12-01, waivers/a.yaml:3)".
func waiverNote(waived *policy.Waived) string {
	var details []string
	if waived.Owner != "" {
		details = append(details, waived.Owner)
	}
	if waived.Expires != "" {
		details = append(details, "expires "+waived.Expires)
	}
	if waived.File != "" {
		details = append(details, waived.File)
	}
	note := cmp.Or(waived.Reason, "by "+waived.By)
	if len(details) > 0 {
		note += " (" + strings.Join(details, ", ") + ")"
	}
	return note
}

func (p *printer) undecided(records []reconcile.UndecidedRecord) {
	for _, u := range records {
		label := p.yellow.Render("undecided")
		if u.Blocks {
			label = p.red.Render("undecided, blocks")
		}
		p.line(p.location(u.Location), label, "  ", p.dim.Render(oneLine(u.Rule)))
		p.prose("    ", p.plain, strings.TrimPrefix(name(u.Resource)+": known only after apply: ", ": ")+joinPaths(u.WaitsFor))
	}
	if len(records) > 0 {
		p.line()
	}
}

func joinPaths(paths []resource.Path) string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = path.String()
	}
	return strings.Join(names, ", ")
}

// fewNotEvaluated is how many of what was not evaluated are named unasked.
const fewNotEvaluated = 3

func (p *printer) notEvaluated(passed []policy.NotEvaluated) {
	if len(passed) == 0 {
		return
	}
	p.line(p.bold.Render(fmt.Sprintf("Not evaluated: %d", len(passed))))
	shown := passed
	if !p.options.Verbose && len(passed) > fewNotEvaluated+1 {
		shown = passed[:fewNotEvaluated]
	}
	for _, n := range shown {
		p.prose("  ", p.dim, n.What+": "+n.Reason)
	}
	if rest := len(passed) - len(shown); rest > 0 {
		p.line("  ", p.dim.Render(fmt.Sprintf("and %d more (--verbose shows them)", rest)))
	}
	p.line()
}

func (p *printer) coverage(coverage reconcile.Coverage) {
	if n := len(coverage.Uncovered); n > 0 {
		p.line(p.bold.Render(fmt.Sprintf("Looked at by no rule: %d", n)))
		for _, uncovered := range uncoveredNames(coverage.Uncovered) {
			p.line("  ", p.dim.Render(uncovered))
		}
		p.line()
	}
	if n := len(coverage.IdleRules); n > 0 {
		p.line(p.bold.Render(fmt.Sprintf("Rules with nothing to look at: %d", n)))
		for _, rule := range coverage.IdleRules {
			p.line("  ", p.dim.Render(oneLine(rule)))
		}
		p.line()
	}
}

// uncoveredNames are the resources that no rule looked at; those that have no
// name are counted, as a list of them would say nothing.
func uncoveredNames(refs []reconcile.ResourceRef) []string {
	var names []string
	nameless := 0
	for i := range refs {
		if refs[i].Kind == "" && refs[i].Name == "" {
			nameless++
			continue
		}
		names = append(names, name(&refs[i]))
	}
	if nameless > 0 {
		names = append(names, count(nameless, "document")+" without apiVersion, kind and name")
	}
	return names
}

// summary writes the one line that a person reads first.
func (p *printer) summary(report *reconcile.Report, folded int) {
	tally := tallyOf(report)
	head := fmt.Sprintf("%s, %s: ", count(report.Summary.Resources, "resource"), count(report.Summary.Rules, "rule"))
	style := p.green
	switch {
	case tally.blocks(), p.options.UncoveredBlocks && len(report.Coverage.Uncovered) > 0:
		style = p.red
	case tally.warn > 0 || len(report.Undecided) > 0:
		style = p.yellow
	}
	text := head + tally.String()
	if report.Summary.Resources == 0 && tally.String() == clean {
		text = head + "nothing was judged"
	}
	if folded > 0 {
		text += "; --verbose shows what is " + tally.folded()
	}
	if n := len(report.Coverage.Uncovered); n > 0 {
		text += "; " + count(n, "resource") + " looked at by no rule"
		if p.options.UncoveredBlocks {
			text += ", which blocks"
		}
	}
	p.line(style.Render(text)) // never wrapped: scripts and eyes take the last line
}
