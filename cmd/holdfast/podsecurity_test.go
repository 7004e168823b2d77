package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// podSecurityRules are the rules that may find what each check of Pod Security
// Admission finds. Where restricted is stricter than baseline, its rule leaves
// to baseline's what that finds already.
var podSecurityRules = map[string][]string{
	"allowprivilegeescalation":   {"security/privilege-escalation"},
	"apparmorprofile":            {"security/apparmor"},
	"capabilities_baseline":      {"security/capabilities"},
	"capabilities_restricted":    {"security/capabilities-drop"},
	"hostnamespaces":             {"security/host-namespaces"},
	"hostpathvolumes":            {"security/host-path"},
	"hostports":                  {"security/host-ports"},
	"hostprobesandhostlifecycle": {"security/host-probes"},
	"privileged":                 {"security/privileged"},
	"procmount":                  {"security/proc-mount"},
	"procmount_restricted":       {"security/proc-mount", "security/proc-mount-restricted"},
	"restrictedvolumes":          {"security/volume-types", "security/host-path"},
	"runasnonroot":               {"security/run-as-non-root"},
	"runasuser":                  {"security/run-as-root-user"},
	"seccompprofile_baseline":    {"security/seccomp"},
	"seccompprofile_restricted":  {"security/seccomp-required", "security/seccomp"},
	"selinuxoptions":             {"security/selinux"},
	"sysctls":                    {"security/sysctls"},
	"windowshostprocess":         {"security/host-process"},
}

// podSecurityVersions are minor versions with which the standards changed, some
// just before, and the latest.
var podSecurityVersions = []int{0, 7, 8, 18, 19, 22, 24, 25, 27, 29, 31, 32, 34, 35, 37}

// podSecurityFixtures is the folder of the pods that Pod Security Admission is
// tested with: level/version/pass|fail/check0.yaml.
func podSecurityFixtures(t *testing.T) string {
	download := exec.Command("go", "mod", "download", "-json", "k8s.io/pod-security-admission")
	download.Dir = filepath.Join("..", "..", "testdata", "pss")
	output, err := download.Output()
	var module struct{ Dir string }
	if err != nil || json.Unmarshal(output, &module) != nil {
		t.Skipf("the module cannot be had here: %v\n%s", err, output)
	}
	return filepath.Join(module.Dir, "test", "testdata")
}

// foundIn is the rules that find something in each file below dir.
func foundIn(t *testing.T, dir, level, version string) map[string][]string {
	config := filepath.Join(t.TempDir(), "holdfast.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "policies:\n  params: {pod_security_version: %s}\n", version), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	code := run(t.Context(), []string{"check", dir, "--config", config, "--control", "pss/" + level, "--no-cache", "--format", "json"}, &stdout, io.Discard)
	var report struct {
		Findings []struct {
			Rule, Decision string
			Location       struct{ File string }
		}
		Errors []any
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil || code > exitBlocked || len(report.Errors) > 0 {
		t.Fatalf("exit code %d, %v: %s", code, err, stdout.String())
	}
	found := map[string][]string{}
	for _, f := range report.Findings {
		found[f.Location.File] = append(found[f.Location.File], f.Rule)
		if f.Decision != "deny" {
			t.Errorf("%s only warns", f.Rule)
		}
	}
	return found
}

var fixtureNumber = regexp.MustCompile(`(?:_(?:linux|windows))?[0-9]*\.yaml$`)

// TestPodSecurityAdmissionAgrees judges each of its fixtures at the level and
// version that they are for.
func TestPodSecurityAdmissionAgrees(t *testing.T) {
	fixtures := podSecurityFixtures(t)
	for _, level := range []string{"baseline", "restricted"} {
		for _, minor := range podSecurityVersions {
			version := fmt.Sprintf("v1.%d", minor)
			dir := filepath.Join(fixtures, level, version)
			t.Run(level+" "+version, func(t *testing.T) {
				compareFixtures(t, dir, foundIn(t, dir, level, version))
			})
		}
		t.Run(level+" latest", func(t *testing.T) {
			dir := filepath.Join(fixtures, level, fmt.Sprintf("v1.%d", slices.Max(podSecurityVersions)))
			compareFixtures(t, dir, foundIn(t, dir, level, "latest"))
		})
	}
}

func compareFixtures(t *testing.T, dir string, found map[string][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.yaml"))
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		name := filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file))
		check := fixtureNumber.ReplaceAllString(filepath.Base(file), "")
		switch rules := found[file]; {
		case strings.HasPrefix(name, "pass"):
			if len(rules) > 0 {
				t.Errorf("%s: found by %v", name, rules)
			}
		case !slices.ContainsFunc(podSecurityRules[check], func(r string) bool { return slices.Contains(rules, r) }):
			t.Errorf("%s: found by %v, not by one of %v", name, rules, podSecurityRules[check])
		}
	}
}

// TestPodSecurityOfWorkloads puts each fixture into each kind that makes pods.
func TestPodSecurityOfWorkloads(t *testing.T) {
	fixtures := podSecurityFixtures(t)
	type object = map[string]any
	kinds := map[string]func(pod object) object{
		"v1 PodTemplate":           func(pod object) object { return object{"template": pod} },
		"v1 ReplicationController": func(pod object) object { return object{"spec": object{"template": pod}} },
		"apps/v1 Deployment":       func(pod object) object { return object{"spec": object{"template": pod}} },
		"apps/v1 StatefulSet":      func(pod object) object { return object{"spec": object{"template": pod}} },
		"apps/v1 DaemonSet":        func(pod object) object { return object{"spec": object{"template": pod}} },
		"apps/v1 ReplicaSet":       func(pod object) object { return object{"spec": object{"template": pod}} },
		"batch/v1 Job":             func(pod object) object { return object{"spec": object{"template": pod}} },
		"batch/v1 CronJob": func(pod object) object {
			return object{"spec": object{"jobTemplate": object{"spec": object{"template": pod}}}}
		},
	}
	for _, level := range []string{"baseline", "restricted"} {
		files, err := filepath.Glob(filepath.Join(fixtures, level, "v1.37", "*", "*.yaml"))
		if err != nil || len(files) < 40 {
			t.Fatal(len(files), err)
		}
		work := t.TempDir()
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var pod object
			if err := yaml.Unmarshal(text, &pod); err != nil {
				t.Fatal(err)
			}
			for id, wrap := range kinds {
				apiVersion, kind, _ := strings.Cut(id, " ")
				workload := wrap(object{"metadata": pod["metadata"], "spec": pod["spec"]})
				workload["apiVersion"], workload["kind"], workload["metadata"] = apiVersion, kind, object{"name": "web"}
				text, err := yaml.Marshal(workload)
				if err != nil {
					t.Fatal(err)
				}
				to := filepath.Join(work, kind, filepath.Base(filepath.Dir(file)), filepath.Base(file))
				if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(to, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		found := foundIn(t, work, level, "latest")
		for id := range kinds {
			_, kind, _ := strings.Cut(id, " ")
			t.Run(level+" "+kind, func(t *testing.T) { compareFixtures(t, filepath.Join(work, kind), found) })
		}
	}
}
