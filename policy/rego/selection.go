package rego

import (
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// includes says which controls a control takes in beside itself.
var includes = map[string][]string{"pss/restricted": {"pss/baseline"}}

// picked reports whether input asks for the rule.
func (r *rule) picked(input policy.Input) bool {
	if r.dialect == conftest && !r.inNamespaces(input.Namespaces) {
		return false
	}
	switch {
	case !input.Select.Empty():
		return slices.Contains(input.Select.Rules, r.ID) || slices.Contains(input.Select.Categories, r.Category) ||
			slices.ContainsFunc(input.Select.Controls, r.belongsTo)
	case !r.Builtin:
		return true
	}
	return slices.Index(profiles, r.Profile) <= max(slices.Index(profiles, input.Profile), 0) &&
		(len(input.Categories) == 0 || slices.Contains(input.Categories, r.Category))
}

// expected reports whether the rule is about one of the kinds.
func (r *rule) expected(kinds []string) bool {
	return kinds == nil || len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(own string) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool { return meet(own, kind) })
	})
}

// meet reports whether a kind can fit both patterns.
func meet(a, b string) bool {
	aGroup, aKind, _ := strings.Cut(a, "/")
	bGroup, bKind, _ := strings.Cut(b, "/")
	same := func(x, y string) bool { return x == y || x == "*" || y == "*" }
	return same(aGroup, bGroup) && same(aKind, bKind)
}

// belongsTo reports whether the rule is one of the control, or to one that it takes in.
func (r *rule) belongsTo(control string) bool {
	return slices.ContainsFunc(r.Controls, func(own string) bool { return own == control || slices.Contains(includes[control], own) })
}

// choose is the rules that input asks for. The library is that of all built-in
// rules that can be asked for, loaded or not.
func choose(rules, library []*rule, input policy.Input, found *problems) []*rule {
	checkIDs(rules, library, found)
	checkSelection(slices.Concat(rules, library), input, found)
	var chosen []*rule
	for _, r := range rules {
		if r.picked(input) && (!r.Builtin || input.Builtin) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen)+len(unexpected(library, input)) == 0 && !input.AllowEmpty && len(found.list) == 0 {
		found.add(resource.Location{}, "no rule is loaded or selected, so nothing would be judged; "+
			"name some with --policy or under policies.paths; check takes --allow-empty if that is meant")
	}
	return chosen
}

// unexpected are the rules of the library that input asks for, and that are
// about none of the kinds that are expected.
func unexpected(library []*rule, input policy.Input) []*rule {
	return slices.DeleteFunc(slices.Clone(library), func(r *rule) bool { return !r.picked(input) || r.expected(input.Expected) })
}

// checkIDs refuses ids of the team's own rules that a built-in rule has which
// is not loaded now; those that are, have been compared.
func checkIDs(rules, library []*rule, found *problems) {
	loaded, builtin := map[string]bool{}, map[string]*rule{}
	for _, r := range rules {
		loaded[r.Policy] = true
	}
	for _, r := range library {
		if !loaded[r.Policy] {
			builtin[r.ID] = r
		}
	}
	for _, r := range rules {
		if first := builtin[r.ID]; first != nil && !r.Builtin {
			found.add(r.Location, "rule id %q is already that of package %s at %s; set another custom.id", r.ID, first.Policy, first.Location)
		}
	}
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
