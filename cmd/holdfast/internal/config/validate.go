package config

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// validate holds the document against the schema and puts what is wrong into
// words. What is wrong is then taken out of the data, so that the checks
// that follow can look at the rest.
func (v *validator) validate(d *document) {
	err := v.compiled.Validate(d.data)
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		return
	}
	var bad [][]string
	all := v.leaves(failed, false)
	meant := v.meant(all)
	for _, leaf := range all {
		v.report(d, leaf, meant)
		switch k := leaf.ErrorKind.(type) {
		case *kind.Required, *kind.DependentRequired:
		case *kind.AdditionalProperties:
			for _, name := range k.Properties {
				bad = append(bad, append(slices.Clone(leaf.InstanceLocation), name))
			}
		default:
			bad = append(bad, leaf.InstanceLocation)
		}
	}
	for _, steps := range bad {
		d.data = without(d.data, steps)
	}
}

// leaf is an error that says something, one that no other explains. hidden is
// set where a schema on the way to it is writeOnly: the value is not to be shown.
type leaf struct {
	*jsonschema.ValidationError
	hidden bool
}

// leaves of an error. The alternatives of anyOf and oneOf stay together.
func (v *validator) leaves(e *jsonschema.ValidationError, hidden bool) []leaf {
	writeOnly, _ := v.lookup(e.SchemaURL)["writeOnly"].(bool)
	hidden = hidden || writeOnly
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not:
		return []leaf{{e, hidden}}
	}
	if len(e.Causes) == 0 {
		return []leaf{{e, hidden}}
	}
	var all []leaf
	for _, cause := range e.Causes {
		all = append(all, v.leaves(cause, hidden)...)
	}
	return all
}

// without takes a value out. A list keeps its length, so that the places of
// the other items stay right: null stands there instead.
func without(data any, steps []string) any {
	if len(steps) == 0 {
		return nil
	}
	switch node := data.(type) {
	case map[string]any:
		if child, ok := node[steps[0]]; ok && len(steps) > 1 {
			node[steps[0]] = without(child, steps[1:])
		} else {
			delete(node, steps[0])
		}
	case []any:
		if i, err := strconv.Atoi(steps[0]); err == nil && i < len(node) {
			node[i] = without(node[i], steps[1:])
		}
	}
	return data
}

// meant are the keys, by pointer, that misspelt ones were probably meant to be.
// They are not reported as missing besides.
func (v *validator) meant(all []leaf) map[string]bool {
	meant := map[string]bool{}
	for _, e := range all {
		if k, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			known := keys(v.lookup(e.SchemaURL))
			for _, name := range k.Properties {
				meant[pointer(append(slices.Clone(e.InstanceLocation), nearest(name, known))...)] = true
			}
		}
	}
	return meant
}

func (v *validator) report(d *document, e leaf, meant map[string]bool) {
	at := pointer(e.InstanceLocation...)
	schema := v.lookup(e.SchemaURL)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		known := keys(schema)
		for _, name := range k.Properties {
			d.failKey(pointer(append(slices.Clone(e.InstanceLocation), name)...), unknownKey(e.InstanceLocation, name, known))
		}
	case *kind.Required:
		for _, name := range k.Missing {
			if !meant[pointer(append(slices.Clone(e.InstanceLocation), name)...)] {
				d.failKey(at, missingKey(e.InstanceLocation, name))
			}
		}
	default:
		got := d.value(e.InstanceLocation)
		if name, ok := got.(string); ok && e.SchemaURL == driverNameURL {
			d.failValue(at, label(e.InstanceLocation)+v.unknownDriver(name))
			return
		}
		d.failValue(at, label(e.InstanceLocation)+expected(schema, got, e))
	}
}

func (d *document) value(steps []string) any {
	value := d.data
	for _, step := range steps {
		switch node := value.(type) {
		case map[string]any:
			value = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return nil
			}
			value = node[i]
		default:
			return nil
		}
	}
	return value
}

// lookup finds the raw schema behind a location such as "…config.json#/$defs/duration".
func (v *validator) lookup(location string) map[string]any {
	base, fragment, _ := strings.Cut(location, "#")
	var node any = v.raw[base]
	if v.raw[base] == nil {
		return nil
	}
	for _, step := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
		if step == "" {
			continue
		}
		if plain, err := url.PathUnescape(step); err == nil {
			step = plain
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch n := node.(type) {
		case map[string]any:
			node = n[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(n) {
				return nil
			}
			node = n[i]
		}
	}
	schema, _ := node.(map[string]any)
	return schema
}
