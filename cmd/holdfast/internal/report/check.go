package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Check is what one check found: what the formats of `check` are made from.
// Each of them tells all of it: what blocks, what warns, what is waived or was
// there before, what is undecided, what was not evaluated, and the user's
// mistakes, with which nothing may look as if it had passed.
type Check struct {
	*reconcile.Report
	Rules []policy.Rule // those that judged
	// Version of holdfast: "v1.2.3".
	Version string
	// UncoveredBlocks is set where a resource that no rule looked at blocks.
	UncoveredBlocks bool
}

// standing is what a finding means for the outcome.
type standing int

// The standings, the gravest first.
const (
	stands   standing = iota // it blocks
	warns                    // it deserves a look
	existing                 // it was there before the change under review
	waived
)

// standings is the function that tells a finding's standing.
func (c *Check) standings() func(*reconcile.FindingRecord) standing {
	warnBlocks := tallyOf(c.Report).warnBlocks
	return func(f *reconcile.FindingRecord) standing {
		switch {
		case f.Waived != nil:
			return waived
		case f.Existing:
			return existing
		case f.Decision != policy.Warn || warnBlocks:
			return stands
		}
		return warns
	}
}

// byStanding are the findings of each standing, the graver severity first and
// then by place.
func (c *Check) byStanding() map[standing][]*reconcile.FindingRecord {
	of := c.standings()
	all := map[standing][]*reconcile.FindingRecord{}
	for i := range c.Findings {
		f := &c.Findings[i]
		all[of(f)] = append(all[of(f)], f)
	}
	for _, findings := range all {
		slices.SortStableFunc(findings, func(a, b *reconcile.FindingRecord) int {
			return cmp.Or(b.Severity.Rank()-a.Severity.Rank(), comparePlaces(a.Location, b.Location))
		})
	}
	return all
}

func comparePlaces(a, b resource.Location) int {
	return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
}

// allRules are the rules that judged and those that findings and undecided
// answers name beside them, by id. A rule of which no more than that is known
// is completed from its first finding.
func (c *Check) allRules() []policy.Rule {
	rules := slices.Clone(c.Rules)
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ID] = true
	}
	add := func(rule policy.Rule) {
		if !known[rule.ID] {
			known[rule.ID] = true
			rules = append(rules, rule)
		}
	}
	for i := range c.Findings {
		f := &c.Findings[i]
		add(describe(policy.Rule{Policy: f.Policy, Decisions: []policy.Decision{decision(f.Decision)}}, f))
	}
	for _, u := range c.Undecided {
		add(policy.Rule{ID: u.Rule, Title: u.Rule})
	}
	slices.SortStableFunc(rules, func(a, b policy.Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// uncoveredBlocks reports whether resources that no rule looked at block.
func (c *Check) uncoveredBlocks() bool { return c.UncoveredBlocks && len(c.Coverage.Uncovered) > 0 }

// verdict is the outcome in words, as an audit has it.
func (c *Check) verdict() verdict {
	v := newVerdict(&reconcile.Audit{Report: *c.Report, Rules: c.Rules}, tallyOf(c.Report))
	if c.uncoveredBlocks() {
		n := len(c.Coverage.Uncovered)
		v.Word, v.Class = "Fail", "fail"
		v.Sentence += " " + countVerb(n, "resource", "was", "were") + " looked at by no rule, which blocks."
	}
	return v
}

// withSubject is a finding's message behind the name of what it is about,
// unless the message names it.
func withSubject(f *reconcile.FindingRecord) string {
	if f.Resource == nil || strings.Contains(f.Msg, name(f.Resource)) {
		return f.Msg
	}
	return name(f.Resource) + ": " + f.Msg
}

// standingNote is how a standing that does not block is named, with its reason.
func standingNote(s standing, f *reconcile.FindingRecord) string {
	switch s {
	case waived:
		return "waived: " + waiverNote(f.Waived)
	case existing:
		return "existing: it was there before this change"
	case warns:
		return "warning"
	}
	return ""
}

// waitsFor is what an undecided answer hangs on, in a sentence.
func waitsFor(u *reconcile.UndecidedRecord) string {
	return "undecided: known only after apply: " + joinPaths(u.WaitsFor)
}
