package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// page is what the templates are given.
type page struct {
	Audit   *reconcile.Audit
	Title   string
	CSP     string
	CSS     template.CSS
	JS      template.JS
	Mask    string
	Verdict verdict
	// Mistakes and Faults are the errors, by who can do something about them.
	Mistakes, Faults []resource.Problem
	Tiles            []tile
	Matrix           *matrix
	Trend            *trend
	Targets          []targetView
	// Unmanaged says how much is not managed here, "" if all is.
	Unmanaged string
	Groups    []ruleGroup
	Filters   []filter
	Coverage  string
	Controls  []controlRow
	Rules     []ruleRow
}

func newPage(audit *reconcile.Audit) *page {
	counted := tallyOf(&audit.Report)
	groups := groupByRule(audit)
	return &page{
		Audit:     audit,
		Title:     cmp.Or(audit.Title, "Audit"),
		Mask:      resource.Mask,
		Verdict:   newVerdict(audit, counted),
		Mistakes:  mistakesOf(audit.Errors),
		Faults:    faultsOf(audit.Errors),
		Tiles:     newTiles(audit, counted),
		Matrix:    newMatrix(audit.Findings),
		Trend:     newTrend(audit.Trend),
		Targets:   targetViews(audit.Targets),
		Unmanaged: unmanagedSentence(audit),
		Groups:    groups,
		Filters:   newFilters(audit.Findings),
		Coverage:  coverageSentence(audit),
		Controls:  controlRows(audit),
		Rules:     ruleRows(audit, groups),
	}
}

// verdict is the answer in a word, in a sentence, and what it leaves out.
type verdict struct {
	Word, Class, Sentence, Limits string
}

func newVerdict(audit *reconcile.Audit, n tally) verdict {
	v := verdict{Word: "Pass", Class: "pass", Limits: limits(audit)}
	judged := fmt.Sprintf("%s judged by %s", count(audit.Summary.Resources, "resource"), count(audit.Summary.Rules, "rule"))
	v.Sentence = judged + ": " + cmp.Or(n.sentence(), "nothing to object to") + "."
	switch {
	case n.onlyFaults():
		// Nor is it one where it could not be looked for.
		v.Word, v.Class = "Incomplete", "undecided"
	case n.blocks():
		v.Word, v.Class = "Fail", "fail"
	case n.undecided > 0:
		v.Word, v.Class = "Undecided", "undecided"
	case audit.Summary.Resources == 0 || audit.Summary.Rules == 0:
		// That nothing was found is no pass where nothing was looked for.
		v.Word, v.Class, v.Sentence = "Nothing judged", "undecided", judged+"."
	}
	if drifted, differing := countChanges(audit.Targets); differing > 0 {
		v.Sentence += " " + countVerb(differing, "resource", "differs", "differ") + " from what is live"
		switch drifted {
		case 0:
		case differing:
			v.Sentence += ", by drift"
		default:
			v.Sentence += fmt.Sprintf(", %d of them by drift", drifted)
		}
		v.Sentence += "."
	}
	return v
}

// sentence is the tally in words: "3 findings block, 2 warn, 1 is waived".
func (t tally) sentence() string {
	var parts []string
	noun := "finding" // named once, then understood
	add := func(n int, singular, plural string) {
		switch {
		case n == 0:
		case noun != "":
			parts = append(parts, countVerb(n, noun, singular, plural))
			noun = ""
		case n == 1:
			parts = append(parts, "1 "+singular)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, plural))
		}
	}
	if n := t.errors - t.faults; n > 0 {
		parts = append(parts, countVerb(n, "mistake", "is to be mended first", "are to be mended first"))
	}
	if t.faults > 0 {
		parts = append(parts, count(t.faults, "thing")+" could not be looked at")
	}
	add(t.block, "blocks", "block")
	if t.warnBlocks {
		add(t.warn, "warns and blocks", "warn and block")
	} else {
		add(t.warn, "warns", "warn")
	}
	add(t.existing, "was there before", "were there before")
	add(t.waived, "is waived"+t.ends(), "are waived"+t.ends())
	if t.undecided > 0 {
		parts = append(parts, countVerb(t.undecided, "answer", "is undecided", "are undecided"))
	}
	if t.undecidedBlock > 0 {
		parts = append(parts, fmt.Sprintf("%d of which %s", t.undecidedBlock, plural(t.undecidedBlock, "blocks", "block")))
	}
	return strings.Join(parts, ", ")
}

