package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// renderers are the formats of a check that are not its contract.
func renderers() map[string]func(io.Writer, *Check) error {
	return map[string]func(io.Writer, *Check) error{
		"sarif": SARIF, "junit": JUnit, "github": GitHub, "gitlab": GitLab, "markdown": Comment, "tap": TAP,
	}
}

func render(t testing.TB, format string, check *Check) string {
	t.Helper()
	var b bytes.Buffer
	if err := renderers()[format](&b, check); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sampleCheck is the sample as a check with a base would have it.
func sampleCheck() *Check {
	audit := sampleAudit()
	for i := range audit.Findings {
		audit.Findings[i].Fingerprint = fmt.Sprintf("%032x", i+1)
	}
	audit.Base = "1f0c3a5b7d9e2f4a6b8c0d1e2f3a4b5c6d7e8f90"
	return &Check{Report: &audit.Report, Rules: audit.Rules, Version: "v0.1.0"}
}

// oneOfEach has one of everything, each with words of its own.
func oneOfEach() *Check {
	ref := func(name string) *reconcile.ResourceRef {
		return &reconcile.ResourceRef{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: name}
	}
	finding := func(msg string, d policy.Decision, s policy.Severity, line int) reconcile.FindingRecord {
		return reconcile.FindingRecord{
			Rule: "acme/ports", Policy: "holdfast.acme.ports", Category: "security", Severity: s, Decision: d, Msg: msg, Target: "shop",
			Resource: ref("web"), Location: at("deploy/web.yaml", line, 3), Path: path("spec", "containers", 0),
			Remediation: "Close the port.", Controls: []string{"acme/1"}, Phase: policy.PhaseCheck, Fingerprint: fmt.Sprintf("%032x", line),
		}
	}
	check := &Check{Version: "v0.1.0", Rules: []policy.Rule{
		{ID: "acme/ports", Title: "No open ports", Description: "Ports are\nfor friends.\n\nAnd few.", Category: "security", Severity: policy.High,
			Remediation: "Close the port.", Controls: []string{"acme/1"}, Decisions: []policy.Decision{policy.Deny, policy.Warn}},
		{ID: "acme/clean", Title: "Nothing to see", Category: "dr", Severity: policy.Medium, Decisions: []policy.Decision{policy.Warn}},
		{ID: "acme/idle", Title: "Nobody asks", Category: "dr", Severity: policy.Low, Decisions: []policy.Decision{policy.Warn}},
	}}
	check.Report = &reconcile.Report{
		Revision: "9f2c1e7ab04d5c6f8e9a0b1c2d3e4f5061728394", Base: "1f0c3a5b7d9e2f4a6b8c0d1e2f3a4b5c6d7e8f90",
		Summary: reconcile.Summary{Resources: 3, Rules: 3, Findings: 5, Blocking: 3, Waived: 1, Existing: 1, Undecided: 2, NotEvaluated: 1},
		Findings: []reconcile.FindingRecord{
			finding("the first that blocks", policy.Deny, policy.Low, 7), finding("the graver that blocks", policy.Deny, policy.Critical, 9),
			finding("one that warns", policy.Warn, policy.Low, 11), finding("one that is waived", policy.Deny, policy.High, 13),
			finding("one from before", policy.Deny, policy.High, 15),
		},
		Undecided: []reconcile.UndecidedRecord{
			{Rule: "acme/ports", Resource: ref("later"), Location: at("deploy/later.yaml", 2, 1), WaitsFor: []resource.Path{path("spec", "address")}},
			{Rule: "acme/bucket", Target: "shop", Resource: ref("never"), Location: at("deploy/never.yaml", 2, 1), WaitsFor: []resource.Path{path("spec", "size")}, Blocks: true},
		},
		NotEvaluated: []policy.NotEvaluated{{What: "deploy/chart", Reason: "a chart is not rendered"}},
		Warnings:     []resource.Problem{{Msg: "the waiver ended", Location: at("waivers/a.yaml", 3, 1)}},
		Coverage:     reconcile.Coverage{Uncovered: []reconcile.ResourceRef{*ref("alone")}, IdleRules: []string{"acme/idle"}},
	}
	check.Findings[3].Waived = &policy.Waived{By: "waiver", Reason: "until the move", Owner: "ops@example.com", Expires: "2026-12-31", File: "waivers/b.yaml:8"}
	check.Findings[4].Existing = true
	return check
}

// mistaken is the report of a check that was not made.
func mistaken() *Check {
	report := reconcile.Mistaken(resource.Problems{
		{Msg: "the key \"a\" is already set", Location: at("broken.yaml", 2, 1)}, {Msg: "--base nowhere: no such revision"},
	})
	return &Check{Report: &report, Version: "v0.1.0"}
}

func TestFormatsGolden(t *testing.T) {
	extension := map[string]string{"sarif": ".sarif", "junit": ".xml", "github": ".github.txt", "gitlab": ".gitlab.json", "markdown": ".md", "tap": ".tap"}
	for format, write := range renderers() {
		for name, check := range map[string]*Check{
			"each": oneOfEach(), "mistaken": mistaken(), "clean": cleanCheck(), "nothing": {Report: &reconcile.Report{}},
		} {
			golden(t, "check-"+name+extension[format], func(w io.Writer) error { return write(w, check) })
		}
	}
	golden(t, "check-sample.md", func(w io.Writer) error { return Comment(w, sampleCheck()) })
}

// cleanCheck found nothing to object to.
func cleanCheck() *Check {
	check := oneOfEach()
	check.Report = &reconcile.Report{
		Revision: check.Revision, Summary: reconcile.Summary{Resources: 3, Rules: 3},
		Coverage: reconcile.Coverage{IdleRules: []string{"acme/idle"}},
	}
	return check
}

// Every format tells all that there is to tell, each thing in words that are
// found again.
func TestFormatsTellEverything(t *testing.T) {
	for format := range renderers() {
		t.Run(format, func(t *testing.T) {
			got := strings.NewReplacer("\\", "", "&#39;", "'", "&#34;", `"`).Replace(render(t, format, oneOfEach()))
			for _, want := range []string{
				"the first that blocks", "the graver that blocks", "one that warns", "one that is waived", "until the move", "2026-12-31", "one from before",
				"acme/ports", "acme/bucket", "spec.address", "spec.size", "deploy/chart", "a chart is not rendered", "the waiver ended",
				"deploy/web.yaml", "deploy/later.yaml", "deploy/never.yaml", "Pod shop/web", "Pod shop/never",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("it does not tell %q:\n%s", want, got)
				}
			}
			got = strings.ReplaceAll(render(t, format, mistaken()), "\\", "")
			for _, want := range []string{"is already set", "broken.yaml", "--base nowhere: no such revision"} {
				if !strings.Contains(got, want) {
					t.Errorf("a mistaken check does not tell %q:\n%s", want, got)
				}
			}
		})
	}
}

