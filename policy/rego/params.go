package rego

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// parameters are what rules find under data.holdfast.params: the defaults of
// METADATA, and over them what the configuration sets, for all and for a target.
type parameters struct {
	values  map[string]any
	targets map[string]map[string]any // whole, of the targets that have some of their own

	owner map[string]*rule   // the first rule that declares it
	users map[string][]*rule // all of them
}

// readParams takes in the parameters of the loaded rules. A name of a built-in
// rule that is not loaded may be set, so that a narrower run needs no other
// configuration.
func readParams(loaded, library []*rule, input policy.Input, found *problems) parameters {
	p := parameters{values: map[string]any{}, owner: map[string]*rule{}, users: map[string][]*rule{}}
	for _, r := range loaded {
		p.declare(r, found)
	}
	for _, r := range library {
		p.declare(r, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(input.Params)) {
		if value, ok := p.value(name, input.Params[name], input.ParamsAt[name], found); ok {
			p.values[name] = value
		}
	}
	p.targets = p.readTargets(input, found)
	return p
}

// declare takes in what the rule declares. Defaults must agree, unless found is nil.
func (p *parameters) declare(r *rule, found *problems) {
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		p.users[name] = append(p.users[name], r)
		if first, twice := p.owner[name]; !twice {
			p.values[name], p.owner[name] = r.Params[name], r
		} else if found != nil && !reflect.DeepEqual(p.values[name], r.Params[name]) {
			found.add(r.Location, "parameter %s has the default %s here and %s in rule %s; they must agree, or have other names",
				name, show(r.Params[name]), show(p.values[name]), first.ID)
		}
	}
}

// value is a value that the configuration gives the parameter, if it may.
func (p *parameters) value(name string, given any, at resource.Location, found *problems) (any, bool) {
	first, known := p.owner[name]
	if !known {
		found.add(at, "params: no rule has a parameter %q%s", name, suggestion(name, slices.Collect(maps.Keys(p.owner))))
		return nil, false
	}
	value, err := normalise(given)
	if err != nil {
		found.add(at, "params: %s: %s", name, err)
		return nil, false
	}
	if want, got := jsonType(first.Params[name]), jsonType(value); want != "null" && want != got {
		found.add(at, "params: %s is a %s, but %s by default in rule %s (%s)", name, got, want, first.ID, first.Location)
		return nil, false
	}
	return value, true
}

// readTargets is what each target that has parameters of its own sees.
func (p *parameters) readTargets(input policy.Input, found *problems) map[string]map[string]any {
	targets := map[string]map[string]any{}
	for _, target := range slices.Sorted(maps.Keys(input.TargetParams)) {
		merged := maps.Clone(p.values)
		for _, name := range slices.Sorted(maps.Keys(input.TargetParams[target])) {
			at := input.TargetParamsAt[target][name]
			value, ok := p.value(name, input.TargetParams[target][name], at, found)
			if !ok {
				continue
			}
			if !slices.ContainsFunc(p.users[name], func(r *rule) bool { return r.Scope != policy.ScopeSnapshot }) {
				found.add(at, "params: %s is of rule %s, which is asked once about all targets and sees policies.params alone; set it there", name, p.owner[name].ID)
				continue
			}
			merged[name] = value
		}
		if !reflect.DeepEqual(merged, p.values) {
			targets[target] = merged
		}
	}
	return targets
}

func jsonType(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "list"
	case map[string]any:
		return "object"
	}
	return "number"
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return jsonType(value)
	}
	return string(text)
}
