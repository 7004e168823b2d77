package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// site is a Git repository, a machine's root that it is about, and the
// operator's file between them: all real.
type site struct {
	t                          *testing.T
	repo, root, config, folder string
}

// oneTarget is the operator's file of most tests.
const oneTarget = `
targets:
  - name: web
    driver: host
    path: web
    mode: apply
    prune: true
    settings: {root: ROOT}
`

func newSite(t *testing.T, operator string) *site {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, repo: filepath.Join(dir, "repo"), root: filepath.Join(dir, "root"), config: filepath.Join(dir, "operator.yaml"), folder: dir}
	if err := os.MkdirAll(s.root, 0o755); err != nil {
		t.Fatal(err)
	}
	s.git("init", "-q", "-b", "main", s.repo)
	s.configure(operator)
	return s
}

// configure writes the operator's file; ROOT and FOLDER stand for the folders of the site.
func (s *site) configure(operator string) {
	s.t.Helper()
	text := fmt.Sprintf("source: {git: {url: %s, branch: main}}\nstate: %s\nserver: {listen: \"off\"}\n", s.repo, filepath.Join(s.folder, "state.db"))
	text += strings.NewReplacer("ROOT", s.root, "FOLDER", s.folder).Replace(operator)
	write(s.t, s.config, text)
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *site) git(args ...string) string {
	s.t.Helper()
	command := exec.Command("git", args...)
	if _, err := os.Stat(s.repo); err == nil {
		command.Dir = s.repo
	}
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	out, err := command.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes the files, nil-like "" taking one away, and commits all.
func (s *site) commit(files map[string]string) string {
	s.t.Helper()
	for name, content := range files {
		full := filepath.Join(s.repo, name)
		if content == "" {
			if err := os.RemoveAll(full); err != nil {
				s.t.Fatal(err)
			}
			continue
		}
		write(s.t, full, content)
	}
	s.git("add", "-A")
	s.git("commit", "-q", "--allow-empty", "-m", "change")
	return s.git("rev-parse", "HEAD")
}

// aFile is a File resource with the content; the path is /NAME.
func aFile(name, content string, more ...string) string {
	return fmt.Sprintf("apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata:\n  name: %s\n%s\nspec:\n  path: /%s\n  content: %q\n",
		name, strings.Join(more, "\n"), name, content)
}

// session is a site's engine as one process has it.
type session struct {
	*engine
	s      *site
	mu     sync.Mutex
	events []reconcile.Event
}

func (s *site) open() *session {
	s.t.Helper()
	p := &session{s: s}
	c, err := loadConfig(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	p.engine, err = newEngine(s.t.Context(), c, engineOptions{logger: slog.New(slog.DiscardHandler), events: func(e reconcile.Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.events = append(p.events, e)
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// pass makes one pass in a process of its own, as `run --once` does.
func (s *site) pass() *reconcile.Result {
	s.t.Helper()
	p := s.open()
	defer p.close()
	return p.pass()
}

func (p *session) close() {
	p.s.t.Helper()
	if err := p.Close(); err != nil {
		p.s.t.Error(err)
	}
}

func (p *session) pass() *reconcile.Result {
	p.s.t.Helper()
	result, err := p.Pass(context.WithoutCancel(p.s.t.Context()), reconcile.PassOptions{})
	if err != nil {
		p.s.t.Fatal(err)
	}
	return result
}

// run is the run of the only target, or of the one named.
func only(t *testing.T, result *reconcile.Result, target string) reconcile.Run {
	t.Helper()
	for _, run := range result.Runs {
		if run.Target == target {
			return run
		}
	}
	t.Fatalf("no run of target %s: %+v", target, result)
	return reconcile.Run{}
}

// expect asserts a run's outcome and the state of its changes, as "File a applied".
func expect(t *testing.T, run reconcile.Run, outcome reconcile.Outcome, changes ...string) {
	t.Helper()
	var got []string
	for _, c := range run.Changes {
		got = append(got, fmt.Sprintf("%s %s %s", c.Action, c.Resource.Name, c.State))
	}
	if run.Outcome != outcome || strings.Join(got, ", ") != strings.Join(changes, ", ") {
		t.Errorf("target %s: %s (%s) with %v\nwant %s with %v", run.Target, run.Outcome, run.Message, got, outcome, changes)
		for _, c := range run.Changes {
			t.Logf("%s %s: %s %s", c.Action, c.Resource.Name, c.State, c.Reason)
		}
		for _, f := range run.Findings {
			t.Logf("finding %s: %s", f.Rule, f.Msg)
		}
	}
}

// files asserts what is on the machine, by path below the root; holdfast's own folder is left out.
func (s *site) files(want map[string]string) {
	s.t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(s.root, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".holdfast" {
			return filepath.SkipDir
		}
		if entry.IsDir() {
			return nil
		}
		content, err := os.ReadFile(name)
		relative, _ := filepath.Rel(s.root, name)
		got[relative] = string(content)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for name, content := range want {
		if got[name] != content {
			s.t.Errorf("%s holds %q, want %q", name, got[name], content)
		}
		delete(got, name)
	}
	for name := range got {
		s.t.Errorf("%s is there and should not be", name)
	}
}
