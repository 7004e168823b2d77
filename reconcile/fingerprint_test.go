package reconcile

import (
	"regexp"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A fingerprint outlives what a finding outlives, and nothing more.
func TestFingerprint(t *testing.T) {
	of := func(findings ...policy.Finding) []string {
		records := make([]FindingRecord, len(findings))
		fingerprint(records, findings)
		var all []string
		for _, r := range records {
			all = append(all, r.Fingerprint)
		}
		return all
	}
	base := policy.Finding{
		Rule: "acme/ports", Decision: policy.Deny, Msg: "port 22 is open", Target: "shop", Path: resource.Path{"spec", "ports", 0},
		Resource: &resource.ID{Target: "shop", APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web"},
		Subject:  &resource.Resource{Origin: resource.Origin{File: "a.yaml", Line: 3}}, Location: resource.Location{File: "a.yaml", Line: 7, Column: 3},
	}
	first := of(base)[0]
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(first) {
		t.Errorf("the fingerprint is %q", first)
	}
	for what, edit := range map[string]func(f *policy.Finding){
		"the line":        func(f *policy.Finding) { f.Location.Line = 70 },
		"the file":        func(f *policy.Finding) { f.Location.File = "b.yaml"; f.Subject = nil },
		"the API version": func(f *policy.Finding) { id := *f.Resource; id.APIVersion = "v2"; f.Resource = &id },
		"a waiver":        func(f *policy.Finding) { f.Waived = &policy.Waived{By: "waiver"} },
		"the base":        func(f *policy.Finding) { f.Existing = true },
		"the severity":    func(f *policy.Finding) { f.Severity = policy.Low },
	} {
		f := base
		edit(&f)
		if of(f)[0] != first {
			t.Errorf("%s changed the fingerprint", what)
		}
	}
	for what, edit := range map[string]func(f *policy.Finding){
		"the rule":     func(f *policy.Finding) { f.Rule = "acme/port" },
		"the message":  func(f *policy.Finding) { f.Msg = "port 23 is open" },
		"the target":   func(f *policy.Finding) { f.Target = "other" },
		"the path":     func(f *policy.Finding) { f.Path = resource.Path{"spec", "ports", 1} },
		"the resource": func(f *policy.Finding) { id := *f.Resource; id.Name = "db"; f.Resource = &id },
	} {
		f := base
		edit(&f)
		if of(f)[0] == first {
			t.Errorf("%s does not change the fingerprint", what)
		}
	}
	twins := of(base, base, base)
	if twins[0] != first || twins[1] == twins[0] || twins[2] == twins[1] || twins[2] == twins[0] {
		t.Errorf("three that are the same are %v", twins)
	}
}
