package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/drivers"
)

//go:embed schema.json
var envelope []byte

const (
	schemaURL     = "https://holdfast.dev/schema/config.json"
	waiversURL    = schemaURL + "#/$defs/waiversFile"
	approvalsURL  = schemaURL + "#/$defs/approvalsFile"
	driverNameURL = schemaURL + "#/$defs/driver"
)

// driverURL is the $id under which a driver's schema stands within ours, so
// that the references in it keep their meaning.
func driverURL(name string) string { return "https://holdfast.dev/schema/driver/" + name + ".json" }

// Schema is the JSON Schema (draft 2020-12) of both configuration files, with
// the drivers' settings worked in. It is the one that Parse validates with. An
// error is a driver's schema that is not JSON.
func Schema(kinds []drivers.Kind) ([]byte, error) {
	schema, err := compose(kinds)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return out.Bytes(), nil
}

func compose(kinds []drivers.Kind) (map[string]any, error) {
	schema, err := object(envelope)
	if err != nil {
		return nil, fmt.Errorf("read the schema of the configuration: %w", err)
	}
	defs := schema["$defs"].(map[string]any)
	names := []any{}
	var settings, destinations []any
	for _, kind := range kinds {
		own, err := object(kind.Schema)
		if err != nil {
			return nil, fmt.Errorf("read the schema of driver %s: %w", kind.Name, err)
		}
		own["$id"] = driverURL(kind.Name)
		defs["driver-"+kind.Name] = own
		names = append(names, kind.Name)
		settings = append(settings, when(kind.Name, settingsOf(kind.Name, own)))
		destinations = append(destinations, when(kind.Name, destinationOf(kind.Name, own)))
	}
	defs["driver"].(map[string]any)["enum"] = names
	if len(kinds) > 0 {
		defs["target"].(map[string]any)["allOf"] = settings
		defs["destination"].(map[string]any)["allOf"] = destinations
	}
	return schema, nil
}

// when is a schema that holds where the driver is the one named.
func when(driver string, then map[string]any) map[string]any {
	return map[string]any{
		"if": map[string]any{
			"required":   []any{"driver"},
			"properties": map[string]any{"driver": map[string]any{"const": driver}},
		},
		"then": then,
	}
}

func settingsOf(driver string, own map[string]any) map[string]any {
	then := map[string]any{"properties": map[string]any{"settings": map[string]any{"$ref": driverURL(driver)}}}
	if required, ok := own["required"].([]any); ok && len(required) > 0 {
		then["required"] = []any{"settings"}
	}
	return then
}

// destinationOf allows a driver's own settings beside the key driver, none of
// them required: an entry says what it limits, and leaves the rest open.
func destinationOf(driver string, own map[string]any) map[string]any {
	properties := map[string]any{"driver": true}
	settings, _ := own["properties"].(map[string]any)
	for name := range settings {
		properties[name] = map[string]any{"$ref": driverURL(driver) + "#/properties/" + escape(name)}
	}
	return map[string]any{"properties": properties, "additionalProperties": false}
}

func object(raw []byte) (map[string]any, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	schema, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a schema must be an object, this one is %T", value)
	}
	return schema, nil
}

// validator is a schema ready for use, with the raw form of all its parts, in
// which messages and known keys are looked up.
type validator struct {
	compiled *jsonschema.Schema
	raw      map[string]map[string]any // by base URL
	drivers  []string
}

// escape writes a key as a step of a JSON pointer (RFC 6901) in a URL fragment.
func escape(step string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
}

// newValidator makes the validator of configuration files.
func newValidator(kinds []drivers.Kind) (*validator, error) {
	schema, err := compose(kinds)
	if err != nil {
		return nil, err
	}
	v := &validator{raw: map[string]map[string]any{}}
	for _, kind := range kinds {
		v.drivers = append(v.drivers, kind.Name)
		v.raw[driverURL(kind.Name)] = schema["$defs"].(map[string]any)["driver-"+kind.Name].(map[string]any)
	}
	slices.Sort(v.drivers)
	return v, v.compile(schema, schemaURL)
}

// newExceptionsValidator makes the validator of waivers or approvals, from
// those parts of the schema alone that they need: there may be many such
// files, and compiling takes longer than all else.
func newExceptionsValidator(url string) (*validator, error) {
	schema, err := object(envelope)
	if err != nil {
		return nil, fmt.Errorf("read the schema of the configuration: %w", err)
	}
	delete(schema, "properties")
	maps.DeleteFunc(schema["$defs"].(map[string]any), func(name string, _ any) bool {
		return !slices.Contains([]string{"waiversFile", "approvalsFile", "date", "text"}, name)
	})
	v := &validator{raw: map[string]map[string]any{}}
	return v, v.compile(schema, url)
}

// compile compiles the part of the schema that url names. It loads nothing
// from anywhere: a reference to what is not in the schema is an error.
func (v *validator) compile(schema map[string]any, url string) error {
	v.raw[schemaURL] = schema
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	err := compiler.AddResource(schemaURL, schema)
	if err == nil {
		v.compiled, err = compiler.Compile(url)
	}
	if err != nil {
		return fmt.Errorf("compile the schema of the configuration: %w", err)
	}
	return nil
}

// keys are the property names of an object schema, sorted.
func keys(schema map[string]any) []string {
	properties, _ := schema["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}
