package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// codeQuality is one entry of a GitLab code quality report
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
type codeQuality struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"`
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
}

// The severities that GitLab knows and that we use.
const (
	qualityInfo    = "info"
	qualityMinor   = "minor"
	qualityBlocker = "blocker"
)

// GitLab writes a check as a code quality report. GitLab shows what a merge
// request adds to the report of its target branch, by fingerprint; so what is
// waived or was there before is in it too, as information.
func GitLab(w io.Writer, check *Check) error {
	entries := []codeQuality{}
	seen := map[string]bool{}
	add := func(entry codeQuality, at resource.Location) {
		// GitLab shows only the first of those with the same fingerprint.
		for base, n := entry.Fingerprint, 1; seen[entry.Fingerprint]; n++ {
			entry.Fingerprint = digest(base, strings.Repeat("+", n))
		}
		seen[entry.Fingerprint] = true
		entry.CheckName = cmp.Or(oneLine(entry.CheckName), "holdfast")
		entry.Description = cmp.Or(oneLine(entry.Description), entry.CheckName)
		entry.Location = codeQualityLocation{cmp.Or(relative(at.File), "."), codeQualityLines{max(at.Line, 1)}}
		entries = append(entries, entry)
	}
	for i := range check.Errors {
		p := &check.Errors[i]
		add(codeQuality{Description: p.Msg, CheckName: suiteMistakes, Fingerprint: digest(suiteMistakes, p.Location.File, p.Msg), Severity: qualityBlocker}, p.Location)
	}
	standing := check.standings()
	for i := range check.Findings {
		f := &check.Findings[i]
		s := standing(f)
		entry := codeQuality{Description: withSubject(f), CheckName: f.Rule, Fingerprint: f.Fingerprint, Severity: quality(s, f.Severity)}
		if s == waived || s == existing {
			entry.Description += " (" + standingNote(s, f) + ")"
		}
		add(entry, f.Location)
	}
	for i := range check.Undecided {
		u := &check.Undecided[i]
		add(codeQuality{
			Description: strings.TrimPrefix(name(u.Resource)+": ", ": ") + waitsFor(u), CheckName: u.Rule,
			Fingerprint: digest("undecided", u.Rule, u.Target, about(&reconcile.FindingRecord{Resource: u.Resource, Location: u.Location}), joinPaths(u.WaitsFor)),
			Severity:    map[bool]string{true: qualityBlocker, false: qualityInfo}[u.Blocks],
		}, u.Location)
	}
	for i := range check.Warnings {
		p := &check.Warnings[i]
		add(codeQuality{Description: p.Msg, CheckName: suiteWarnings, Fingerprint: digest(suiteWarnings, p.Location.File, p.Msg), Severity: qualityMinor}, p.Location)
	}
	for _, n := range check.NotEvaluated {
		add(codeQuality{Description: n.What + " was not evaluated: " + n.Reason, CheckName: suiteNotEvaluated,
			Fingerprint: digest(suiteNotEvaluated, n.What, n.Reason), Severity: qualityInfo}, resource.Location{})
	}
	if check.uncoveredBlocks() {
		for i := range check.Coverage.Uncovered {
			what := name(&check.Coverage.Uncovered[i])
			add(codeQuality{Description: what + " was looked at by no rule", CheckName: suiteUncovered, Fingerprint: digest(suiteUncovered, what), Severity: qualityBlocker}, resource.Location{})
		}
	}
	return encode(w, entries, "GitLab code quality report")
}

// quality is GitLab's severity of a finding.
func quality(s standing, severity policy.Severity) string {
	switch {
	case s == existing || s == waived:
		return qualityInfo
	case s == warns:
		return qualityMinor
	}
	switch severity {
	case policy.Critical:
		return qualityBlocker
	case policy.Low, policy.Medium: // it blocks, and so it is never minor
		return "major"
	}
	return "critical" // high, and what blocks without saying how grave it is
}

// relative is a path without "./" in front, as GitLab matches it with those of the repository.
func relative(file string) string { return strings.TrimPrefix(oneLine(file), "./") }

// digest names what is no finding.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
