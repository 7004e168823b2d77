package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// parseGitLab reads a report and holds it to what GitLab's documentation asks
// for: an array of objects with all five keys, each fingerprint once.
func parseGitLab(t testing.TB, out string) []codeQuality {
	t.Helper()
	var entries []codeQuality
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&entries); err != nil {
		t.Fatalf("%v in:\n%s", err, out)
	}
	if entries == nil {
		t.Error("the report is null, and must be an array")
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.Fingerprint] || e.Fingerprint == "" {
			t.Errorf("the fingerprint %q is there twice", e.Fingerprint)
		}
		seen[e.Fingerprint] = true
		if !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, e.Severity) {
			t.Errorf("GitLab knows no severity %q", e.Severity)
		}
		if e.Description == "" || e.CheckName == "" || e.Location.Path == "" || strings.HasPrefix(e.Location.Path, "./") || e.Location.Lines.Begin < 1 {
			t.Errorf("an entry is not whole: %+v", e)
		}
	}
	return entries
}

func TestGitLab(t *testing.T) {
	got := map[string]string{}
	for _, e := range parseGitLab(t, render(t, "gitlab", oneOfEach())) {
		got[e.Description] = e.CheckName + " " + e.Severity + " " + e.Location.Path
	}
	for description, want := range map[string]string{
		"Pod shop/web: the first that blocks":                                       "acme/ports major deploy/web.yaml",
		"Pod shop/web: the graver that blocks":                                      "acme/ports blocker deploy/web.yaml",
		"Pod shop/web: one that warns":                                              "acme/ports minor deploy/web.yaml",
		"Pod shop/web: one from before (existing: it was there before this change)": "acme/ports info deploy/web.yaml",
		"Pod shop/later: undecided: known only after apply: spec.address":           "acme/ports info deploy/later.yaml",
		"Pod shop/never: undecided: known only after apply: spec.size":              "acme/bucket blocker deploy/never.yaml",
		"the waiver ended": "holdfast/warnings minor waivers/a.yaml",
		"deploy/chart was not evaluated: a chart is not rendered": "holdfast/not-evaluated info .",
	} {
		if got[description] != want {
			t.Errorf("%s is %q, want %q", description, got[description], want)
		}
	}
}

// What is waived, or was there before, keeps its fingerprint, so that GitLab
// does not take it for mended.
func TestGitLabKeepsFingerprints(t *testing.T) {
	check := oneOfEach()
	before := fingerprints(parseGitLab(t, render(t, "gitlab", check)))
	for i := range check.Findings {
		check.Findings[i].Waived = &policy.Waived{By: "waiver", Reason: "all of them"}
		check.Findings[i].Location.Line += 100
	}
	if after := fingerprints(parseGitLab(t, render(t, "gitlab", check))); !slices.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
}

func fingerprints(entries []codeQuality) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Fingerprint)
	}
	return all
}

func TestGitLabTellsTwinsApart(t *testing.T) {
	twin := reconcile.FindingRecord{Rule: "a/b", Msg: "x", Fingerprint: "y"}
	check := &Check{Report: &reconcile.Report{Findings: []reconcile.FindingRecord{twin, twin, twin}}}
	if n := len(parseGitLab(t, render(t, "gitlab", check))); n != 3 {
		t.Errorf("%d entries of 3", n)
	}
}
