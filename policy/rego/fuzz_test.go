package rego_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Whatever a policy file holds, compiling it gives a Judge or problems, each
// with a message and a place within the file.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		replicas, "package holdfast.a\n\ndeny[msg] { msg := input.resource.x }\n", fires(custom("severity: [1]", "params: {a: .inf}"), "holdfast.a"),
		"# METADATA\n# custom: 1\npackage a", "# METADATA\n# scope: package\n# : {\npackage holdfast[\"a b\"].c\n\nwarn contains 1\n", "package holdfast\n\ndeny contains 1", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := rego.New(rego.Options{}).Compile(context.Background(), policy.Input{Policies: files(text), AllowEmpty: true})
		checkProblems(t, err, text)
	})
}

// The same for data files.
func FuzzData(f *testing.F) {
	for _, seed := range []string{"a: 1\n", "a: &x [1]\nb: *x\n", "a: 2026-01-01\n1: 2\n", "{\"a\": 1}", "a: .nan\n", "---\na: 1\n---\nb: 2\n", "<<: {a: 1}\n", "holdfast: 1\n", "? [a]\n: b\n"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, json bool) {
		name := "d.yaml"
		if json {
			name = "d.json"
		}
		_, err := rego.New(rego.Options{}).Compile(context.Background(), policy.Input{Data: []policy.File{file(name, text)}, AllowEmpty: true})
		checkProblems(t, err, text)
	})
}

func checkProblems(t *testing.T, err error, text string) {
	if err == nil {
		return
	}
	var problems resource.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %v, want problems", err)
	}
	for _, p := range problems {
		if strings.TrimSpace(p.Msg) == "" || p.Location.Line < 0 || p.Location.Line > strings.Count(text, "\n")+2 {
			t.Errorf("problem %q at %s", p.Msg, p.Location)
		}
	}
}

// Whatever a rule answers, it is a finding that denies: its own, or that of a
// rule error.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`"x"`, `{"msg": "x", "path": ["a", 0]}`, `{"msg": "x", "resource": input.resource}`, `{"msg": null}`, `[]`, `{"path": [-1], "msg": "x"}`, `1`, `{"msg": "x", "resource": {"kind": 1}}`, `{{"msg"}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, element string) {
		j, err := rego.New(rego.Options{Timeout: time.Second}).Compile(context.Background(),
			policy.Input{Policies: files("package holdfast.a\n\ndeny contains answer if answer := " + element + "\n")})
		if err != nil {
			return
		}
		report, err := j.Judge(context.Background(), policy.Case{Now: now, Subjects: subjects(deployment("web", 1))})
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range report.Findings {
			if !finding.Blocks() || strings.TrimSpace(finding.Msg) == "" || finding.Resource == nil || utf8.RuneCountInString(finding.Rule) == 0 {
				t.Errorf("finding is %+v", finding)
			}
		}
	})
}

// Whatever a policy is, its trace ends, has a way for what fires, and shows no secret.
func FuzzTrace(f *testing.F) {
	for _, seed := range []string{
		replicas, images, "package holdfast.a\n\ndeny contains x if some x in split(input.resource.spec.secret, \"-\")",
		"package a\n\ndeny = [x] { x := input.spec.secret } else = [\"b\"] { true }", "package a\n\nwarn contains f(1)\n\nf(x) := g(x)\n\ng(x) := sprintf(\"%v\", [x])",
		"package a\n\ndeny contains \"x\" if every k, v in input { k != v; not v.a[_].b with input as {} }", "package a\n\ndeny contains m if m := [x | x := data.a.warn[_]; x][_]\n\nwarn contains \"w\"",
	} {
		f.Add(seed)
	}
	const secret = "zq7-canary-x9"
	f.Fuzz(func(t *testing.T, text string) {
		j, err := rego.New(rego.Options{Timeout: time.Second}).Compile(context.Background(), policy.Input{Policies: files(text), AllowEmpty: true})
		if err != nil {
			return
		}
		res := deployment("web", 9)
		res.Content.(map[string]any)["spec"].(map[string]any)["secret"] = secret
		res.Sensitive = []resource.Path{{"spec", "secret"}}
		c := of(res)
		c.Now, c.Phase = now, policy.PhaseCheck
		report, err := j.Judge(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		fired := map[string]bool{}
		for _, finding := range report.Findings {
			fired[finding.Rule] = true
		}
		for _, rule := range j.Rules() {
			traced, err := j.(policy.Tracer).Trace(context.Background(), c, policy.Ask{Rule: rule.ID, Target: "prod"})
			if err != nil {
				t.Fatal(err)
			}
			shown := outline(traced.Bodies) + string(traced.Input) + traced.Error
			if strings.Contains(shown, "evaluator failed") || !strings.Contains(text, "canary") && strings.Contains(shown, "canary") {
				t.Errorf("%s: %s", rule.ID, shown)
			}
			if fired[rule.ID] && traced.Error == "" && !strings.Contains(shown, " held ") {
				t.Errorf("%s fired, and the trace is empty", rule.ID)
			}
		}
	})
}
