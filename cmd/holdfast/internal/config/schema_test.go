package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func compiled(t *testing.T) (*jsonschema.Compiler, map[string]any) {
	t.Helper()
	raw, err := config.Schema(testDrivers())
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", schema); err != nil {
		t.Fatal(err)
	}
	return compiler, schema.(map[string]any)
}

// What editors do with the printed schema must agree with Parse.
func TestPrintedSchemaJudgesAsParseDoes(t *testing.T) {
	compiler, _ := compiled(t)
	schema, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`{"targets": [{"name": "a", "driver": "host", "path": "x", "settings": {"root": "/srv"}}]}`:                 true,
		`{"targets": [{"name": "a", "driver": "host", "path": "x", "settings": {"root": "srv"}}]}`:                  false,
		`{"targets": [{"name": "a", "driver": "host", "path": "x"}]}`:                                               false,
		`{"targets": [{"name": "a", "driver": "kubernetes", "path": "x", "settings": {"root": "/srv"}}]}`:           false,
		`{"targets": [{"name": "a", "driver": "kubernetes", "path": "x"}]}`:                                         true,
		`{"targets": [{"name": "a", "driver": "ssh", "path": "x"}]}`:                                                false,
		`{"destinations": [{"driver": "host", "root": "/srv"}, {"driver": "host"}, {"driver": "terraform"}]}`:       true,
		`{"destinations": [{"driver": "host", "context": "x"}]}`:                                                    false,
		`{"limits": {"maxDelete": "0%"}}`:                                                                           false,
		`{"limits": {"maxDelete": "100%"}}`:                                                                         true,
		`{"limits": {"maxDelete": "101%"}}`:                                                                         false,
		`{"source": {"git": {"url": "/srv/git", "interval": "1h30m"}, "verify": {"openPGPKeys": "/etc/keys.asc"}}}`: true,
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); (err == nil) != want {
			t.Errorf("%s: the schema says %v, want valid: %v", text, err, want)
		}
		_, err = config.Parse("c.json", []byte(text), config.ParseOptions{Role: config.Both, Drivers: testDrivers()})
		var problems resource.Problems
		if (err == nil) != want || err != nil && !errors.As(err, &problems) {
			t.Errorf("%s: Parse says %v, want valid: %v", text, err, want)
		}
	}
}

// Each key that a user can write is described, no object lets unknown keys
// pass, and the examples are true.
func TestSchemaIsComplete(t *testing.T) {
	compiler, schema := compiled(t)
	free := map[string]bool{
		"#/$defs/policies/properties/params": true, "#/$defs/target/properties/params": true, "#/$defs/target/properties/settings": true,
		"#/$defs/destination": true, "#/$defs/pairs": true, "#/$defs/render/properties/substitute": true, "#/$defs/chart/properties/values": true,
	}
	var visit func(at string, node map[string]any)
	visit = func(at string, node map[string]any) {
		if strings.HasPrefix(at, "#/$defs/driver-") {
			return
		}
		if node["type"] == "object" && node["additionalProperties"] != false && !free[at] {
			t.Errorf("%s lets unknown keys pass", at)
		}
		if examples, ok := node["examples"].([]any); ok {
			part, err := compiler.Compile("config.json" + at)
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			for _, example := range examples {
				if err := part.Validate(example); err != nil {
					t.Errorf("%s: the example %v is not valid: %v", at, example, err)
				}
			}
		}
		for _, group := range []string{"properties", "$defs"} {
			below, _ := node[group].(map[string]any)
			for name, child := range below {
				at := at + "/" + group + "/" + url.PathEscape(name)
				child, ok := child.(map[string]any)
				if !ok {
					continue
				}
				if group == "properties" && !described(schema, child) {
					t.Errorf("%s has no description", at)
				}
				visit(at, child)
			}
		}
		if items, ok := node["items"].(map[string]any); ok {
			visit(at+"/items", items)
		}
	}
	visit("#", schema)
}

func described(schema, node map[string]any) bool {
	if node["description"] != nil {
		return true
	}
	ref, _ := node["$ref"].(string)
	def, ok := resource.Lookup(schema, resource.Path{"$defs", strings.TrimPrefix(ref, "#/$defs/")})
	if !ok {
		return false
	}
	return def.(map[string]any)["description"] != nil
}

// The defaults that the schema shows are those that Parse fills in.
func TestSchemaTellsTheDefaults(t *testing.T) {
	_, schema := compiled(t)
	for at, want := range map[string]any{
		"$defs/git/properties/interval":             short(config.DefaultPollInterval),
		"$defs/git/properties/timeout":              short(config.DefaultFetchTimeout),
		"$defs/git/properties/allowRewrites":        false,
		"$defs/limits/properties/evaluationTimeout": short(config.DefaultEvaluationTimeout),
		"$defs/limits/properties/runTimeout":        short(reconcile.DefaultRunTimeout),
		"$defs/limits/properties/maxFileSize":       fmt.Sprintf("%dMiB", config.DefaultMaxFileSize>>20),
		"$defs/limits/properties/maxDelete":         "10%",
		"$defs/policies/properties/profile":         config.DefaultProfile,
		"$defs/policies/properties/builtin":         true,
		"$defs/target/properties/mode":              string(reconcile.ModeFlag),
		"$defs/target/properties/prune":             false,
		"$defs/target/properties/suspend":           false,
		"$defs/target/properties/rollback":          false,
		"$defs/target/properties/onBlock":           string(reconcile.OnBlockResource),
		"$defs/target/properties/healthTimeout":     short(reconcile.DefaultHealthTimeout),
		"$defs/target/properties/interval":          short(reconcile.DefaultInterval),
		"properties/server/properties/listen":       config.DefaultListen,
		"properties/server/properties/allowRemote":  false,
	} {
		path := resource.Path{}
		for step := range strings.SplitSeq(at, "/") {
			path = path.Append(step)
		}
		got, _ := resource.Lookup(schema, path.Append("default"))
		if got != want {
			t.Errorf("the default of %s is %v in the schema, want %v", at, got, want)
		}
	}
}

func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		return strings.TrimSuffix(text, "0s")
	}
	return text
}

func TestSchemaIsStable(t *testing.T) {
	a, err := config.Schema(testDrivers())
	if err != nil {
		t.Fatal(err)
	}
	b, err := config.Schema(testDrivers())
	if err != nil || !bytes.Equal(a, b) || !json.Valid(a) {
		t.Errorf("two prints of the schema differ, or are no JSON: %v", err)
	}
	if _, err := config.Schema([]drivers.Kind{{Name: "x", Schema: []byte("[]")}}); err == nil {
		t.Error("a driver's schema that is a list was taken")
	}
}
