package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// realConftest builds the conftest that the benchmarks run, once for each
// version of it, and skips the test where that cannot be done.
func realConftest(t *testing.T) string {
	module, err := filepath.Abs(filepath.Join("..", "..", "testdata", "bench", "conftest"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	version := sha256.Sum256(sums)
	program := filepath.Join(cache, "holdfast-tests", "conftest-"+hex.EncodeToString(version[:8]))
	if _, err := os.Stat(program); err == nil {
		return program
	}
	building := filepath.Join(t.TempDir(), "conftest")
	build := exec.Command("go", "build", "-o", building, "github.com/open-policy-agent/conftest")
	build.Dir = module
	if output, err := build.CombinedOutput(); err != nil {
		t.Skipf("conftest cannot be built here: %v\n%s", err, output)
	}
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err == nil && os.Rename(building, program) == nil {
		return program
	}
	return building
}

// outcome is what one of the two tools says of one file. Exceptions have the
// name by which they call the rule, and no message.
type outcome struct{ File, Namespace, Rule, Kind, Msg string }

// TestConftestPoliciesGiveWhatConftestGives runs both on the same policies and
// files. The archives in testdata/conftest have "args:" for both, "theirs:"
// for conftest alone, and "paths:" to look at instead of files.
func TestConftestPoliciesGiveWhatConftestGives(t *testing.T) {
	conftest := realConftest(t)
	archives, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conftest", "*.txtar"))
	if err != nil || len(archives) < 12 {
		t.Fatal(len(archives), err)
	}
	for i, name := range archives {
		if archives[i], err = filepath.Abs(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := txtar.Write(archive, "."); err != nil {
				t.Fatal(err)
			}
			said := regexp.MustCompile(`(?m)^(\w+): (.*)$`).FindAllStringSubmatch(string(archive.Comment), -1)
			words := map[string][]string{"paths": {"files"}}
			for _, line := range said {
				words[line[1]] = strings.Fields(line[2])
			}
			if !slices.Contains(words["args"], "--namespace") {
				words["theirs"] = append(words["theirs"], "--all-namespaces")
			}
			theirs := theirOutcomes(t, conftest, slices.Concat(words["args"], words["theirs"], words["paths"]))
			ours := ourOutcomes(t, slices.Concat(words["args"], words["paths"]))
			if len(theirs) == 0 {
				t.Error("conftest finds nothing, so nothing is compared")
			}
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("conftest (-) and holdfast (+) differ:\n%s", diff)
			}
		})
	}
}

func theirOutcomes(t *testing.T, program string, args []string) []outcome {
	command := exec.Command(program, slices.Concat([]string{"test", "--no-fail", "--policy", "policy", "--output", "json"}, args)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("conftest: %v\n%s%s", err, output, stderr.String())
	}
	type result struct {
		Msg      string
		Metadata struct{ Query string }
	}
	var files []struct {
		Filename, Namespace            string
		Failures, Warnings, Exceptions []result
	}
	if err := json.Unmarshal(output, &files); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	var outcomes []outcome
	for _, file := range files {
		for kind, results := range map[string][]result{"deny": file.Failures, "warn": file.Warnings} {
			for _, r := range results {
				rule := strings.TrimPrefix(r.Metadata.Query, "data."+file.Namespace+".")
				outcomes = append(outcomes, outcome{file.Filename, file.Namespace, rule, kind, r.Msg})
			}
		}
		for _, r := range file.Exceptions {
			_, name, _ := strings.Cut(r.Msg, " == ")
			outcomes = append(outcomes, outcome{file.Filename, file.Namespace, strings.Trim(name, `"`), "exception", ""})
		}
	}
	return sorted(outcomes)
}

var exceptionName = regexp.MustCompile(`^(violation|deny|warn)_?`)

func ourOutcomes(t *testing.T, args []string) []outcome {
	var stdout bytes.Buffer
	code := run(t.Context(), slices.Concat([]string{"check", "--no-builtin", "--no-cache", "--policy", "policy", "--format", "json"}, args), &stdout, io.Discard)
	var report struct {
		Findings []struct {
			Rule, Policy, Decision, Msg string
			Location                    struct{ File string }
			Waived                      *struct{ By string }
		}
		Errors []any
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil || code > exitBlocked || len(report.Errors) > 0 {
		t.Fatalf("exit code %d, %v: %s", code, err, stdout.String())
	}
	var outcomes []outcome
	for _, f := range report.Findings {
		o := outcome{f.Location.File, f.Policy, strings.TrimPrefix(f.Rule, f.Policy+"."), f.Decision, f.Msg}
		if o.File == "" {
			o.File = "Combined"
		}
		if f.Waived != nil {
			o.Rule, o.Kind, o.Msg = exceptionName.ReplaceAllString(o.Rule, ""), f.Waived.By, ""
		}
		outcomes = append(outcomes, o)
	}
	return sorted(outcomes)
}

func sorted(outcomes []outcome) []outcome {
	key := func(o outcome) string {
		return strings.Join([]string{o.File, o.Namespace, o.Rule, o.Kind, o.Msg}, "\x00")
	}
	slices.SortFunc(outcomes, func(a, b outcome) int { return strings.Compare(key(a), key(b)) })
	// conftest tells each way to an exception, and not what is excepted.
	return slices.CompactFunc(outcomes, func(a, b outcome) bool { return a == b && a.Kind == "exception" })
}
