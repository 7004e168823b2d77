package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/holdfast-dev/holdfast/"

// may says which packages of the project a package may import, the most
// specific prefix first. The picture is in docs/architecture.md.
var may = []struct {
	from string
	to   []string
}{
	{"sources/resource/pack", []string{"sources/resource"}},
	{"sources/resource", nil},
	{"policies", nil},
	{"sources/sourcetest", []string{"sources", "sources/resource"}},
	{"sources/render/terraform", []string{"sources", "sources/resource"}},
	{"sources/render/kustomize", []string{"sources", "sources/resource"}},
	{"sources/render/helm", []string{"sources", "sources/resource"}},
	{"sources/render/sops", []string{"sources/resource"}},
	{"sources/render", []string{"sources", "sources/resource", "sources/render/terraform", "sources/render/kustomize", "sources/render/helm", "sources/render/sops"}},
	{"sources/dir", []string{"sources", "sources/resource", "sources/resource/pack"}},
	{"sources/", []string{"sources", "sources/resource"}},
	{"sources", []string{"sources/resource"}},
	{"policy/rego/gatekeeper", []string{"policy", "sources/resource"}},
	{"policy/rego", []string{"policy", "policies", "policy/rego/gatekeeper", "sources/resource", "sources/resource/pack"}},
	{"policy", []string{"sources/resource"}},
	{"drivers/kubernetes/kubetest", nil},
	{"drivers/kubernetes/health", []string{"drivers", "sources/resource"}},
	{"drivers/kubernetes/live", []string{"drivers", "sources/resource"}},
	{"drivers/kubernetes", []string{"drivers", "drivers/kubernetes/health", "drivers/kubernetes/live", "sources/resource"}},
	{"drivers/", []string{"drivers", "sources/resource"}},
	{"drivers", []string{"sources/resource"}},
	{"reconcile/state", []string{"reconcile", "policy", "drivers", "sources", "sources/resource"}},
	{"reconcile/results", nil},
	{"reconcile", []string{"policy", "drivers", "sources", "sources/resource", "sources/resource/pack"}},
	{"cmd/holdfast/internal/", []string{"reconcile", "policy", "policies", "drivers", "sources", "sources/resource"}},
}

// alone says which packages may import a library; others may not.
var alone = map[string][]string{
	"github.com/open-policy-agent/opa": {"policy/rego", "policy/rego/gatekeeper"},
	"github.com/go-git/":               {"sources/git", "cmd/holdfast/internal/config"}, // there: patterns as in .gitignore
	"database/sql":                     {"reconcile/state"},
	"modernc.org/sqlite":               {"reconcile/state"},
	"os/exec":                          {"drivers/kubernetes/kubetest"}, // which only tests import
	"net/http":                         {"sources/git", "sources/bundle", "cmd/holdfast/internal/server"},
	"oras.land/oras-go":                {"sources/bundle"},
	"k8s.io/client-go":                 {"drivers/kubernetes", "drivers/kubernetes/health", "drivers/kubernetes/live", "drivers/kubernetes/kubetest"},
	"sigs.k8s.io/controller-runtime":   {"drivers/kubernetes", "drivers/kubernetes/health", "drivers/kubernetes/live", "drivers/kubernetes/kubetest"},
	"github.com/fluxcd/":               {"drivers/kubernetes", "drivers/kubernetes/health", "drivers/kubernetes/live", "sources/render/kustomize", "cmd/holdfast/internal/migrate"},
	"sigs.k8s.io/kustomize":            {"sources/render/kustomize"},
	"helm.sh/helm":                     {"sources/render/helm"},
}

type listed struct {
	ImportPath, Dir, Doc               string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-json", module+"...")
	command.Dir = "../.."
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// Imports point downward only: what stands behind a port is known to nobody
// but the command, and the engine, SQL and git stay where they are.
func TestImportDirections(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		at := slices.IndexFunc(may, func(rule struct {
			from string
			to   []string
		}) bool {
			return from == rule.from || strings.HasSuffix(rule.from, "/") && strings.HasPrefix(from, rule.from) ||
				strings.HasPrefix(from, rule.from+"/")
		})
		for _, path := range p.Imports {
			for library, users := range alone {
				if strings.HasPrefix(path, library) && !slices.Contains(users, from) {
					t.Errorf("%s imports %s, which only %v may", from, path, users)
				}
			}
			to, own := strings.CutPrefix(path, module)
			if !own || strings.HasPrefix(from, "cmd/holdfast") && !strings.Contains(from, "/internal/") {
				continue
			}
			if at < 0 {
				t.Errorf("%s has no place in the picture; give it one in the table", from)
				continue
			}
			if !slices.Contains(may[at].to, to) {
				t.Errorf("%s imports %s; it may import %v", from, to, may[at].to)
			}
		}
	}
}

// Every package says what it is for, and none has an init function.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 20 {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, declaration := range file.Decls {
				if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil && function.Name.Name == "init" {
					t.Errorf("%s/%s has an init function", p.ImportPath, name)
				}
			}
		}
	}
}

// The top level is the user's: nothing is added to it.
func TestTopLevelIsFixed(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields("cmd reconcile policy sources drivers policies testdata go.mod go.sum Makefile README.md LICENSE docs dist")
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && !slices.Contains(known, entry.Name()) && entry.Name() != "action.yml" {
			t.Errorf("%s does not belong at the top level", entry.Name())
		}
	}
}
