package rego_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// What is to be deleted has no resource to be judged, only a live one. No rule
// of the library trips over that: it would hold the delete back for ever.
func TestNoBuiltinRuleTripsOverADelete(t *testing.T) {
	j := compile(t, rego.Options{Library: policies.Library}, policy.Input{Builtin: true, Profile: "strict"})
	var going []policy.Subject
	seen := map[string]bool{}
	for _, rule := range j.Rules() {
		for _, kind := range rule.Kinds {
			group, name, _ := strings.Cut(kind, "/")
			if seen[kind] || strings.Contains(kind, "*") {
				continue
			}
			seen[kind] = true
			id := resource.ID{Target: "prod", APIVersion: cmp.Or(map[string]string{"core": "v1"}[group], group+"/v1"), Kind: name, Namespace: "shop", Name: "gone"}
			live := object(id, map[string]any{"spec": map[string]any{}})
			going = append(going, policy.Subject{ID: id, Live: &live, Change: &resource.Change{ID: id, Action: resource.ActionDelete, Before: &live}})
		}
	}
	if len(going) < 50 {
		t.Fatalf("the library is about %d kinds only", len(going))
	}
	report := judge(t, j, policy.Case{Phase: policy.PhasePlan, Targets: []policy.Target{{Name: "prod"}}, Subjects: going})
	for _, f := range report.Findings {
		if f.Rule == policy.RuleError {
			t.Errorf("%s: %s", f.Resource, f.Msg)
		}
	}
}
