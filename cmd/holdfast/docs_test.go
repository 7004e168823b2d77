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

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
)

// block is a piece of code in a page, with the line it begins at. Info is what
// stands after the fence: "yaml waivers"; an indented block has none.
type block struct {
	info, text string
	line       int
}

// page is a page of the documentation, taken apart.
type page struct {
	name   string
	text   string
	blocks []block
}

var codeSpan = regexp.MustCompile("`(holdfast [^`]+)`")

// pages are README.md and docs/*.md.
func pages(t *testing.T) []page {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no docs: %v", err)
	}
	var all []page
	for _, name := range append([]string{filepath.Join("..", "..", "README.md")}, names...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page{name, string(content), blocksOf(string(content))})
	}
	return all
}

func blocksOf(markdown string) []block {
	var all []block
	var open *block
	fenced, blank := false, true
	for i, line := range strings.Split(markdown, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		code, indented := strings.CutPrefix(line, "    ")
		switch {
		case fence && fenced:
			all, open, fenced = append(all, *open), nil, false
		case fence:
			open, fenced = &block{info: info, line: i + 2}, true
		case fenced:
			open.text += line + "\n"
		case indented && (open != nil || blank):
			if open == nil {
				open = &block{line: i + 1}
			}
			open.text += code + "\n"
		case open != nil:
			all, open = append(all, *open), nil
		}
		blank = line == ""
	}
	return all
}

// commands are the command lines of the page: those of indented blocks, and
// those in running text that are whole.
func (p *page) commands() []string {
	var all []string
	for _, b := range p.blocks {
		for line := range strings.Lines(b.text) {
			if line = strings.TrimSpace(line); b.info == "" && strings.HasPrefix(line, "holdfast ") {
				all = append(all, line)
			}
		}
	}
	for _, span := range codeSpan.FindAllStringSubmatch(p.text, -1) {
		if command := span[1]; !strings.HasSuffix(command, " --base") && !slices.Contains(all, command) {
			all = append(all, command)
		}
	}
	return all
}

// documented are the blocks of all pages with the given info.
func documented(t *testing.T, info string) []block {
	t.Helper()
	var all []block
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.info == info {
				all = append(all, b)
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("no page has a block %q", info)
	}
	return all
}

// The repository in which the documented commands are run.
const (
	documentedConfig = `
policies: {paths: [policies/]}
targets:
  - {name: web, driver: host, path: deploy, mode: apply, settings: {root: ROOT}}
`
	documentedResource = `
apiVersion: host.holdfast.dev/v1
kind: File
metadata: {name: motd}
spec: {path: /motd, content: "Welcome", mode: "0644"}
`
)

// documentedApps are what others were told to keep.
const documentedApps = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec: {path: repo/deploy, interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: repo}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {source: {repoURL: "https://git.example.com/acme/infra.git", path: repo/deploy}, destination: {name: in-cluster, namespace: web}}
`

// documentedSuite tests the documented constraint.
const documentedSuite = `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
  - name: labels
    template: template.yaml
    constraint: constraint.yaml
    cases:
      - {name: without, object: ../policies/samples/web.yaml, assertions: [{violations: 1, message: ^the label owner is missing$}]}
