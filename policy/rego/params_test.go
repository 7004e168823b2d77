package rego_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// What each scope sees of the parameters: in one piece, by name, and through a helper.
const (
	seesOne = `# METADATA
# custom: {id: one, params: {a: 1, b: {x: 1}, c: [1]}}
package holdfast.one
import data.holdfast.lib.params
warn contains sprintf("%v %v %v", [data.holdfast.params.a, params.inner("x"), count(data.holdfast.params)])`
	seesTarget = `# METADATA
# custom: {id: target, scope: target}
package holdfast.whole
warn contains sprintf("%s %v", [input.target.name, data.holdfast.params])`
	seesSnapshot = `# METADATA
# custom: {id: snapshot, scope: snapshot, params: {s: 1}}
package holdfast.snapshot
warn contains sprintf("%v", [data.holdfast.params])`
	paramsHelper = `package holdfast.lib.params
inner(key) := object.get(data.holdfast.params.b, key, "none")`
	seesConftest = `package main
import rego.v1
warn contains sprintf("%v", [object.get(data.holdfast, "params", "none").a]) if input.kind == "Deployment"`
)

func in(target string) resource.Resource {
	r := deployment("web", 1)
	r.ID.Target = target
	return r
}

// A target's parameters stand over those for all where one of its resources or
// the target itself is judged, and nowhere else.
func TestParamsOfATarget(t *testing.T) {
	t.Parallel()
	j := compile(t, rego.Options{}, policy.Input{
		Policies: files(seesOne, seesTarget, seesSnapshot, paramsHelper, seesConftest),
		Params:   map[string]any{"a": 2},
		TargetParams: map[string]map[string]any{
			"prod": {"a": 3, "b": map[string]any{"y": 1}},
			"same": {"a": 2},
		},
	})
	var targets []policy.Target
	for _, name := range []string{"prod", "same", "staging"} {
		targets = append(targets, policy.Target{Name: name})
	}
	prod, staging, same := in("prod"), in("staging"), in("same")
	report := judge(t, j, policy.Case{Targets: targets, Subjects: subjects(prod, staging, same)})
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s in %q: %s", f.Rule, f.Target, f.Msg))
	}
	equal(t, got, []string{
		`snapshot in "": {"a": 2, "b": {"x": 1}, "c": [1], "s": 1}`,
		`target in "prod": prod {"a": 3, "b": {"y": 1}, "c": [1], "s": 1}`,
		`main.warn in "prod": 3`,
		`one in "prod": 3 none 4`,
		`target in "same": same {"a": 2, "b": {"x": 1}, "c": [1], "s": 1}`,
		`main.warn in "same": 2`,
		`one in "same": 2 1 4`,
		`target in "staging": staging {"a": 2, "b": {"x": 1}, "c": [1], "s": 1}`,
		`main.warn in "staging": 2`,
		`one in "staging": 2 1 4`,
	})
}

// A trace shows the parameters that the rule saw.
func TestTraceShowsParamsOfTheTarget(t *testing.T) {
	t.Parallel()
	j := compile(t, rego.Options{}, policy.Input{
		Policies: files(replicas), TargetParams: map[string]map[string]any{"prod": {"min_replicas": 4}},
	})
	trace, err := j.(policy.Tracer).Trace(t.Context(), policy.Case{Now: now, Phase: policy.PhaseCheck, Subjects: subjects(in("prod"))},
		policy.Ask{Rule: "dr/replicas"})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range trace.Bodies {
		for _, way := range body.Ways {
			for _, line := range way.Lines {
				for _, v := range line.Values {
					if v.Name == "data.holdfast.params.min_replicas" && v.Value == "4" {
						return
					}
				}
			}
		}
	}
	t.Errorf("no line shows min_replicas 4: %+v", trace.Bodies)
}

func TestMistakenParamsOfATarget(t *testing.T) {
	t.Parallel()
	at := func(line int) resource.Location {
		return resource.Location{File: "holdfast.yaml", Line: line, Column: 5}
	}
	_, err := rego.New(rego.Options{}).Compile(context.Background(), policy.Input{
		Policies: files(seesOne, seesSnapshot, paramsHelper),
		TargetParams: map[string]map[string]any{
			"prod":    {"aa": 1, "b": 2},
			"staging": {"s": 2, "c": []any{}},
		},
		TargetParamsAt: map[string]map[string]resource.Location{
			"prod": {"aa": at(1), "b": at(2)}, "staging": {"s": at(3), "c": at(4)},
		},
	})
	equal(t, problemsOf(t, err), []string{
		`holdfast.yaml:1:5: params: no rule has a parameter "aa"; did you mean "a"?`,
		`holdfast.yaml:2:5: params: b is a number, but object by default in rule one (a.rego:3:1)`,
		`holdfast.yaml:3:5: params: s is of rule snapshot, which is asked once about all targets and sees policies.params alone; set it there`,
	})
}

// A verdict hangs on the parameters of each target too.
func TestDigestCoversParamsOfTargets(t *testing.T) {
	t.Parallel()
	seen := map[string]map[string]map[string]any{}
	for _, params := range []map[string]map[string]any{
		nil,
		{"prod": {"min_replicas": 3}},
		{"prod": {"min_replicas": 4}},
		{"staging": {"min_replicas": 3}},
	} {
		digest := compile(t, rego.Options{}, policy.Input{Policies: files(replicas), TargetParams: params}).Digest()
		if other, twice := seen[digest]; twice {
			t.Errorf("%v and %v have the same digest", params, other)
		}
		seen[digest] = params
	}
}

// Parameters of a target that is nothing but what holds for all change nothing,
// so that what is remembered may be used.
func TestDigestOfParamsThatChangeNothing(t *testing.T) {
	t.Parallel()
	without := compile(t, rego.Options{}, policy.Input{Policies: files(replicas)}).Digest()
	with := compile(t, rego.Options{}, policy.Input{Policies: files(replicas), TargetParams: map[string]map[string]any{"prod": {"min_replicas": 2}}}).Digest()
	if without != with {
		t.Error("the digests differ")
	}
}
