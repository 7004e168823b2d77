package reconcile

import (
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// take fills in what rendering alone tells.
func (c *Checked) take(s *scene) {
	c.scene, c.Targets = s, s.targets
	c.Errors = append(c.Errors, s.errors...)
	c.Warnings = append(c.Warnings, s.warnings...)
	c.NotEvaluated = append(c.NotEvaluated, s.skipped...)
	c.Counts = map[string]int{}
	for _, res := range s.resources {
		c.Counts[res.ID.Target]++
	}
	c.Summary.Resources = len(s.resources)
	c.Summary.NotEvaluated = len(c.NotEvaluated)
}

// conclude turns what the engine said into the report: places, counts, coverage.
func (c *Checked) conclude(s *scene, judged *policy.Report) {
	c.Judged = judged.Findings
	for i := range judged.Findings {
		f := &judged.Findings[i]
		f.Location = s.locate(f)
		c.Findings = append(c.Findings, Record(f))
	}
	fingerprint(c.Findings, c.Judged)
	for _, u := range judged.Undecided {
		record := UndecidedRecord{Rule: u.Rule, Target: u.Target, WaitsFor: u.WaitsFor, Blocks: u.Blocks}
		if u.Resource != nil {
			ref := Ref(*u.Resource)
			record.Resource = &ref
			record.Location = s.locate(&policy.Finding{Resource: u.Resource})
		}
		c.Undecided = append(c.Undecided, record)
	}
	c.NotEvaluated = append(c.NotEvaluated, judged.NotEvaluated...)
	for _, id := range judged.Uncovered {
		c.Coverage.Uncovered = append(c.Coverage.Uncovered, Ref(id))
	}
	c.Coverage.IdleRules = append(c.Coverage.IdleRules, judged.IdleRules...)
	c.Summary = summarize(&c.Report)
}

func summarize(r *Report) Summary {
	sum := Summary{
		Resources: r.Summary.Resources, Rules: r.Summary.Rules, Findings: len(r.Findings),
		Undecided: len(r.Undecided), NotEvaluated: len(r.NotEvaluated),
	}
	for _, f := range r.Findings {
		switch {
		case f.Waived != nil:
			sum.Waived++
		case f.Existing:
			sum.Existing++
		case f.Decision != policy.Warn:
			sum.Blocking++
		}
	}
	for _, u := range r.Undecided {
		if u.Blocks {
			sum.Blocking++
		}
	}
	return sum
}

// Record is a finding as it stands in JSON.
func Record(f *policy.Finding) FindingRecord {
	record := FindingRecord{
		Rule: f.Rule, Policy: f.Policy, Category: f.Category, Severity: f.Severity, Decision: f.Decision, Msg: f.Msg,
		Target: f.Target, Location: f.Location, Path: f.Path, Waived: f.Waived, Existing: f.Existing,
		Remediation: f.Remediation, Controls: slices.Clone(f.Controls), Phase: f.Phase,
	}
	if record.Controls == nil {
		record.Controls = []string{}
	}
	if f.Resource != nil {
		ref := Ref(*f.Resource)
		record.Resource = &ref
	}
	return record
}

// Excerpt is the source lines around the finding of the given index, masked;
// nil where its place is unknown.
func (c *Checked) Excerpt(locator sources.Locator, index, around int) []sources.Line {
	f := &c.Judged[index]
	res := c.scene.subject(f)
	if res == nil {
		return nil
	}
	input := c.scene.places[res].input
	at := locator.Locate(input.Snapshot, res.Origin, f.Path)
	lines := locator.Excerpt(input.Snapshot, res.Origin, res.Sensitive, at, around)
	plain := slices.Clone(lines)
	// Secrets that rules point at, in this resource or in one beside it in the file.
	for found, paths := range c.secrets() {
		if c.scene.places[found].input != input || found.Origin.File != res.Origin.File {
			continue
		}
		masked := locator.Excerpt(input.Snapshot, found.Origin, slices.Concat(found.Sensitive, paths), at, around)
		for i := range lines {
			if i >= len(masked) || masked[i].Number != plain[i].Number {
				return nil
			}
			if masked[i].Text != plain[i].Text {
				lines[i] = masked[i]
			}
		}
	}
	return lines
}

// secrets are the paths that rules which look for secrets point at.
func (c *Checked) secrets() map[*resource.Resource][]resource.Path {
	paths := map[*resource.Resource][]resource.Path{}
	for i := range c.Judged {
		f := &c.Judged[i]
		if slices.ContainsFunc(c.Rules, func(r policy.Rule) bool { return r.Sensitive && r.ID == f.Rule }) {
			if res := c.scene.subject(f); res != nil {
				paths[res] = append(paths[res], f.Path)
			}
		}
	}
	return paths
}

// Mistaken is the report of a check that could not be made.
func Mistaken(problems resource.Problems) Report {
	r := emptyReport()
	r.Errors = append(r.Errors, problems...)
	return r
}

// FailOnWarn makes each warning block.
func (c *Checked) FailOnWarn() {
	for _, f := range c.Findings {
		if f.Decision == policy.Warn && f.Waived == nil && !f.Existing {
			c.Summary.Blocking++
		}
	}
}
