package rego

import (
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// toTerm is a resource's content, or any value in that form, as Rego sees it.
func toTerm(content any) *ast.Term {
	value, err := ast.InterfaceToValue(content)
	if err != nil {
		// Contents are what JSON can say, so this is a driver's fault; rules
		// see the fault and not a resource that looks harmless.
		value = ast.String(fmt.Sprintf("holdfast: unreadable content: %v", err))
	}
	return ast.NewTerm(value)
}

func toObject(content map[string]any) ast.Object {
	object, ok := toTerm(content).Value.(ast.Object)
	if !ok {
		return ast.NewObject()
	}
	return object
}

// normalise turns a value of YAML or JSON into the form that resource contents have.
func normalise(value any) (any, error) {
	switch v := value.(type) {
	case nil, string, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case uint64:
		return json.Number(fmt.Sprint(v)), nil
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i, nil
		}
		return v, nil
	case float64:
		if _, err := json.Marshal(v); err != nil {
			return nil, fmt.Errorf("%v is not a number that JSON has", v)
		}
		if whole := int64(v); float64(whole) == v && whole > -1<<53 && whole < 1<<53 {
			return whole, nil
		}
		return v, nil
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			normal, err := normalise(element)
			if err != nil {
				return nil, err
			}
			list[i] = normal
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, element := range v {
			normal, err := normalise(element)
			if err != nil {
				return nil, err
			}
			object[key] = normal
		}
		return object, nil
	}
	return nil, fmt.Errorf("a %T has no counterpart in JSON", value)
}