`

func documentedSite(t *testing.T) *site {
	s := newSite(t, "")
	write(t, filepath.Join(s.repo, "holdfast.yaml"), strings.ReplaceAll(documentedConfig, "ROOT", s.root))
	write(t, filepath.Join(s.repo, "deploy", "motd.yaml"), documentedResource)
	write(t, filepath.Join(s.repo, "infra", "main.tf"), "resource \"terraform_data\" \"release\" {\n  input = \"1.0\"\n}\n")
	write(t, filepath.Join(s.repo, "policies", "orders_owner.rego"), documented(t, "rego")[0].text)
	write(t, filepath.Join(s.repo, "policies", "orders_owner_test.rego"), documented(t, "rego test")[0].text)
	template, constraint, _ := strings.Cut(documented(t, "yaml gatekeeper")[0].text, "---\n")
	write(t, filepath.Join(s.repo, "gatekeeper", "template.yaml"), template)
	write(t, filepath.Join(s.repo, "gatekeeper", "constraint.yaml"), constraint)
	write(t, filepath.Join(s.repo, "gatekeeper", "suite.yaml"), documentedSuite)
	write(t, filepath.Join(s.repo, "policies", "samples", "web.yaml"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n")
	write(t, filepath.Join(s.repo, "vendor", "base.tar.gz"), string(tarball(t, map[string]string{
		"plain.rego":      "package holdfast.acme.plain\n\ndeny contains {\"msg\": \"no devices\"} if input.resource.kind == \"Device\"\n",
		"plain_test.rego": "package holdfast.acme.plain_test\n\nimport data.holdfast.acme.plain\n\ntest_files if count(plain.deny) == 0 with input as {\"resource\": {\"kind\": \"File\"}}\n",
	})))
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "As documented")
	s.git("update-ref", "refs/remotes/origin/main", "HEAD")
	return s
}

// holdfast runs a command line in the repository, as its user would.
func (s *site) holdfast(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	var out, errs bytes.Buffer
	command := exec.Cmd{
		Path: self, Args: append([]string{"holdfast"}, args...), Dir: s.repo, Stdout: &out, Stderr: &errs,
		Env: append(os.Environ(), "HOME="+s.folder, "XDG_STATE_HOME="+filepath.Join(s.folder, ".state"), "NO_COLOR=1"),
	}
	if err := command.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		s.t.Fatal(err)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

// Every command line of the documentation works, word for word.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		commands := p.commands()
		if len(commands) == 0 {
			continue
		}
		t.Run(filepath.Base(p.name), func(t *testing.T) {
			t.Parallel()
			s := documentedSite(t)
			if out, errs, code := s.holdfast("apply"); code != 0 {
				t.Fatalf("apply: exit code %d\n%s%s", code, out, errs)
			}
			for _, line := range commands {
				args := strings.Fields(line)[1:]
				for i := range args { // not everybody may write to /etc
					args[i] = strings.TrimPrefix(args[i], "/etc/holdfast/")
				}
				switch args[0] {
				case "run": // it would go on
					args = append(args, "--once")
				case "init": // it writes no file over another
					args = append(args, s.folder)
					write(t, filepath.Join(s.folder, "old", "apps.yaml"), documentedApps)
					if err := os.RemoveAll(filepath.Join(s.folder, "holdfast.yaml")); err != nil {
						t.Fatal(err)
					}
				}
				if out, errs, code := s.holdfast(args...); code != 0 {
					t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
				}
			}
		})
	}
}

// The files that the documentation shows are accepted by what reads them.
func TestDocumentedFiles(t *testing.T) {
	t.Parallel()
	readers := map[string]func(t *testing.T, name string, content []byte) error{
		"yaml operator":   parsesAs(config.Operator),
		"yaml repository": parsesAs(config.Repository),
		"yaml waivers": func(_ *testing.T, name string, content []byte) error {
			_, err := config.ParseWaivers(name, content)
			return err
		},
		"yaml approvals": func(_ *testing.T, name string, content []byte) error {
			_, err := config.ParseApprovals(name, content)
			return err
		},
		"yaml github":      documentedWorkflow,
		"yaml github-step": documentedStep,
		"yaml gitlab":      documentedJob,
		"yaml pre-commit":  documentedHooks,
		"yaml resource":    judged("deploy/documented.yaml"),
		"yaml gatekeeper":  judged("policies/documented.yaml"),
		"dockerfile":       judged("deploy/Dockerfile"),
		"sh":               shell,
		"rego":             judged("policies/documented.rego"),
		"rego test":        tested("orders_owner_test.rego"),
	}
	for _, p := range pages(t) {
		if filepath.Base(p.name) == libraryPage {
			continue // its examples are those of the rules' tests, and judged there
		}
		for _, b := range p.blocks {
			read, known := readers[b.info]
			if !known {
				if b.info != "" {
					t.Errorf("%s:%d: no test reads blocks of %q", p.name, b.line, b.info)
				}
				continue
			}
			if err := read(t, filepath.Base(p.name), []byte(b.text)); err != nil {
				t.Errorf("%s:%d: %v", p.name, b.line, err)
			}
		}
	}
	for info := range readers {
		documented(t, info)
	}
}

func parsesAs(role config.Role) func(*testing.T, string, []byte) error {
	return func(t *testing.T, name string, content []byte) error {
		_, err := config.Parse(name, content, config.ParseOptions{Role: role, Drivers: builtinDrivers(), Dir: t.TempDir()})
		return err
	}
}

// judged puts the content into a repository in the given place and checks it,
// so that the driver validates resources and the engine compiles rules.
func judged(place string) func(*testing.T, string, []byte) error {
	return func(t *testing.T, _ string, content []byte) error {
		s := documentedSite(t)
		if filepath.Ext(place) == ".rego" {
			if err := os.RemoveAll(filepath.Join(s.repo, "policies")); err != nil {
				return err
			}
		}
		write(t, filepath.Join(s.repo, place), string(content))
		if out, errs, code := s.holdfast("check"); code != 0 {
			return errors.New(out + errs)
		}
		return nil
	}
}

// shell wants every command of holdfast that something is piped into to be one that there is.
func shell(t *testing.T, _ string, content []byte) error {
	s := documentedSite(t)
	for line := range strings.Lines(string(content)) {
		_, command, piped := strings.Cut(strings.TrimSpace(line), " | holdfast ")
		if !piped {
			return fmt.Errorf("nothing is piped into holdfast: %s", line)
		}
		write(t, filepath.Join(s.folder, "apps.yaml"), strings.ReplaceAll(documentedApps, "repo/deploy", "deploy"))
		args := append(strings.Fields(command), "--print")
		for i := range args {
			if args[i] == "-" {
				args[i] = filepath.Join(s.folder, "apps.yaml")
			}
		}
		if out, errs, code := s.holdfast(args...); code != 0 {
			return errors.New(out + errs)
		}
	}
	return nil
}

// tested wants tests to pass, and the examples in them to be shown.
func tested(name string) func(*testing.T, string, []byte) error {
	return func(t *testing.T, _ string, content []byte) error {
		s := documentedSite(t)
		write(t, filepath.Join(s.repo, "policies", name), string(content))
		if out, errs, code := s.holdfast("policy", "test", "policies"); code != 0 {
			return errors.New(out + errs)
		}
		out, errs, _ := s.holdfast("explain", "acme/orders-owner")
		for _, want := range []string{"It finds:", "owner: root}", "It accepts:", "owner: orders}"} {
			if !strings.Contains(out, want) {
				return fmt.Errorf("explain does not show %q:\n%s%s", want, out, errs)
			}
		}
		return nil
	}
}

// libraryPage is what `make docs` writes.
const libraryPage = "policies.md"

// The page about the library is what its METADATA and examples say.
func TestLibraryPageIsCurrent(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	want, errs, code := s.holdfast("policy", "docs", "--builtin")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", libraryPage))
	if err != nil {
		t.Fatal(err)
	}
	if want != string(got) {
		t.Errorf("docs/%s is not what the rules say; run `make docs`:\n%s", libraryPage, cmp.Diff(strings.Split(string(got), "\n"), strings.Split(want, "\n")))
	}
}

// Every link between the pages leads to a page, and to a heading of it.
func TestDocumentedLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading := regexp.MustCompile(`(?m)^#+ (.+)$|<a id="([^"]+)">`)
	dropped := regexp.MustCompile("[^a-z0-9 _-]")
	anchors := map[string]map[string]bool{}
	for _, p := range pages(t) {
		anchors[p.name] = map[string]bool{}
		for _, found := range heading.FindAllStringSubmatch(p.text, -1) {
			anchors[p.name][found[2]] = true
			anchors[p.name][strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-")] = true
		}
	}
	for _, p := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			to, anchor, _ := strings.Cut(found[1], "#")
			name := p.name
			if to != "" {
				name = filepath.Join(filepath.Dir(p.name), to)
			}
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s links to %s: %v", p.name, found[1], err)
			} else if known := anchors[name]; anchor != "" && known != nil && !known[anchor] {
				t.Errorf("%s links to %s, where no such heading is", p.name, found[1])
			}
		}
	}
}

