package helm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/yaml"
	yamlv3 "sigs.k8s.io/yaml/goyaml.v3"
)

// conversions are the functions that Helm's engine adds to sprig's and that may
// make much: as they are its own, they cannot be had from it to be guarded.
func conversions() template.FuncMap {
	toYAML := func(value any) (string, error) {
		data, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(data), "\n"), err
	}
	toJSON := func(value any) (string, error) {
		data, err := json.Marshal(value)
		return string(data), err
	}
	toTOML := func(value any) (string, error) {
		var data bytes.Buffer
		err := toml.NewEncoder(&data).Encode(value)
		return data.String(), err
	}
	return template.FuncMap{
		"toYaml": orNothing(toYAML), "mustToYaml": toYAML,
		"toYamlPretty": orNothing(toYAMLPretty),
		"toJson":       orNothing(toJSON), "mustToJson": toJSON,
		"toToml": func(value any) string {
			text, err := toTOML(value)
			if err != nil {
				return err.Error()
			}
			return text
		},
		"mustToToml":    toTOML,
		"fromYaml":      dictFrom(func(text string, into any) error { return yaml.Unmarshal([]byte(text), into) }),
		"fromJson":      dictFrom(func(text string, into any) error { return json.Unmarshal([]byte(text), into) }),
		"fromToml":      dictFrom(func(text string, into any) error { return toml.Unmarshal([]byte(text), into) }),
		"fromYamlArray": listFrom(func(text string, into any) error { return yaml.Unmarshal([]byte(text), into) }),
		"fromJsonArray": listFrom(func(text string, into any) error { return json.Unmarshal([]byte(text), into) }),
	}
}

func toYAMLPretty(value any) (string, error) {
	var data bytes.Buffer
	encoder := yamlv3.NewEncoder(&data)
	encoder.SetIndent(2)
	err := encoder.Encode(value)
	return strings.TrimSuffix(data.String(), "\n"), err
}

// orNothing makes nothing where there is an error, as Helm does.
func orNothing(convert func(any) (string, error)) func(any) string {
	return func(value any) string {
		text, err := convert(value)
		if err != nil {
			return ""
		}
		return text
	}
}

func dictFrom(parse func(text string, into any) error) func(string) map[string]any {
	return func(text string) map[string]any {
		dict := map[string]any{}
		if err := parse(text, &dict); err != nil {
			dict["Error"] = err.Error()
		}
		return dict
	}
}

func listFrom(parse func(text string, into any) error) func(string) []any {
	return func(text string) []any {
		list := []any{}
		if err := parse(text, &list); err != nil {
			return []any{err.Error()}
		}
		return list
	}
}

// errorOf is an error in the words of the chart, in the form in which Helm's
// engine finds them again.
func errorOf(msg string) error {
	return fmt.Errorf("HELM_ERR_START%sHELM_ERR_END", short(msg))
}

func required(msg string, value any) (any, error) {
	if text, isText := value.(string); value == nil || isText && text == "" {
		return value, errorOf(msg)
	}
	return value, nil
}

// equal is the eq of Go's templates, but that an error quotes no value.
func equal(first reflect.Value, others ...reflect.Value) (bool, error) {
	if len(others) == 0 {
		return false, errors.New("missing argument for comparison")
	}
	for _, other := range others {
		same, err := equalTo(content(first), content(other))
		if same || err != nil {
			return same, err
		}
	}
	return false, nil
}

func content(value reflect.Value) reflect.Value {
	if value.Kind() == reflect.Interface {
		return value.Elem()
	}
	return value
}

func equalTo(a, b reflect.Value) (bool, error) {
	switch {
	case !a.IsValid() || !b.IsValid():
		return isNil(a) && isNil(b), nil
	case a.CanInt() && b.CanInt():
		return a.Int() == b.Int(), nil
	case a.CanUint() && b.CanUint():
		return a.Uint() == b.Uint(), nil
	case a.CanInt() && b.CanUint():
		return a.Int() >= 0 && uint64(a.Int()) == b.Uint(), nil
	case a.CanUint() && b.CanInt():
		return b.Int() >= 0 && uint64(b.Int()) == a.Uint(), nil
	case a.CanFloat() && b.CanFloat():
		return a.Float() == b.Float(), nil
	case a.CanComplex() && b.CanComplex():
		return a.Complex() == b.Complex(), nil
	case a.Kind() != b.Kind():
		return false, fmt.Errorf("incompatible types for comparison: %v and %v", a.Type(), b.Type())
	case a.Kind() == reflect.String:
		return a.String() == b.String(), nil
	case a.Kind() == reflect.Bool:
		return a.Bool() == b.Bool(), nil
	case isNil(a) || isNil(b):
		return isNil(a) == isNil(b), nil
	case !a.Comparable() || !b.Comparable():
		return false, fmt.Errorf("non-comparable type %v", b.Type())
	}
	return a.Interface() == b.Interface(), nil
}

func isNil(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		return value.IsNil()
	}
	return false
}
