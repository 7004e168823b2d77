package rego_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The rules that a waiver may name are those of the library and the team's own,
// whatever is selected.
func TestCheckWaivers(t *testing.T) {
	own := []policy.File{{Name: "own.rego", Content: []byte("package holdfast.acme.owner\n\ndeny contains {\"msg\": \"no owner\"} if not input.resource.spec.owner\n")}}
	inputs := map[string]policy.Input{
		"all":             {Builtin: true, Profile: "strict", Policies: own},
		"starter":         {Builtin: true, Policies: own},
		"a category":      {Builtin: true, Categories: []string{"dr"}, Policies: own},
		"one rule":        {Builtin: true, Policies: own, Select: policy.Selection{Rules: []string{"dr/single-replica"}}},
		"own rules alone": {Policies: own},
		"none":            {Builtin: true, Policies: own, AllowEmpty: true, Select: policy.Selection{Rules: []string{"acme/owner"}}},
	}
	at := resource.Location{File: "waivers/a.yaml", Line: 2, Column: 11}
	compiler := rego.New(rego.Options{Library: policies.Library})
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			judge, err := compiler.Compile(t.Context(), input)
			if err != nil {
				t.Fatal(err)
			}
			known := []policy.Waiver{{Rule: "security/privileged"}, {Rule: "acme/owner"}, {Rule: "dr/single-replica"}}
			for _, judging := range [][]policy.Rule{judge.Rules(), nil} {
				if err := policy.CheckWaivers(t.Context(), compiler, input, judging, known); err != nil {
					t.Errorf("of rules that there are: %v", err)
				}
			}
			err = policy.CheckWaivers(t.Context(), compiler, input, judge.Rules(), append(known, policy.Waiver{Rule: "acme/owners", RuleAt: at}))
			var problems resource.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("of a rule that there is not: %v", err)
			}
			want := resource.Problems{{Msg: `no rule is called "acme/owners"; did you mean "acme/owner"?`, Location: at}}
			if diff := cmp.Diff(want, problems); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
