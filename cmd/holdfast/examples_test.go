package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// exampleCompiler compiles the library once for all examples that go with the
// same parameters, which is most of them: compiling costs more than judging.
type exampleCompiler struct {
	policy.Compiler
	params map[string]any // what is set
	about  map[string]any // by parameter of a rule in the group, its value there, or nil for the default
	once   sync.Once
	judge  policy.Judge
	err    error
}

func (c *exampleCompiler) Compile(ctx context.Context, input policy.Input) (policy.Judge, error) {
	c.once.Do(func() {
		input.Params, input.Expected = c.params, nil // it is for all examples
		c.judge, c.err = c.Compiler.Compile(ctx, input)
	})
	return c.judge, c.err
}

// aloneCompiler makes ready one rule, if its example calls for it.
type aloneCompiler struct {
	policy.Compiler
	rule   string
	params map[string]any
}

func (c aloneCompiler) Compile(ctx context.Context, input policy.Input) (policy.Judge, error) {
	input.Select, input.Params = policy.Selection{Rules: []string{c.rule}}, c.params
	return c.Compiler.Compile(ctx, input)
}

// takes reports whether the rule's example may be judged with the group's
// parameters, and sees to it that they stay so.
func (c *exampleCompiler) takes(rule *policy.Rule) bool {
	wants := map[string]any{}
	for name := range rule.Params {
		wants[name] = nil
	}
	if rule.Example != nil {
		maps.Copy(wants, rule.Example.Params)
	}
	for name, value := range wants {
		if there, known := c.about[name]; known && !reflect.DeepEqual(there, value) {
			return false
		}
	}
	maps.Copy(c.about, wants)
	for name, value := range wants {
		if value != nil {
			c.params[name] = value
		}
	}
	return true
}

// exampleGroups are the compilers that the rules' examples need, by rule.
func exampleGroups(rules []policy.Rule) map[string]*exampleCompiler {
	var groups []*exampleCompiler
	of := map[string]*exampleCompiler{}
	for i := range rules {
		at := slices.IndexFunc(groups, func(c *exampleCompiler) bool { return c.takes(&rules[i]) })
		if at < 0 {
			groups = append(groups, &exampleCompiler{Compiler: newCompiler(0, nil), params: map[string]any{}, about: map[string]any{}})
			at = len(groups) - 1
			groups[at].takes(&rules[i])
		}
		of[rules[i].ID] = groups[at]
	}
	return of
}

// Every rule of the library has an example that it accepts and one that it
// finds fault with, at a line of it, when check judges them. All rules judge
// each, and none of them fails.
func TestExamples(t *testing.T) {
	t.Parallel()
	compiler := newCompiler(0, nil)
	rules, err := compiler.Library()
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddExamples(rules, nil); err != nil {
		t.Fatal(err)
	}
	groups := exampleGroups(rules)
	terraform := rendersTerraform(t)
	for i := range rules {
		rule := &rules[i]
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			if rule.Example == nil || rule.Example.Good == "" || rule.Example.Bad == "" {
				t.Fatal("its test defines no good_example and bad_example")
			}
			good := checkExample(t, groups[rule.ID], terraform, rule.ID, rule.Example.Good)
			for _, f := range found(good, rule.ID) {
				t.Errorf("good_example: %s", asLine(f))
			}
			bad := checkExample(t, groups[rule.ID], terraform, rule.ID, rule.Example.Bad)
			all := found(bad, rule.ID)
			if len(all) == 0 {
				t.Error("bad_example: no finding")
			}
			if rule.Scope != policy.ScopeResource {
				// It is made ready where there is something of its kinds, so they must take in what it finds.
				alone := aloneCompiler{compiler, rule.ID, rule.Example.Params}
				if n := len(found(checkExample(t, alone, terraform, rule.ID, rule.Example.Bad), rule.ID)); n != len(all) {
					t.Errorf("bad_example: %d findings by itself, and %d with the others: does kinds name what it is about?", n, len(all))
				}
			}
			lines := strings.Count(strings.TrimRight(rule.Example.Bad, "\n"), "\n") + 1
			for _, f := range all {
				if f.Location.File == "" || f.Location.Line < 1 || f.Location.Line > lines {
					t.Errorf("bad_example: not at a line of it: %s", asLine(f))
				}
			}
		})
	}
}

// checkExample is what check says of the example, in a folder of its own.
func checkExample(t *testing.T, compiler policy.Compiler, terraform bool, rule, example string) *reconcile.Checked {
	t.Helper()
	name := policy.ExampleFile(example)
	if name == "main.tf" && !terraform {
		t.Fatal("files of Terraform are not rendered to resources")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, name), example)
	checked := checkWith(t, compiler, dir)
	for _, problem := range checked.Errors {
		t.Fatalf("%s: %s", problem.Location, problem.Msg)
	}
	if checked.Summary.Resources == 0 {
		t.Fatalf("%s holds no resource", name)
	}
	for _, f := range found(checked, policy.RuleError) {
		t.Error(asLine(f))
	}
	for _, u := range checked.Undecided {
		if u.Rule == rule {
			t.Errorf("%s: undecided, as it waits for %v; declare what the example refers to", name, u.WaitsFor)
		}
	}
	return checked
}

// checkWith is check's own path, but for what compiles, on a day that examples
// with dates may count on.
func checkWith(t *testing.T, compiler policy.Compiler, dir string) *reconcile.Checked {
	t.Helper()
	f := checkFlags{profile: "strict", now: "2026-12-01T00:00:00Z", cache: cacheFlags{off: true}}
	w, err := f.open(t.Context(), []string{dir}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	request, err := f.request(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := newRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	checker := reconcile.Checker{Renderer: renderer, Locator: renderer, Compiler: compiler, Drivers: builtinDrivers()}
	checked, err := checker.Check(t.Context(), *request)
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

// rendersTerraform reports whether a file of Terraform gives resources.
func rendersTerraform(t *testing.T) bool {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.tf"), "resource \"aws_s3_bucket\" \"probe\" {\n  bucket = \"probe\"\n}\n")
	return checkWith(t, newCompiler(0, nil), dir).Summary.Resources > 0
}

func found(checked *reconcile.Checked, rule string) []reconcile.FindingRecord {
	return slices.DeleteFunc(slices.Clone(checked.Findings), func(f reconcile.FindingRecord) bool { return f.Rule != rule })
}

func asLine(f reconcile.FindingRecord) string {
	return fmt.Sprintf("%s %s: %s: %s", f.Rule, f.Decision, f.Location, f.Msg)
}