// red tells of each format whether a machine or a person would take it for failed.
func red(t *testing.T, format, out string) bool {
	t.Helper()
	switch format {
	case "sarif":
		return sarifFailed(t, out)
	case "junit":
		suites := parseJUnit(t, out)
		return suites.Failures+suites.Errors > 0
	case "github":
		return strings.Contains(out, "::error ")
	case "gitlab":
		for _, entry := range parseGitLab(t, out) {
			if entry.Severity != "info" && entry.CheckName != suiteWarnings && entry.Severity != "minor" {
				return true
			}
		}
		return false
	case "markdown":
		return strings.Contains(out, "### holdfast: fail\n")
	}
	for _, point := range parseTAP(t, out) {
		if !point.ok && point.directive == "" {
			return true
		}
	}
	return false
}

// What ends in exit code 1 or 2 looks like it in every format, and what ends
// in 0 does not.
func TestFormatsAgreeWithTheExitCode(t *testing.T) {
	only := func(edit func(*Check)) *Check {
		check := cleanCheck()
		edit(check)
		return check
	}
	each := oneOfEach()
	uncovered := reconcile.Coverage{Uncovered: []reconcile.ResourceRef{{Kind: "Pod", Name: "alone"}}}
	for name, test := range map[string]struct {
		check *Check
		red   bool
	}{
		"clean":                   {cleanCheck(), false},
		"nothing judged":          {&Check{Report: &reconcile.Report{}}, false},
		"a mistake":               {mistaken(), true},
		"a mistake among rules":   {only(func(c *Check) { c.Errors = mistaken().Errors }), true},
		"a blocking finding":      {only(func(c *Check) { c.Findings = each.Findings[1:2] }), true},
		"an unset decision":       {only(func(c *Check) { c.Findings = []reconcile.FindingRecord{{Rule: "a/b", Msg: "x", Fingerprint: "y"}} }), true},
		"a warning":               {only(func(c *Check) { c.Findings = each.Findings[2:3] }), false},
		"a warning that blocks":   {only(func(c *Check) { c.Findings, c.Summary.Blocking = each.Findings[2:3], 1 }), true},
		"waived and existing":     {only(func(c *Check) { c.Findings, c.Base = each.Findings[3:], each.Base }), false},
		"undecided":               {only(func(c *Check) { c.Undecided = each.Undecided[:1] }), false},
		"undecided, blocking":     {only(func(c *Check) { c.Undecided = each.Undecided[1:] }), true},
		"warnings of the check":   {only(func(c *Check) { c.Warnings = each.Warnings }), false},
		"not evaluated":           {only(func(c *Check) { c.NotEvaluated = each.NotEvaluated }), false},
		"uncovered":               {only(func(c *Check) { c.Coverage = uncovered }), false},
		"uncovered, which blocks": {only(func(c *Check) { c.Coverage, c.UncoveredBlocks = uncovered, true }), true},
	} {
		for format := range renderers() {
			out := render(t, format, test.check)
			if got := red(t, format, out); got != test.red {
				t.Errorf("%s as %s looks failed: %v, want %v:\n%s", name, format, got, test.red, out)
			}
		}
	}
}

func TestFormatsAreInert(t *testing.T) {
	for format := range renderers() {
		for _, text := range []string{hostileText, "\x1b[2J\x9b\u202e\x00", "a\r\n::error::x\n##[error]y", "]]>\ufffe\uffff", "\xff\xfe"} {
			if t.Run(format, func(t *testing.T) { assertInert(t, render(t, format, checkOf(text))) }); t.Failed() {
				return
			}
		}
	}
}

// checkOf has the text wherever there is place for one, with each standing.
func checkOf(text string) *Check {
	audit := auditOf(text)
	blocking := audit.Findings[0]
	blocking.Waived = nil
	warning, before := blocking, blocking
	warning.Decision, before.Existing = policy.Warn, true
	audit.Findings = append(audit.Findings, blocking, warning, before)
	for i := range audit.Findings {
		audit.Findings[i].Fingerprint = fmt.Sprintf("%032x", i+1)
	}
	audit.Undecided = append(audit.Undecided, reconcile.UndecidedRecord{Rule: text, Target: text, Blocks: true})
	audit.Rules[0].Description, audit.Rules[0].Remediation = text, text
	return &Check{Report: &audit.Report, Rules: audit.Rules, Version: text, UncoveredBlocks: true}
}
