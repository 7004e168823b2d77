package rego_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestTest(t *testing.T) {
	tests := `package holdfast.replicas_test

import data.holdfast.replicas

test_one if {
	replicas.deny with input as {"resource": {"spec": {"replicas": 1}}}
	count(replicas.deny) == 1 with input as {"resource": {"spec": {"replicas": 1}}}
}

test_wrong if {
	n := 3
	print("n is", n)
	n == 4
}

test_error if to_number("x") == 1

todo_test_later if false

test_world if data.teams.a == 1
`
	report, err := rego.Test(context.Background(), rego.TestOptions{
		Library:  library(map[string]string{"lib/x.rego": "package holdfast.lib.x\n\ny := 1\n", "lib/x_test.rego": "package holdfast.lib.x_test\n\ntest_y if false\n"}),
		Policies: []policy.File{file("replicas.rego", replicas), file("replicas_test.rego", tests)},
		Data:     []policy.File{file("d.yaml", "teams: {a: 1}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int) resource.Location {
		return resource.Location{File: "replicas_test.rego", Line: line, Column: 1}
	}
	want := []rego.TestResult{
		{Name: "test_error", Status: rego.Errored, Location: at(16), Error: `replicas_test.rego:16:15: to_number: strconv.ParseFloat: parsing "x": invalid syntax`},
		{Name: "test_one", Status: rego.Passed, Location: at(5)},
		{Name: "test_world", Status: rego.Passed, Location: at(20)},
		{Name: "test_wrong", Status: rego.Failed, Location: at(10), Output: "n is 3\n", Expression: "n == 4",
			FailedAt: resource.Location{File: "replicas_test.rego", Line: 13, Column: 2}},
		{Name: "todo_test_later", Status: rego.Skipped, Location: at(18)},
	}
	for i := range want {
		want[i].Package = "holdfast.replicas_test"
	}
	if diff := cmp.Diff(want, report.Tests, cmpopts.IgnoreFields(rego.TestResult{}, "Duration")); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
	if report.OK() {
		t.Error("the report is fine, though tests failed")
	}
	// deny and its three expressions are run; warn is not.
	if len(report.Coverage) != 1 || report.Coverage[0].File != "replicas.rego" ||
		!cmp.Equal(report.Coverage[0].Missed, [][2]int{{19, 19}}) || report.Percent != 80 {
		t.Errorf("coverage is %+v, %v%%", report.Coverage, report.Percent)
	}
}

func TestTestSelects(t *testing.T) {
	tree := library(map[string]string{"lib/x.rego": "package holdfast.lib.x\n\ny := 1\n", "lib/x_test.rego": "package holdfast.lib.x_test\n\nimport data.holdfast.lib.x\n\ntest_y if x.y == 1\n\ntest_z if x.y == 2\n"})
	report, err := rego.Test(context.Background(), rego.TestOptions{Library: tree, Builtin: true, Run: "test_y"})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Tests) != 1 || report.Tests[0].Name != "test_y" || !report.OK() || report.Percent != 100 {
		t.Errorf("report is %+v", report)
	}
}

func TestTestProblems(t *testing.T) {
	tests := map[string]rego.TestOptions{
		"a_test.rego:3:11: http.send may not be used": {Policies: []policy.File{file("a_test.rego", "package a\n\ntest_x if http.send({})\n")}},
		"a_test.rego:3:1: not valid Rego":             {Policies: []policy.File{file("a_test.rego", "package a\n\n}\n")}},
		"a_test.rego:3:11: undefined function nope":   {Policies: []policy.File{file("a_test.rego", "package a\n\ntest_x if nope(1)\n")}},
		"--run: error parsing regexp":                 {Run: "("},
	}
	for want, opts := range tests {
		_, err := rego.Test(context.Background(), opts)
		if err == nil {
			t.Fatalf("no error, want %s", want)
		}
		if got := problemsOf(t, err); !strings.HasPrefix(got[0], want) {
			t.Errorf("problem is %q, want %q", got[0], want)
		}
	}
}

// A test that does not end is an error of its own.
func TestTestTimeout(t *testing.T) {
	loop := "package holdfast.a_test\n\ntest_loop if {\n\tsome a in numbers.range(1, 30000)\n\tsome b in numbers.range(1, 30000)\n\ta * b == -1\n}\n\ntest_ok if true\n"
	report, err := rego.Test(context.Background(), rego.TestOptions{Policies: []policy.File{file("a_test.rego", loop)}, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range report.Tests {
		got = append(got, r.Name+" "+string(r.Status)+" "+r.Error)
	}
	equal(t, got, []string{"test_loop error it took longer than 1s", "test_ok pass "})
}

// Tests of conftest's users stand beside the rules, in any file.
func TestTestsBesideTheRules(t *testing.T) {
	report, err := rego.Test(t.Context(), rego.TestOptions{Policies: files(`package main

import rego.v1

deny contains "x" if input.x

test_it if count(deny) == 1 with input as {"x": 1}

test_wrong if count(deny) == 2 with input as {"x": 1}
`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, test := range report.Tests {
		got = append(got, test.Name+" "+string(test.Status))
	}
	equal(t, got, []string{"test_it " + string(rego.Passed), "test_wrong " + string(rego.Failed)})
}
