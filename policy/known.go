package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/agnivade/levenshtein"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// strictest is the profile that has all built-in rules.
const strictest = "strict"

// CheckWaivers reports the waivers of rules that there are not, as
// resource.Problems: what is misspelt would waive nothing, and seem to. Known
// are the rules that judge, those that input holds, and the whole built-in
// library, whatever input selects, so that a narrower run is no mistake.
func CheckWaivers(ctx context.Context, compiler Compiler, input Input, judging []Rule, waivers []Waiver) error {
	known := map[string]bool{}
	for _, rule := range judging {
		known[rule.ID] = true
	}
	input.Select, input.Categories, input.Profile, input.AllowEmpty = Selection{}, nil, strictest, true
	input.Namespaces = nil
	for _, whole := range []Input{input, {Builtin: true, Profile: strictest, AllowEmpty: true}} {
		if all(waivers, known) {
			return nil
		}
		judge, err := compiler.Compile(ctx, whole)
		if err != nil {
			return fmt.Errorf("look for the rules that waivers name: %w", err)
		}
		for _, rule := range judge.Rules() {
			known[rule.ID] = true
		}
	}
	var problems resource.Problems
	for _, w := range waivers {
		if !known[w.Rule] {
			problems = append(problems, resource.Problem{Msg: fmt.Sprintf("no rule is called %q%s", w.Rule, nearest(w.Rule, known)), Location: w.RuleAt})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func all(waivers []Waiver, known map[string]bool) bool {
	return !slices.ContainsFunc(waivers, func(w Waiver) bool { return !known[w.Rule] })
}

// nearest suggests what a misspelt id was meant to be.
func nearest(id string, known map[string]bool) string {
	best, distance := "", max(2, len(id)/3)+1
	for name := range known {
		if d := levenshtein.ComputeDistance(id, name); d < distance || d == distance && name < best {
			best, distance = name, d
		}
	}
	if best == "" {
		return "; `holdfast policy list --profile strict` lists them, and a rule that is gone needs no waiver"
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
