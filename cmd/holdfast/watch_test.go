package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const watchedPolicy = `package holdfast.acme.many

deny contains {"msg": "many"} if input.resource.spec.replicas > data.limits.most
`

func watchedTest(want string) string {
	return `package holdfast.acme.many_test

import data.holdfast.acme.many

test_many if count(many.deny) == ` + want + ` with input as {"resource": {"spec": {"replicas": 9}}}
`
}

// Tests run again whenever a policy, a test, data or the configuration changes,
// however an editor writes them, and the exit code is that of the last run.
func TestPolicyTestWatches(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	at := func(name string) string { return filepath.Join(s.folder, name) }
	write(t, at("policies/many.rego"), watchedPolicy)
	write(t, at("policies/many_test.rego"), watchedTest("1"))
	write(t, at("data/limits.yaml"), "limits: {most: 5}\n")
	d := s.start("policy", "test", "policies", "--data", "data/limits.yaml", "--watch")
	shows := func(line string, result string) {
		t.Helper()
		eventually(t, line, func() bool {
			_, after, found := strings.Cut(d.log.String(), line+"\n")
			return found && strings.Contains(after, result)
		})
	}
	shows("watching; Ctrl-C ends it", "1 test: 1 passed")

	write(t, at("policies/many_test.rego"), watchedTest("2"))
	shows("changed: policies/many_test.rego", "1 test: 0 passed, 1 failed")
	write(t, at("policies/many_test.rego~"), watchedTest("1")) // an editor that puts another file in its place
	if err := os.Rename(at("policies/many_test.rego~"), at("policies/many_test.rego")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a run that passes", func() bool { return strings.Count(d.log.String(), "1 test: 1 passed") == 2 })

	write(t, at("data/limits.yaml"), "limits: {most: 50}\n")
	shows("changed: data/limits.yaml", "1 test: 0 passed, 1 failed")
	runs := strings.Count(d.log.String(), "1 test:")
	write(t, at("policies/cases.yaml"), "a: 1\n") // which a policy may read
	shows("new: policies/cases.yaml", "1 test: 0 passed, 1 failed")
	write(t, at("policies/README"), "of no interest\n")
	write(t, at("policies/deep/down/more.rego"), "package holdfast.more\n\nnonsense")
	shows("new: policies/deep/down/more.rego", "holdfast: policies/deep/down/more.rego:3:1: not valid Rego")
	if more := strings.Count(d.log.String(), "1 test:") - runs; more != 1 {
		t.Errorf("%d runs for one change that matters", more)
	}
	write(t, at("policies/deep/down/more.rego"), "package holdfast.more\n\nfine := true\n")
	shows("changed: policies/deep/down/more.rego", "1 test: 0 passed, 1 failed")
	if err := os.RemoveAll(at("policies/deep")); err != nil {
		t.Fatal(err)
	}
	shows("gone: policies/deep/down/more.rego", "1 test: 0 passed, 1 failed")
	if code := d.stop(os.Interrupt); code != exitBlocked {
		t.Errorf("exit code %d after a test that failed", code)
	}
}

func TestPolicyTestWatchesTheConfiguration(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	at := func(name string) string { return filepath.Join(s.folder, name) }
	write(t, at("holdfast.yaml"), "policies: {paths: [policies/]}\n")
	write(t, at("policies/many.rego"), strings.ReplaceAll(watchedPolicy, "data.limits.most", "5"))
	write(t, at("policies/many_test.rego"), watchedTest("1"))
	write(t, at("others/many.rego"), strings.ReplaceAll(watchedPolicy, "data.limits.most", "50"))
	write(t, at("others/many_test.rego"), watchedTest("1"))
	d := s.start("policy", "test", "--watch")
	waitFor := func(text string) {
		t.Helper()
		eventually(t, text, func() bool { return strings.Contains(d.log.String(), text) })
	}
	waitFor("1 test: 1 passed")
	write(t, at("holdfast.yaml"), "policies: [")
	waitFor("holdfast: holdfast.yaml:1")
	write(t, at("holdfast.yaml"), "policies: {paths: [others/]}\n")
	waitFor("1 test: 0 passed, 1 failed")
	write(t, at("others/many_test.rego"), watchedTest("0")) // below a folder that the first configuration did not name
	waitFor("\nchanged: others/many_test.rego\n1 test: 1 passed")
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d after tests that passed", code)
	}
}
