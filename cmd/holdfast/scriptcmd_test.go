package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// jsonpath asserts one value of a JSON file, or of what the last command wrote:
//
//	jsonpath stdout summary.findings 2
//	jsonpath stdout findings[0].location.file deploy/web.yaml
//	jsonpath stdout findings[rule=acme/owner].path '["metadata"]'
//	jsonpath stdout findings.length 2
//	! jsonpath stdout findings[rule=acme/owner]
//
// Text is compared as it is, anything else as JSON; "length" is a list's.
func jsonpath(ts *testscript.TestScript, neg bool, args []string) {
	if neg && len(args) != 2 || !neg && len(args) != 3 {
		ts.Fatalf("usage: jsonpath FILE EXPR WANT, or ! jsonpath FILE EXPR")
	}
	var value any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &value); err != nil {
		ts.Fatalf("%s is not JSON: %v", args[0], err)
	}
	ts.Check(inContract(value))
	got, err := lookup(value, args[1])
	switch {
	case neg && err == nil:
		ts.Fatalf("%s is there: %v", args[1], shown(got))
	case !neg && err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	case !neg && shown(got) != args[2]:
		ts.Fatalf("%s is %s, want %s", args[1], shown(got), args[2])
	}
}

// remember puts what jsonpath would compare into a variable:
//
//	remember stdout findings[rule=acme/owner].fingerprint FINDING
func remember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: remember FILE EXPR NAME")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	got, err := lookup(value, args[1])
	ts.Check(err)
	ts.Setenv(args[2], shown(got))
}

// expand replaces $NAME in files by the script's variables: expand holdfast.yaml
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: expand FILE...")
	}
	for _, name := range args {
		content := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(content), 0o644))
	}
}

func shown(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

var jsonStep = regexp.MustCompile(`[^.\[\]]+|\[[^\]]*\]`)

func lookup(value any, expr string) (any, error) {
	for _, step := range jsonStep.FindAllString(expr, -1) {
		index := strings.HasPrefix(step, "[")
		step = strings.Trim(step, "[]")
		list, isList := value.([]any)
		object, isObject := value.(map[string]any)
		field, want, filter := strings.Cut(step, "=")
		switch {
		case step == "length" && isList:
			value = float64(len(list))
		case index && filter && isList:
			var found bool
			for _, item := range list {
				if at, err := lookup(item, field); err == nil && shown(at) == want {
					value, found = item, true
					break
				}
			}
			if !found {
				return nil, fmt.Errorf("nothing has %s", step)
			}
		case index && isList:
			at, err := strconv.Atoi(step)
			if err != nil || at < 0 || at >= len(list) {
				return nil, fmt.Errorf("no element %s of %d", step, len(list))
			}
			value = list[at]
		case !index && isObject:
			inner, ok := object[step]
			if !ok {
				return nil, fmt.Errorf("no key %s", step)
			}
			value = inner
		default:
			return nil, fmt.Errorf("%s does not apply to %s", step, shown(value))
		}
	}
	return value, nil
}

// The command that other scripts rely on finds what is there and nothing else.
func TestJSONPath(t *testing.T) {
	var document any
	if err := json.Unmarshal([]byte(`{"a": [{"n": "x", "v": 1}, {"n": "y/z", "v": null}], "s": "text"}`), &document); err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]string{
		"s": "text", "a.length": "2", "a[0].v": "1", "a[n=y/z].v": "null", "a[1]": `{"n":"y/z","v":null}`,
		"a[2]": "error", "a[n=w]": "error", "b": "error", "s.t": "error", "a.n": "error",
	} {
		got, err := lookup(document, expr)
		if text := shown(got); (err != nil) != (want == "error") || err == nil && text != want {
			t.Errorf("%s is %s, %v; want %s", expr, text, err, want)
		}
	}
}
