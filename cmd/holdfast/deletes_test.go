package main

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A delete is judged with no resource, and no rule of the library fails on that:
// a rule that fails holds the delete back.
func TestNoRuleFailsOnADelete(t *testing.T) {
	t.Parallel()
	judge, err := newCompiler(time.Minute, slog.New(slog.DiscardHandler)).Compile(t.Context(), policy.Input{Builtin: true, Profile: "strict"})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, rule := range judge.Rules() {
		kinds = append(kinds, rule.Kinds...)
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) < 20 {
		t.Fatalf("the library is about %d kinds", len(kinds))
	}
	c := policy.Case{Phase: policy.PhasePlan, Now: time.Now(), Targets: []policy.Target{{Name: "a", Driver: "kubernetes", Path: "."}}}
	for _, kind := range kinds {
		group, name, _ := strings.Cut(kind, "/")
		version := strings.ReplaceAll(group, "*", "x") + "/v1"
		if group == "core" {
			version = "v1"
		}
		name = strings.ReplaceAll(name, "*", "X")
		live := &resource.Resource{
			ID:      resource.ID{Target: "a", APIVersion: version, Kind: name, Namespace: "n", Name: "gone"},
			Content: map[string]any{"apiVersion": version, "kind": name, "metadata": map[string]any{"name": "gone", "namespace": "n"}},
		}
		c.Subjects = append(c.Subjects, policy.Subject{
			ID: live.ID, Live: live, Change: &resource.Change{ID: live.ID, Action: resource.ActionDelete, Before: live},
		})
	}
	report, err := judge.Judge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range report.Findings {
		if f.Rule == policy.RuleError && !seen[f.Msg] {
			seen[f.Msg] = true
			t.Error(f.Msg)
		}
	}
}
