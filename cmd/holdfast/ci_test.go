package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// action is a composite action of GitHub.
type action struct {
	Inputs map[string]struct {
		Description string
		Default     string
	}
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

// step of a GitHub workflow or action.
type step struct {
	Name, ID, If, Uses, Shell, Run string
	Env, With                      map[string]string
}

const actionFile = "../../.github/actions/check/action.yml"

func readAction(t *testing.T) *action {
	t.Helper()
	content, err := os.ReadFile(actionFile)
	if err != nil {
		t.Fatal(err)
	}
	var a action
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return &a
}

var input = regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`)

// What a workflow passes in is never part of a script's text, and every input
// that is used is there.
func TestActionTakesNoTextIntoItsScripts(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("the action runs %+v", a.Runs)
	}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q has an expression in its script", s.Name)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %q names no shell, which a composite action must", s.Name)
		}
		for name, value := range s.Env {
			match := input.FindStringSubmatch(value)
			if match == nil {
				t.Errorf("step %q sets %s to %q", s.Name, name, value)
			} else if _, there := a.Inputs[match[1]]; !there {
				t.Errorf("step %q uses an input %s that is not there", s.Name, match[1])
			}
		}
	}
	for name := range a.Inputs {
		if content, err := os.ReadFile(actionFile); err != nil || !bytes.Contains(content, []byte("inputs."+name)) {
			t.Errorf("the input %s is used nowhere", name)
		}
	}
}

// runner is a machine on which GitHub would run the steps, with its files faked.
type runner struct {
	t    *testing.T
	site *site
	env  []string
	temp string
}

func newRunner(t *testing.T, s *site, env ...string) *runner {
	t.Helper()
	source, err := filepath.Abs(filepath.Dir(actionFile))
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{t: t, site: s, temp: filepath.Join(s.folder, "runner temp")}
	if err := os.MkdirAll(r.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"} {
		write(t, filepath.Join(r.temp, name), "")
		r.env = append(r.env, name+"="+filepath.Join(r.temp, name))
	}
	r.env = append(r.env, "RUNNER_TEMP="+r.temp, "GITHUB_ACTION_PATH="+source, "HOME="+s.folder, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"XDG_CACHE_HOME="+filepath.Join(s.folder, ".cache"))
	r.env = append(r.env, env...)
	return r
}

// file is what the steps wrote to one of GitHub's files.
func (r *runner) file(name string) string {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.temp, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

// run runs a step's script the way GitHub's runner does.
func (r *runner) run(s step, inputs map[string]string) (log string, code int) {
	r.t.Helper()
	env := slices.Clone(r.env)
	for name, value := range s.Env {
		env = append(env, name+"="+inputs[input.FindStringSubmatch(value)[1]])
	}
	return r.bash(s.Run, env)
}

func (r *runner) bash(script string, env []string) (log string, code int) {
	r.t.Helper()
	file := filepath.Join(r.temp, "script.sh")
	write(r.t, file, script)
	command := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", file)
	command.Dir, command.Env = r.site.repo, env
	out, err := command.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		r.t.Fatal(err)
	}
	return string(out), command.ProcessState.ExitCode()
}

// ciSite is a repository with a clean main branch, and a change on a branch of
// its own that brings a finding, beside one that was there before.
func ciSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t, "")
	write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies: {builtin: [security]}\n")
	write(t, filepath.Join(s.repo, "deploy", "old.yaml"), strings.ReplaceAll(readmePod, "name: web", "name: old"))
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "The shop")
	s.git("update-ref", "refs/remotes/origin/main", "HEAD")
	s.git("switch", "-q", "-c", "change")
	write(t, filepath.Join(s.repo, "deploy", "web.yaml"), readmePod)
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "Serve the web")
	return s
}

// onPath is a folder with the holdfast under test in it, before PATH.
func onPath(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "holdfast")); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// The check step of the action, run for a pull request and otherwise.
func TestActionChecks(t *testing.T) {
	t.Parallel()
	path := onPath(t)
	check := readAction(t).Runs.Steps[1]
	for _, test := range []struct {
		name    string
		env     string
		inputs  map[string]string
		code    int
		log     []string
		summary string
		results bool
	}{
		{"a pull request", "GITHUB_BASE_REF=main", nil, 1,
			[]string{"::error file=deploy/web.yaml,line=10,col=21,title=security/privileged (critical)::", "1 block, 1 existing", "::notice title=holdfast%3A Fail::"}, "### holdfast: fail", true},
		{"a push", "GITHUB_BASE_REF=", nil, 1, []string{"2 block", "file=deploy/old.yaml"}, "2 findings block", true},
		{"a base that is named", "GITHUB_BASE_REF=main", map[string]string{"base": "HEAD"}, 0, []string{"2 existing"}, "### holdfast: pass", true},
		{"no base", "GITHUB_BASE_REF=main", map[string]string{"base": "none"}, 1, []string{"2 block"}, "### holdfast: fail", true},
		{"paths and arguments", "GITHUB_BASE_REF=", map[string]string{"path": "deploy/web.yaml\r\nholdfast.yaml\n", "args": "--rule=dr/single-replica\n\n--allow-empty"}, 0,
			[]string{"2 resources, 1 rule"}, "2 resources judged by 1 rule", true},
		{"a mistake", "GITHUB_BASE_REF=", map[string]string{"path": "nowhere"}, 2,
			[]string{"::error title=mistake to mend first::nowhere"}, "### holdfast: fail", true},
		{"a base that is not there", "GITHUB_BASE_REF=gone", nil, 2, []string{"::error title=mistake to mend first::", "origin/gone"}, "### holdfast: fail", true},
		{"an argument that is none", "GITHUB_BASE_REF=", map[string]string{"args": "--no-such-flag"}, 2,
			[]string{"unknown flag: --no-such-flag", "::error title=holdfast::The check was not made: exit code 2."}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, ciSite(t), path, test.env)
			log, code := r.run(check, test.inputs)
			if code != test.code {
				t.Fatalf("exit code %d, want %d:\n%s", code, test.code, log)
			}
			for _, want := range test.log {
				if !strings.Contains(log, want) {
					t.Errorf("the log lacks %q:\n%s", want, log)
				}
			}
			if summary := r.file("GITHUB_STEP_SUMMARY"); !strings.Contains(summary, test.summary) {
				t.Errorf("the summary lacks %q:\n%s", test.summary, summary)
			}
			outputs := r.file("GITHUB_OUTPUT")
			if !strings.HasPrefix(outputs, fmt.Sprintf("exit-code=%d\n", test.code)) || strings.Contains(outputs, "sarif=") != test.results || strings.Contains(outputs, "markdown=") != test.results {
				t.Errorf("the outputs are %q", outputs)
			}
			for name := range readAction(t).Outputs {
				if !strings.Contains(outputs, name+"=") && test.results {
					t.Errorf("the output %s is not set", name)
				}
			}
		})
	}
}

// A pull request can call its branch, its files and its resources what it
// likes: nothing of it is run, and nothing of it is a command of the log.
func TestActionWithstandsNames(t *testing.T) {
	t.Parallel()
	check := readAction(t).Runs.Steps[1]
	s := ciSite(t)
	write(t, filepath.Join(s.repo, "deploy", "$(touch pwned); `touch pwned`.yaml"), strings.ReplaceAll(readmePod, "name: web",
		`name: "$(touch pwned)\n::error::mine\n##[add-path]mine"`))
	evil := "x --allow-empty * $(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned"
	r := newRunner(t, s, onPath(t), "GITHUB_BASE_REF="+evil)
	for _, inputs := range []map[string]string{
		{}, {"base": evil}, {"base": "none", "path": evil}, {"base": "none", "args": evil}, {"base": "none"}, {"base": "none", "path": "--policy=/etc"},
		{"base": "--config=/etc/passwd"}, {"base": "none", "path": "*\n$HOME"},
	} {
		log, code := r.run(check, inputs)
		if want := map[bool]int{true: 1, false: 2}[len(inputs) == 1 && inputs["base"] == "none"]; code != want {
			t.Errorf("%v: exit code %d, want %d:\n%s", inputs, code, want, log)
		}
		if named := inputs["base"] != "none" && !strings.HasPrefix(inputs["base"], "--") || inputs["path"]+inputs["args"] == evil; named && !strings.Contains(log, evil) {
			t.Errorf("%v: the name did not arrive whole:\n%s", inputs, log)
		}
		obeyed := regexp.MustCompile(`(?ms)^::stop-commands::([0-9a-f]{32})$.*?^::`).FindStringSubmatch(log)
		if obeyed == nil {
			t.Fatalf("the runner is not told to stop:\n%s", log)
		}
		_, after, found := strings.Cut(log, "\n::"+obeyed[1]+"::\n")
		if !found {
			t.Fatalf("the runner is not told to go on:\n%s", log)
		}
		for line := range strings.Lines(after) {
			if strings.HasPrefix(line, "::error::") || strings.Contains(line, "##[") && !strings.HasPrefix(line, "::") {
				t.Errorf("%v: the runner would obey %q", inputs, line)
			}
		}
	}
	if matches, err := filepath.Glob(filepath.Join(s.repo, "pwned*")); err != nil || len(matches) > 0 {
		t.Errorf("something was run: %v %v", matches, err)
	}
	for line := range strings.Lines(r.file("GITHUB_OUTPUT")) {
		if name, _, ok := strings.Cut(line, "="); !ok || !slices.Contains([]string{"exit-code", "sarif", "markdown"}, name) {
			t.Errorf("an output %q", line)
		}
	}
}

// The install step takes the holdfast that is there, builds the one of the
// action, or installs a release.
func TestActionInstalls(t *testing.T) {
	t.Parallel()
	install := readAction(t).Runs.Steps[0]
	t.Run("from PATH", func(t *testing.T) {
		t.Parallel()
		r := newRunner(t, newSite(t, ""), onPath(t))
		if log, code := r.run(install, nil); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, log)
		}
		if built, err := filepath.Glob(filepath.Join(r.temp, "holdfast", "bin", "*")); err != nil || len(built) > 0 {
			t.Errorf("it built %v %v", built, err)
		}
	})
	t.Run("no release", func(t *testing.T) {
		t.Parallel()
		r := newRunner(t, newSite(t, ""), onPath(t))
		for _, version := range []string{"latest", "v1", "v1.2.3;touch pwned", "v1.2.3\n", "-v1.2.3", "v1.2.3 -toolexec=x"} {
			if log, code := r.run(install, map[string]string{"version": version}); code != 2 || !strings.Contains(log, "::error title=holdfast::") {
				t.Errorf("%q: exit code %d:\n%s", version, code, log)
			}
		}
	})
	t.Run("a release", func(t *testing.T) {
		t.Parallel()
		// What Go does with it is Go's; here it is what Go is asked for.
		bin := t.TempDir()
		write(t, filepath.Join(bin, "go"), "#!/bin/sh\necho \"$GOBIN|$*\"\n")
		if err := os.Chmod(filepath.Join(bin, "go"), 0o755); err != nil {
			t.Fatal(err)
		}
		r := newRunner(t, newSite(t, ""), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		log, code := r.run(install, map[string]string{"version": "v0.1.0-rc.1"})
		where := filepath.Join(r.temp, "holdfast", "bin")
		if want := where + "|install -trimpath github.com/holdfast-dev/holdfast/cmd/holdfast@v0.1.0-rc.1\n"; code != 0 || log != want {
			t.Errorf("exit code %d: %q, want %q", code, log, want)
		}
		if r.file("GITHUB_PATH") != where+"\n" {
			t.Errorf("PATH is given %q", r.file("GITHUB_PATH"))
		}
	})
	t.Run("from source", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("it builds the program")
		}
		r := newRunner(t, newSite(t, ""), "PATH="+withoutHoldfast(), "GOFLAGS=-buildvcs=false", "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))
		if log, code := r.run(install, nil); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, log)
		}
		built := strings.TrimSpace(r.file("GITHUB_PATH")) + "/holdfast"
		if out, err := exec.Command(built, "version").CombinedOutput(); err != nil || !bytes.HasPrefix(out, []byte("holdfast ")) {
			t.Errorf("%s: %v\n%s", built, err, out)
		}
	})
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// withoutHoldfast is PATH without the folders that hold a holdfast.
func withoutHoldfast() string {
	return strings.Join(slices.DeleteFunc(filepath.SplitList(os.Getenv("PATH")), func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "holdfast"))
		return err == nil
	}), string(filepath.ListSeparator))
}
