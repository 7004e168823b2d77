package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// documentedWorkflow is a GitHub workflow of the documentation: its use of the action is
// one that the action allows.
func documentedWorkflow(t *testing.T, _ string, content []byte) error {
	var workflow struct {
		On          any
		Permissions map[string]string
		Jobs        map[string]struct {
			Steps []step
		}
	}
	if err := yaml.Unmarshal(content, &workflow); err != nil {
		return err
	}
	a, uses := readAction(t), 0
	for _, job := range workflow.Jobs {
		for _, s := range job.Steps {
			within, ours := strings.CutPrefix(s.Uses, "holdfast-dev/holdfast/")
			if !ours {
				continue
			}
			uses++
			folder, _, _ := strings.Cut(within, "@")
			if _, err := os.Stat(filepath.Join("..", "..", folder, "action.yml")); err != nil {
				return err
			}
			for name := range s.With {
				if _, there := a.Inputs[name]; !there {
					return fmt.Errorf("the action has no input %s", name)
				}
			}
			if s.With["upload-sarif"] == "true" && workflow.Permissions["security-events"] != "write" {
				return errors.New("the findings could not be uploaded")
			}
		}
	}
	if uses != 1 {
		return fmt.Errorf("the action is used %d times", uses)
	}
	return nil
}

// documentedStep is a step of the documentation: like those of the action.
func documentedStep(t *testing.T, _ string, content []byte) error {
	var steps []step
	if err := yaml.Unmarshal(content, &steps); err != nil {
		return err
	}
	outputs := readAction(t).Outputs
	for _, s := range steps {
		if strings.Contains(s.Run, "${{") || (s.Run == "") == (s.Uses == "") {
			return fmt.Errorf("the step is %+v", s)
		}
		for _, value := range s.Env {
			if name, ok := strings.CutPrefix(value, "${{ steps.holdfast.outputs."); ok {
				if _, there := outputs[strings.TrimSuffix(name, " }}")]; !there {
					return fmt.Errorf("the action has no output %s", name)
				}
			}
		}
	}
	return nil
}

// documentedJob is a job of GitLab: its script is run for a merge request and
// for the default branch, and leaves the reports that the job declares.
func documentedJob(t *testing.T, _ string, content []byte) error {
	var jobs map[string]struct {
		Variables    map[string]string
		BeforeScript []string `yaml:"before_script"`
		Script       []string
		Cache        struct{ Paths []string }
		Artifacts    struct {
			When    string
			Reports map[string]string
		}
	}
	if err := yaml.Unmarshal(content, &jobs); err != nil {
		return err
	}
	job := jobs["holdfast"]
	if job.Artifacts.When != "always" || len(job.Artifacts.Reports) != 2 || job.Variables["GIT_DEPTH"] != "0" {
		return fmt.Errorf("the job is %+v", job)
	}
	s := ciSite(t)
	for _, test := range []struct{ base, want, not string }{
		{s.git("rev-parse", "origin/main"), "1 block, 1 existing", "2 block"}, {"", "2 block", "existing"},
	} {
		r := newRunner(t, s, onPath(t), "CI_MERGE_REQUEST_DIFF_BASE_SHA="+test.base)
		for name, value := range job.Variables {
			r.env = append(r.env, name+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", s.repo))
		}
		log, code := r.bash(strings.Join(job.Script, "\n"), r.env)
		if code != 1 || !strings.Contains(log, test.want) || strings.Contains(log, test.not) {
			return fmt.Errorf("exit code %d:\n%s", code, log)
		}
		for _, kept := range job.Cache.Paths {
			if entries, err := os.ReadDir(filepath.Join(s.repo, kept)); err != nil || len(entries) == 0 {
				return fmt.Errorf("nothing is kept in %s: %w", kept, err)
			}
		}
		for _, report := range job.Artifacts.Reports {
			name := filepath.Join(s.repo, report)
			if content, err := os.ReadFile(name); err != nil || !bytes.Contains(content, []byte("security/privileged")) {
				return fmt.Errorf("%s: %w\n%s", report, err, content)
			}
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// hook is one of .pre-commit-hooks.yaml.
type hook struct {
	ID, Name, Description, Entry, Language string
	Args                                   []string
	PassFilenames                          *bool `yaml:"pass_filenames"`
}

func hooks(t *testing.T) []hook {
	t.Helper()
	content, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []hook
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// documentedHooks is a .pre-commit-config.yaml whose hooks are there.
func documentedHooks(t *testing.T, _ string, content []byte) error {
	var config struct {
		Repos []struct {
			Repo, Rev string
			Hooks     []struct{ ID string }
		}
	}
	if err := yaml.Unmarshal(content, &config); err != nil {
		return err
	}
	for _, repo := range config.Repos {
		for _, used := range repo.Hooks {
			if !slices.ContainsFunc(hooks(t), func(h hook) bool { return h.ID == used.ID }) {
				return fmt.Errorf("there is no hook %s", used.ID)
			}
		}
	}
	return nil
}

// The hook, run as pre-commit runs it: the entry's words, the arguments, no
// file names, in the repository's root, with the work tree as it is staged.
func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	for _, h := range hooks(t) {
		if h.Language != "golang" || h.PassFilenames == nil || *h.PassFilenames {
			t.Fatalf("the hook is %+v", h)
		}
		words := append(strings.Fields(h.Entry), h.Args...)
		s := ciSite(t)
		if out, errs, code := s.holdfast(words[1:]...); words[0] != "holdfast" || code != 0 {
			t.Errorf("%v on a commit that brings nothing: exit code %d\n%s%s", words, code, out, errs)
		}
		write(t, filepath.Join(s.repo, "deploy", "new.yaml"), strings.ReplaceAll(readmePod, "name: web", "name: new"))
		s.git("add", "-A")
		if out, errs, code := s.holdfast(words[1:]...); code != 1 || !strings.Contains(out, "Pod new") || strings.Contains(out, "Pod old") {
			t.Errorf("%v on a commit that brings a finding: exit code %d\n%s%s", words, code, out, errs)
		}
		if out, errs, code := s.holdfast(strings.Fields(h.Entry)[1:]...); code != 1 || !strings.Contains(out, "Pod old") {
			t.Errorf("with args: []: exit code %d\n%s%s", code, out, errs)
		}
	}
}

// pre-commit installs a hook in Go by `go install ./...` in its repository,
// which must give the program that the entry names, and no other.
func TestPreCommitInstallsHoldfastAlone(t *testing.T) {
	list := exec.Command("go", "list", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "./...")
	list.Dir = filepath.Join("..", "..")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	programs := strings.Fields(string(out))
	if want := []string{module + "cmd/holdfast"}; !slices.Equal(programs, want) {
		t.Errorf("the programs are %v, want %v", programs, want)
	}
}