func countVerb(n int, noun, one, many string) string {
	return count(n, noun) + " " + plural(n, one, many)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// limits says what the verdict cannot speak for; an auditor looks for it.
func limits(audit *reconcile.Audit) string {
	var parts []string
	if n := len(audit.Uncommitted); n > 0 {
		parts = append(parts, "the revision itself, as "+countVerb(n, "file", "was", "were")+" judged with changes that are not committed")
	}
	if n := len(audit.NotEvaluated); n > 0 {
		parts = append(parts, countVerb(n, "item", "was", "were")+" not evaluated")
	}
	if n := len(audit.Coverage.Uncovered); n > 0 {
		parts = append(parts, countVerb(n, "resource", "was", "were")+" looked at by no rule")
	}
	unobserved := 0
	for i := range audit.Targets {
		if !audit.Targets[i].Observed {
			unobserved++
		}
	}
	switch {
	case unobserved == 0:
	case unobserved == len(audit.Targets):
		parts = append(parts, "live state was not observed")
	default:
		parts = append(parts, fmt.Sprintf("the live state of %d of %s was not observed", unobserved, count(len(audit.Targets), "target")))
	}
	for i := range audit.Unmanaged {
		if u := &audit.Unmanaged[i]; u.Reason != "" {
			parts = append(parts, fmt.Sprintf("what is not managed here at %s (%s)", u.Destination, u.Reason))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

func countChanges(targets []reconcile.AuditTarget) (drifted, differing int) {
	for i := range targets {
		differing += len(targets[i].Changes)
		for j := range targets[i].Changes {
			if targets[i].Changes[j].Drift {
				drifted++
			}
		}
	}
	return drifted, differing
}

// tile is one number of the overview.
type tile struct {
	Label string
	Value int
	Class string
}

func newTiles(audit *reconcile.Audit, n tally) []tile {
	drifted, differing := countChanges(audit.Targets)
	// An absence is not worth a colour.
	class := func(value int, class string) string {
		if value == 0 {
			return "zero"
		}
		return class
	}
	return []tile{
		{"Resources", audit.Summary.Resources, ""},
		{"Rules", audit.Summary.Rules, ""},
		{"Findings", len(audit.Findings), class(len(audit.Findings), "")},
		{"Block", n.block, class(n.block, "bad")},
		{"Warn", n.warn, class(n.warn, "warn")},
		{"Existing", n.existing, class(n.existing, "")},
		{"Waived", n.waived, class(n.waived, "")},
		{"Undecided", n.undecided, class(n.undecided, "warn")},
		{"Differ from live", differing, class(differing, "warn")},
		{"Of these, drift", drifted, class(drifted, "warn")},
		{"Not evaluated", len(audit.NotEvaluated), class(len(audit.NotEvaluated), "warn")},
		{"Mistakes", n.errors - n.faults, class(n.errors-n.faults, "bad")},
		{"Faults", n.faults, class(n.faults, "bad")},
	}
}

// matrix counts findings by category and severity.
type matrix struct {
	Severities []string
	Rows       []matrixRow
}

type matrixRow struct {
	Category string
	Cells    []matrixCell
	Total    int
}

type matrixCell struct {
	Category string
	Severity policy.Severity
	Count    int
}

// severities are the columns, the gravest first.
func severities(findings []reconcile.FindingRecord) []policy.Severity {
	all := []policy.Severity{policy.Critical, policy.High, policy.Medium, policy.Low}
	for i := range findings {
		if s := findings[i].Severity; !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func newMatrix(findings []reconcile.FindingRecord) *matrix {
	if len(findings) == 0 {
		return nil
	}
	counts := map[string]map[policy.Severity]int{}
	for i := range findings {
		f := &findings[i]
		if counts[f.Category] == nil {
			counts[f.Category] = map[policy.Severity]int{}
		}
		counts[f.Category][f.Severity]++
	}
	m := &matrix{}
	columns := severities(findings)
	for _, s := range columns {
		m.Severities = append(m.Severities, cmp.Or(string(s), "none"))
	}
	for _, category := range distinct(findings, func(f *reconcile.FindingRecord) string { return f.Category }) {
		row := matrixRow{Category: category}
		for _, s := range columns {
			n := counts[category][s]
			row.Cells = append(row.Cells, matrixCell{category, s, n})
			row.Total += n
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

func distinct(findings []reconcile.FindingRecord, of func(*reconcile.FindingRecord) string) []string {
	seen := map[string]bool{}
	for i := range findings {
		seen[of(&findings[i])] = true
	}
	values := make([]string, 0, len(seen))
	for value := range seen {
		values = append(values, value)
	}
	slices.Sort(values)
	return values
}

// filter is one of the lists by which findings can be narrowed down.
type filter struct {
	Label, Name string
	Values      []string
}

func newFilters(findings []reconcile.FindingRecord) []filter {
	var ranked []string
	present := distinct(findings, func(f *reconcile.FindingRecord) string { return string(f.Severity) })
	for _, s := range severities(findings) {
		if s != "" && slices.Contains(present, string(s)) {
			ranked = append(ranked, string(s))
		}
	}
	all := []filter{
		{"Severity", "severity", ranked},
		{"Category", "category", distinct(findings, func(f *reconcile.FindingRecord) string { return f.Category })},
		{"Target", "target", distinct(findings, func(f *reconcile.FindingRecord) string { return f.Target })},
		{"State", "state", distinct(findings, findingState)},
	}
	for i := range all {
		all[i].Values = slices.DeleteFunc(all[i].Values, func(v string) bool { return v == "" })
	}
	return all
}

// findingState is what a finding means for whoever reads it, in one word.
func findingState(f *reconcile.FindingRecord) string {
	switch {
	case f.Waived != nil:
		return "waived"
	case f.Existing:
		return "existing"
	case blocks(f):
		return "blocks"
	}
	return "warns"
}

func coverageSentence(audit *reconcile.Audit) string {
	total := audit.Summary.Resources
	covered := total - len(audit.Coverage.Uncovered)
	return fmt.Sprintf("%d of %s looked at by at least one rule; %s with nothing to look at; %s not evaluated.",
		covered, countVerb(total, "resource", "was", "were"), countVerb(len(audit.Coverage.IdleRules), "rule", "was left", "were left"),
		countVerb(len(audit.NotEvaluated), "item", "was", "were"))
}
