package report

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// ruleGroup is all findings of one rule.
type ruleGroup struct {
	policy.Rule
	Anchor   template.URL
	Tally    string
	Open     bool
	Findings []findingView

	blocking int
}

// findingView is one finding, with its lines.
type findingView struct {
	reconcile.FindingRecord
	Anchor  template.URL
	Number  int
	State   string
	Live    bool
	Excerpt []excerptLine
}

// excerptLine is a source line; Hit marks the one that the finding is about.
type excerptLine struct {
	Number int
	Text   string
	Hit    bool
}

// manyFindings is the number from which every group begins closed.
const manyFindings = 100

// groupByRule puts findings under their rules: those that block first, then by
// severity, by number, by id. Within a rule they keep the report's order.
func groupByRule(audit *reconcile.Audit) []ruleGroup {
	known := map[string]policy.Rule{}
	for _, rule := range audit.Rules {
		known[rule.ID] = rule
	}
	byRule := map[string]*ruleGroup{}
	tallies := map[string]*tally{}
	for i := range audit.Findings {
		f := &audit.Findings[i]
		g := byRule[f.Rule]
		if g == nil {
			g = &ruleGroup{Rule: describe(known[f.Rule], f), Anchor: anchor("rule", f.Rule)}
			byRule[f.Rule], tallies[f.Rule] = g, &tally{}
		}
		tallies[f.Rule].add(f)
		// Data may rate its findings one by one; the group shows the gravest.
		if f.Severity.Rank() > g.Severity.Rank() {
			g.Severity = f.Severity
		}
		if blocks(f) {
			g.blocking++
		}
		g.Findings = append(g.Findings, findingView{
			FindingRecord: *f, Number: i + 1, Anchor: anchor("finding", strconv.Itoa(i+1)), State: findingState(f),
			Live: f.Phase == policy.PhaseLive, Excerpt: excerpt(audit, i),
		})
	}
	groups := make([]ruleGroup, 0, len(byRule))
	for id, g := range byRule {
		g.Tally = tallies[id].String()
		g.Open = g.blocking > 0 && len(audit.Findings) < manyFindings
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b ruleGroup) int {
		return cmp.Or(order(b.blocking > 0)-order(a.blocking > 0), b.Severity.Rank()-a.Severity.Rank(),
			b.blocking-a.blocking, len(b.Findings)-len(a.Findings), strings.Compare(a.ID, b.ID))
	})
	return groups
}

// describe is the rule as the audit lists it, completed from its finding: a
// rule that failed to evaluate, or one of another dialect, may not be listed.
func describe(rule policy.Rule, f *reconcile.FindingRecord) policy.Rule {
	rule.ID = f.Rule
	rule.Title = cmp.Or(rule.Title, f.Rule)
	rule.Category = cmp.Or(rule.Category, f.Category)
	rule.Severity = cmp.Or(rule.Severity, f.Severity)
	rule.Remediation = cmp.Or(rule.Remediation, f.Remediation)
	if rule.Controls == nil {
		rule.Controls = f.Controls
	}
	return rule
}

func excerpt(audit *reconcile.Audit, index int) []excerptLine {
	source := audit.Excerpts[index]
	lines := make([]excerptLine, len(source))
	for i, line := range source {
		lines[i] = excerptLine{line.Number, line.Text, line.Number == audit.Findings[index].Location.Line}
	}
	return lines
}

// ruleRow is one of the rules that ran.
type ruleRow struct {
	policy.Rule
	About  template.URL // the id of the row
	Anchor template.URL // of its findings
	Count  int
	Idle   bool
}

func ruleRows(audit *reconcile.Audit, groups []ruleGroup) []ruleRow {
	counts := map[string]int{}
	for i := range groups {
		counts[groups[i].ID] = len(groups[i].Findings)
	}
	rows := make([]ruleRow, len(audit.Rules))
	for i, rule := range audit.Rules {
		rule.Title = cmp.Or(rule.Title, rule.ID)
		rows[i] = ruleRow{
			Rule: rule, About: anchor("about", rule.ID), Anchor: anchor("rule", rule.ID), Count: counts[rule.ID],
			Idle: slices.Contains(audit.Coverage.IdleRules, rule.ID),
		}
	}
	return rows
}

// controlRow is one control with the rules that speak to it.
type controlRow struct {
	Name               string
	Anchor             template.URL
	Rules              []controlRule
	Result, Class      string
	Findings, Blocking int
}

// controlRule leads to the rule's findings, or without any to its description.
type controlRule struct {
	ID   string
	Link template.URL
}

func controlRows(audit *reconcile.Audit) []controlRow {
	rules := map[string][]string{} // by control
	note := func(rule string, controls []string) {
		for _, control := range controls {
			if !slices.Contains(rules[control], rule) {
				rules[control] = append(rules[control], rule)
			}
		}
	}
	found := map[string]*[2]int{} // findings and blocking, by rule
	for i := range audit.Rules {
		note(audit.Rules[i].ID, audit.Rules[i].Controls)
	}
	for i := range audit.Findings {
		f := &audit.Findings[i]
		note(f.Rule, f.Controls)
		if found[f.Rule] == nil {
			found[f.Rule] = &[2]int{}
		}
		found[f.Rule][0]++
		found[f.Rule][1] += order(blocks(f))
	}
	rows := make([]controlRow, 0, len(rules))
	for control, ids := range rules {
		rows = append(rows, newControlRow(control, ids, found, audit.Coverage.IdleRules))
	}
	slices.SortFunc(rows, func(a, b controlRow) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

func newControlRow(control string, ids []string, found map[string]*[2]int, idle []string) controlRow {
	slices.Sort(ids)
	row := controlRow{Name: control, Anchor: anchor("control", control)}
	exercised := false
	for _, id := range ids {
		link := anchor("about", id)
		if n := found[id]; n != nil {
			row.Findings += n[0]
			row.Blocking += n[1]
			link = anchor("rule", id)
		}
		exercised = exercised || !slices.Contains(idle, id)
		row.Rules = append(row.Rules, controlRule{id, link})
	}
	switch {
	case row.Blocking > 0:
		row.Result, row.Class = "blocks", "bad"
	case row.Findings > 0:
		row.Result, row.Class = "findings", "warn"
	case !exercised:
		row.Result, row.Class = "nothing to judge", "plain"
	default:
		row.Result, row.Class = "no findings", "good"
	}
	return row
}