// readmePod is what the README's sample output is about.
const readmePod = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/shop/web:1.4.2
      securityContext:
        privileged: true
      resources:
        requests: {cpu: 100m, memory: 64Mi}
        limits: {memory: 64Mi}
`

// The first output that a newcomer reads is what they get; "…" stands for the rest of a line.
func TestReadmeOutput(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	write(t, filepath.Join(s.repo, "deploy", "web.yaml"), readmePod)
	out, errs, code := s.holdfast("check", ".")
	if code != 1 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	readme := pages(t)[0]
	at := slices.IndexFunc(readme.blocks, func(b block) bool { return strings.HasPrefix(b.text, "Pod web") })
	if at < 0 {
		t.Fatal("the README shows no output of check")
	}
	want, got := strings.Split(readme.blocks[at].text, "\n"), strings.Split(out, "\n")
	if len(want) != len(got) {
		t.Fatalf("the README shows %d lines of output, there are %d:\n%s", len(want), len(got), out)
	}
	for i := range want {
		if begin, cut := strings.CutSuffix(want[i], "…"); got[i] != want[i] && (!cut || !strings.HasPrefix(got[i], begin)) {
			t.Errorf("README.md:%d: %q\n is %q", readme.blocks[at].line+i, want[i], got[i])
		}
	}
}

// make demo's script shows what it says it shows, and ends.
func TestDemo(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary, work := filepath.Join(dir, "holdfast"), filepath.Join(dir, "work")
	if err := os.Symlink(self, binary); err != nil {
		t.Fatal(err)
	}
	demo := exec.Command("bash", filepath.Join("..", "..", "testdata", "demo", "demo.sh"), binary, work)
	demo.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1")
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"dr/backup-retention", "still: retention_days: 30", "now: retention_days: 14", "drift=true", "8/8"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
	report, err := os.ReadFile(filepath.Join(work, "audit.html"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(report, []byte("</html>")) {
		t.Error("the audit report is not a whole page")
	}
}
