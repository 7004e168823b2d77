package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Suites of what belongs to no rule.
const (
	suiteMistakes     = "holdfast/mistakes"
	suiteWarnings     = "holdfast/warnings"
	suiteNotEvaluated = "holdfast/not-evaluated"
	suiteUncovered    = "holdfast/uncovered"
	suiteNothing      = "holdfast/nothing-judged"
)

// result is how a case ended.
type result int

// The results. A case that is ignored failed, and that does not count; one
// that is skipped was not looked into.
const (
	passed result = iota
	failed
	erred
	ignored
	skipped
)

// testCase is a piece of a check in the terms of a test report.
type testCase struct {
	suite, name string // name is unique within the suite, and holds no line
	result      result
	msg         string // what is wrong; "" where nothing is
	reason      string // why it is ignored or skipped
	at          resource.Location
	facts       []fact // further ones, in order
}

type fact struct{ name, value string }

// cases are all cases of the check: mistakes first, then each rule's, at least
// one for each rule, so that a clean check shows what it has looked for.
func (c *Check) cases() []testCase {
	b := &caseBuilder{names: map[string]int{}}
	for i := range c.Errors {
		p := &c.Errors[i]
		b.add(testCase{suite: suiteMistakes, name: cmp.Or(p.Location.File, "check"), result: erred, msg: p.Msg, at: p.Location})
	}
	c.ruleCases(b)
	for i := range c.Warnings {
		p := &c.Warnings[i]
		b.add(testCase{suite: suiteWarnings, name: cmp.Or(p.Location.File, "check"), result: ignored, reason: "warning", msg: p.Msg, at: p.Location})
	}
	for _, n := range c.NotEvaluated {
		b.add(testCase{suite: suiteNotEvaluated, name: n.What, result: skipped, reason: "not evaluated: " + n.Reason})
	}
	if c.uncoveredBlocks() {
		for i := range c.Coverage.Uncovered {
			b.add(testCase{
				suite: suiteUncovered, name: name(&c.Coverage.Uncovered[i]), result: failed,
				msg: name(&c.Coverage.Uncovered[i]) + " was looked at by no rule",
			})
		}
	}
	if len(b.cases) == 0 {
		b.add(testCase{suite: suiteNothing, name: "check", result: skipped, reason: "nothing was judged"})
	}
	return b.cases
}

// caseBuilder numbers the cases that would have the same name.
type caseBuilder struct {
	cases []testCase
	names map[string]int
}

func (b *caseBuilder) add(tc testCase) {
	tc.suite, tc.name = oneLine(tc.suite), cmp.Or(oneLine(tc.name), "check")
	key := tc.suite + "\x00" + tc.name
	if b.names[key]++; b.names[key] > 1 {
		tc.name = fmt.Sprintf("%s (%d)", tc.name, b.names[key])
	}
	b.cases = append(b.cases, tc)
}

func (c *Check) ruleCases(b *caseBuilder) {
	findings := map[string][]*reconcile.FindingRecord{}
	for i := range c.Findings {
		findings[c.Findings[i].Rule] = append(findings[c.Findings[i].Rule], &c.Findings[i])
	}
	undecided := map[string][]*reconcile.UndecidedRecord{}
	for i := range c.Undecided {
		undecided[c.Undecided[i].Rule] = append(undecided[c.Undecided[i].Rule], &c.Undecided[i])
	}
	standing := c.standings()
	for _, rule := range c.allRules() {
		for _, f := range findings[rule.ID] {
			b.add(findingCase(f, standing(f)))
		}
		for _, u := range undecided[rule.ID] {
			b.add(undecidedCase(u))
		}
		if len(findings[rule.ID])+len(undecided[rule.ID]) > 0 {
			continue
		}
		tc := testCase{suite: rule.ID, name: cmp.Or(rule.Title, rule.ID)}
		switch {
		case slices.Contains(c.Coverage.IdleRules, rule.ID):
			tc.result, tc.reason = skipped, "there was nothing for this rule to look at"
		case len(c.Errors) > 0:
			// What could not be read was not looked at; the rule has not passed.
			tc.result, tc.reason = skipped, "not all could be judged, because of the mistakes"
		}
		b.add(tc)
	}
}

func findingCase(f *reconcile.FindingRecord, s standing) testCase {
	tc := testCase{suite: f.Rule, name: about(f), result: failed, msg: f.Msg, at: f.Location}
	if s != stands {
		tc.result, tc.reason = ignored, standingNote(s, f)
	}
	tc.facts = []fact{
		{"resource", name(f.Resource)}, {"path", f.Path.String()}, {"target", f.Target}, {"severity", string(f.Severity)},
		{"decision", string(decision(f.Decision))}, {"remediation", f.Remediation}, {"controls", strings.Join(f.Controls, ", ")},
		{"fingerprint", f.Fingerprint},
	}
	return tc
}

func undecidedCase(u *reconcile.UndecidedRecord) testCase {
	tc := testCase{
		suite: u.Rule, name: cmp.Or(name(u.Resource), u.Location.File, u.Target), result: failed, msg: waitsFor(u), at: u.Location,
		facts: []fact{{"resource", name(u.Resource)}, {"target", u.Target}},
	}
	if !u.Blocks {
		tc.result, tc.reason = skipped, waitsFor(u)
	}
	return tc
}

// about is what a finding is about, in a form that outlives a shift of lines.
func about(f *reconcile.FindingRecord) string {
	what := cmp.Or(name(f.Resource), f.Location.File, f.Target, "whole snapshot")
	if len(f.Path) > 0 {
		what += " " + f.Path.String()
	}
	return what
}
