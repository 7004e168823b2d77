package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

// JSON writes a report as the contract of `check --format json` has it: one
// object, in which no array is ever null. Whoever parses it can rely on
// "decision" being "deny" or "warn".
func JSON(w io.Writer, report *reconcile.Report) error {
	return encode(w, complete(*report), "JSON report")
}

// auditDocument adds to the audit what reconcile keeps out of its own JSON.
type auditDocument struct {
	reconcile.Audit
	// Excerpts are source lines by the index of their finding in "findings".
	Excerpts map[int][]sources.Line `json:"excerpts"`
}

// AuditJSON writes an audit as one object: that of JSON with further keys.
func AuditJSON(w io.Writer, audit *reconcile.Audit) error {
	document := auditDocument{Audit: *audit, Excerpts: audit.Excerpts}
	document.Report = complete(audit.Report)
	document.Targets = each(audit.Targets, func(t reconcile.AuditTarget) reconcile.AuditTarget {
		t.Changes = orEmpty(t.Changes)
		if t.LastRun != nil {
			run := completeRun(*t.LastRun)
			t.LastRun = &run
		}
		return t
	})
	document.Unmanaged = each(audit.Unmanaged, func(u reconcile.AuditUnmanaged) reconcile.AuditUnmanaged {
		u.Resources = orEmpty(u.Resources)
		return u
	})
	document.Uncommitted = orEmpty(audit.Uncommitted)
	document.Rules = orEmpty(audit.Rules)
	document.Waivers = orEmpty(audit.Waivers)
	document.Trend = orEmpty(audit.Trend)
	if document.Excerpts == nil {
		document.Excerpts = map[int][]sources.Line{}
	}
	return encode(w, document, "JSON audit")
}

func encode(w io.Writer, document any, what string) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}

// complete is a copy of report without nil slices and without decisions other
// than the two of the contract.
func complete(report reconcile.Report) reconcile.Report {
	report.Version = reconcile.ReportVersion
	report.Findings = completeFindings(report.Findings)
	report.Undecided = each(report.Undecided, func(u reconcile.UndecidedRecord) reconcile.UndecidedRecord {
		u.WaitsFor = orEmpty(u.WaitsFor)
		return u
	})
	report.NotEvaluated = orEmpty(report.NotEvaluated)
	report.Errors = orEmpty(report.Errors)
	report.Warnings = orEmpty(report.Warnings)
	report.Coverage.Uncovered = orEmpty(report.Coverage.Uncovered)
	report.Coverage.IdleRules = orEmpty(report.Coverage.IdleRules)
	return report
}

func completeFindings(findings []reconcile.FindingRecord) []reconcile.FindingRecord {
	return each(findings, func(f reconcile.FindingRecord) reconcile.FindingRecord {
		f.Decision = decision(f.Decision)
		f.Controls = orEmpty(f.Controls)
		return f
	})
}

func completeRun(run reconcile.Run) reconcile.Run {
	run.Changes = orEmpty(run.Changes)
	run.Findings = completeFindings(run.Findings)
	return run
}

// decision is d with every value but warn read as deny, which is what
// policy.Decision promises of its zero value.
func decision(d policy.Decision) policy.Decision {
	if d == policy.Warn {
		return policy.Warn
	}
	return policy.Deny
}

// blocks reports whether a finding holds anything back; see policy.Finding.Blocks.
func blocks(f *reconcile.FindingRecord) bool {
	return f.Decision != policy.Warn && f.Waived == nil && !f.Existing
}

// orEmpty is s, or an empty slice in the place of nil: [] and not null in JSON.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// each maps a copy of s, never to nil.
func each[T any](s []T, f func(T) T) []T {
	s = orEmpty(slices.Clone(s))
	for i := range s {
		s[i] = f(s[i])
	}
	return s
}
