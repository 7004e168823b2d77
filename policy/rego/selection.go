package rego

import (
	"maps"
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// includes says which controls a control takes in beside itself.
var includes = map[string][]string{"pss/restricted": {"pss/baseline"}}

// choose is the rules that input asks for.
func choose(rules []*rule, input policy.Input, found *problems) []*rule {
	checkSelection(rules, input, found)
	profile := max(slices.Index(profiles, input.Profile), 0)
	controls := slices.Clone(input.Select.Controls)
	for _, control := range input.Select.Controls {
		controls = append(controls, includes[control]...)
	}
	var chosen []*rule
	for _, r := range rules {
		var take bool
		switch {
		case !input.Select.Empty():
			take = slices.Contains(input.Select.Rules, r.ID) || slices.Contains(input.Select.Categories, r.Category) ||
				slices.ContainsFunc(r.Controls, func(c string) bool { return slices.Contains(controls, c) })
		case !r.Builtin:
			take = true
		default:
			take = slices.Index(profiles, r.Profile) <= profile &&
				(len(input.Categories) == 0 || slices.Contains(input.Categories, r.Category))
		}
		if take && (r.dialect != conftest || r.inNamespaces(input.Namespaces)) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 && !input.AllowEmpty && len(found.list) == 0 {
		found.add(resource.Location{}, "no rule is loaded or selected, so nothing would be judged; "+
			"name policies, or say --allow-empty if that is meant")
	}
	return chosen
}

// checkSelection refuses names that pick nothing, which would look like a
// clean result.
func checkSelection(rules []*rule, input policy.Input, found *problems) {
	ids, inCategories, inControls := map[string]bool{}, map[string]bool{}, map[string]bool{}
	builtin := map[string]bool{}
	for _, c := range categories {
		builtin[c] = true
	}
	for _, r := range rules {
		ids[r.ID], inCategories[r.Category] = true, true
		for _, c := range r.Controls {
			inControls[c] = true
		}
	}
	for control, included := range includes {
		for _, c := range included {
			if inControls[c] {
				inControls[control] = true
			}
		}
	}
	check := func(what string, names []string, known map[string]bool) {
		for _, name := range names {
			if !known[name] {
				found.add(resource.Location{}, "no rule has the %s %q%s", what, name, suggestion(name, slices.Collect(maps.Keys(known))))
			}
		}
	}
	check("id", input.Select.Rules, ids)
	check("category", input.Select.Categories, inCategories)
	check("control", input.Select.Controls, inControls)
	if input.Builtin {
		check("built-in category", input.Categories, builtin)
	}
	checkNamespaces(rules, input.Namespaces, found)
	if input.Profile != "" && !slices.Contains(profiles, input.Profile) {
		found.add(resource.Location{}, "unknown profile %q%s", input.Profile, suggestion(input.Profile, profiles))
	}
}

// checkNamespaces refuses namespaces that no rule of conftest's dialect is in.
func checkNamespaces(rules []*rule, patterns []string, found *problems) {
	known := map[string]bool{}
	for _, r := range rules {
		if r.dialect == conftest {
			known[r.Policy] = true
		}
	}
	for _, pattern := range patterns {
		if !slices.ContainsFunc(rules, func(r *rule) bool { return r.dialect == conftest && r.inNamespaces([]string{pattern}) }) {
			found.add(resource.Location{}, "no policy of conftest's dialect is in the namespace %q%s", pattern, suggestion(pattern, slices.Collect(maps.Keys(known))))
		}
	}
}
