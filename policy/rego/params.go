package rego

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
)

// readParams is data.holdfast.params: the defaults of the loaded rules, and
// over them what the configuration sets. A name of a built-in rule that is not
// loaded may be set, so that a narrower run needs no other configuration.
func readParams(loaded, library []*rule, input policy.Input, found *problems) map[string]any {
	overrides := input.Params
	params, owner := map[string]any{}, map[string]*rule{}
	declare := func(r *rule, complain bool) {
		for _, name := range slices.Sorted(maps.Keys(r.Params)) {
			if first, twice := owner[name]; !twice {
				params[name], owner[name] = r.Params[name], r
			} else if complain && !reflect.DeepEqual(params[name], r.Params[name]) {
				found.add(r.Location, "parameter %s has the default %s here and %s in rule %s; they must agree, or have other names",
					name, show(r.Params[name]), show(params[name]), first.ID)
			}
		}
	}
	for _, r := range loaded {
		declare(r, true)
	}
	for _, r := range library {
		declare(r, false)
	}
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		first, known := owner[name]
		if !known {
			found.add(input.ParamsAt[name], "params: no rule has a parameter %q%s", name, suggestion(name, slices.Collect(maps.Keys(owner))))
			continue
		}
		value, err := normalise(overrides[name])
		if err != nil {
			found.add(input.ParamsAt[name], "params: %s: %s", name, err)
			continue
		}
		if want, got := jsonType(params[name]), jsonType(value); want != "null" && want != got {
			found.add(input.ParamsAt[name], "params: %s is a %s, but %s by default in rule %s (%s)", name, got, want, first.ID, first.Location)
			continue
		}
		params[name] = value
	}
	return params
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
