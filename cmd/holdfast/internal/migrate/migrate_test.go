package migrate_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/migrate"
	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
)

var update = flag.Bool("update", false, "write the golden files")

// kubernetes accepts the settings that are written, in the form of the driver's schema.
func kubernetes() []drivers.Kind {
	return []drivers.Kind{{Name: "kubernetes", Schema: []byte(`{
		"type": "object", "additionalProperties": false,
		"properties": {
			"context": {"type": "string", "minLength": 1},
			"namespace": {"type": "string", "minLength": 1, "maxLength": 63},
			"impersonate": {
				"type": "object", "additionalProperties": false, "required": ["serviceAccount"],
				"properties": {"serviceAccount": {
					"type": "object", "additionalProperties": false, "required": ["namespace", "name"],
					"properties": {"namespace": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}}
				}}
			},
			"ignoreDifferences": {"type": "array", "items": {
				"type": "object", "additionalProperties": false, "required": ["kind"],
				"properties": {
					"group": {"type": "string"}, "kind": {"type": "string", "minLength": 1}, "namespace": {"type": "string"}, "name": {"type": "string"},
					"jsonPointers": {"type": "array", "items": {"type": "string", "pattern": "^/"}},
					"managers": {"type": "array", "items": {"type": "string", "minLength": 1}}
				}
			}}
		}
	}`)}}
}

// input takes an archive apart: files of the repository, and those whose name
// begins with a dash, which are given as streams.
func input(from migrate.From, archive *txtar.Archive) migrate.Input {
	tree := fstest.MapFS{}
	in := migrate.Input{From: from, Tree: tree}
	for _, f := range archive.Files {
		switch {
		case f.Name == "want" || f.Name == "notes":
		case strings.HasPrefix(f.Name, "-"):
			in.Streams = append(in.Streams, migrate.Stream{Name: f.Name, Content: f.Data})
		default:
			tree[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return in
}

// What is written is what the archives show, is a configuration that is
// accepted, changes nothing, and leads to folders that are there.
func TestWrite(t *testing.T) {
	for _, from := range []migrate.From{migrate.Flux, migrate.ArgoCD} {
		files, err := filepath.Glob(filepath.Join("testdata", string(from), "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no test data for %s: %v", from, err)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				archive, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				in := input(from, archive)
				content, notes, err := migrate.Write(in)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, file, archive, string(content))
				accepted(t, in.Tree, content)
				acceptedRemotes(t, content)
				if strings.Contains(string(content), "hunter2") {
					t.Error("a secret is shown")
				}
				for _, note := range notes {
					if !strings.Contains(string(content), note.Msg) && !strings.HasPrefix(note.Msg, "it is written as a comment") {
						t.Errorf("a note is not in the file: %s", note)
					}
				}
			})
		}
	}
}

// acceptedRemotes sees to it that what is written in a comment is what an operator's file takes.
func acceptedRemotes(t *testing.T, content []byte) {
	t.Helper()
	_, from, found := strings.Cut(string(content), "# remotes:\n")
	if !found {
		return
	}
	entries, _, _ := strings.Cut(from, "\n\n")
	text := "source: {dir: {path: .}}\nremotes:\n" + strings.ReplaceAll(entries, "#   - ", "  - ") + "\n"
	if _, err := config.Parse("operator.yaml", []byte(text), config.ParseOptions{Role: config.Operator}); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func accepted(t *testing.T, tree fs.FS, content []byte) *config.Config {
	t.Helper()
	c, err := config.Parse("holdfast.yaml", content, config.ParseOptions{Role: config.Repository, Drivers: kubernetes()})
	if err != nil {
		t.Fatalf("the configuration is not accepted: %v\n%s", err, content)
	}
	for _, target := range c.Targets {
		if target.Mode != reconcile.ModeFlag {
			t.Errorf("target %s would change something", target.Name)
		}
		if _, err := fs.Stat(tree, target.Path); err != nil {
			t.Errorf("target %s: %v", target.Name, err)
		}
	}
	return c
}

func golden(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name != "want" {
			continue
		}
		if *update {
			archive.Files[i].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		return
	}
	t.Fatalf("%s has no file named want", file)
}

func TestNothingToCarryOver(t *testing.T) {
	tree := fstest.MapFS{"a.yaml": {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")}}
	for _, from := range []migrate.From{migrate.Flux, migrate.ArgoCD} {
		if _, _, err := migrate.Write(migrate.Input{From: from, Tree: tree}); !errors.Is(err, migrate.ErrNothing) {
			t.Errorf("%s: got %v, want %v", from, err, migrate.ErrNothing)
		}
	}
}

// A stream that cannot be read is said to be so, with its name; a file of the
// repository that is not YAML is noted if it has to do with the matter.
func TestUnreadable(t *testing.T) {
	broken := []byte("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: [\n")
	_, _, err := migrate.Write(migrate.Input{From: migrate.Flux, Tree: fstest.MapFS{}, Streams: []migrate.Stream{{Name: "-", Content: broken}}})
	if err == nil || !strings.Contains(err.Error(), "read -: not valid YAML") {
		t.Errorf("got %v", err)
	}
	_, notes, err := migrate.Write(migrate.Input{From: migrate.Flux, Tree: fstest.MapFS{"apps.yaml": {Data: broken}}})
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0].String(), "apps.yaml was not read") {
		t.Errorf("got %v, %v", notes, err)
	}
}

// What outsiders wrote leads neither out of the repository nor to a
// configuration that is not accepted.
func FuzzWrite(f *testing.F) {
	for _, from := range []migrate.From{migrate.Flux, migrate.ArgoCD} {
		files, err := filepath.Glob(filepath.Join("testdata", string(from), "*.txtar"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, member := range archive.Files {
				f.Add(member.Data, from == migrate.Flux)
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, flux bool) {
		from := migrate.ArgoCD
		if flux {
			from = migrate.Flux
		}
		tree := fstest.MapFS{"apps/web/kustomization.yaml": {Data: []byte("resources: []\n")}, "apps/base/web.yaml": {Data: content}, "charts/web/Chart.yaml": {Data: []byte("name: web\n")}}
		out, _, err := migrate.Write(migrate.Input{From: from, Tree: tree, Streams: []migrate.Stream{{Name: "-", Content: content}}})
		if err != nil {
			return
		}
		c, err := config.Parse("holdfast.yaml", out, config.ParseOptions{Role: config.Repository, Drivers: kubernetes()})
		if err != nil {
			if strings.Contains(err.Error(), "nested more than") || strings.Contains(err.Error(), "more than 100000 values") {
				return // bounds of the configuration, which init reports
			}
			t.Fatalf("the configuration is not accepted: %v\n%s", err, out)
		}
		for _, target := range c.Targets {
			if !filepath.IsLocal(target.Path) || target.Mode != reconcile.ModeFlag {
				t.Errorf("an unfit target came through: %+v", target)
			}
		}
	})
}
