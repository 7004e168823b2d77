package config_test

import (
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
)

func TestInit(t *testing.T) {
	for file, archive := range archives(t, "testdata/init/*.txtar") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tree := fstest.MapFS{}
			for _, f := range archive.Files {
				if f.Name != "want" {
					tree[f.Name] = &fstest.MapFile{Data: f.Data}
				}
			}
			got, err := config.Init(tree)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file, archive, string(got))
			c := parse(t, config.Repository, string(got))
			for _, target := range c.Targets {
				if target.Mode != reconcile.ModeFlag || target.Prune {
					t.Errorf("target %s would change something", target.Name)
				}
				if _, err := fs.Stat(tree, target.Path); err != nil {
					t.Errorf("target %s: %v", target.Name, err)
				}
			}
			for _, folder := range append(c.Policies.Paths, c.Waivers...) {
				if _, err := fs.Stat(tree, folder); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A folder that cannot be read must not be passed over in silence.
func TestInitReportsWhatItCannotRead(t *testing.T) {
	if _, err := config.Init(failingFS{fstest.MapFS{"a/b.yaml": {}}}); err == nil {
		t.Error("a folder could not be read, and nothing was said")
	}
}

type failingFS struct{ fs.FS }

func (f failingFS) Open(name string) (fs.File, error) {
	if name == "a" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.FS.Open(name)
}

// What a target leaves out, its folder for one, is left out when it is asked about.
func TestInitLeavesOutFolders(t *testing.T) {
	tree := fstest.MapFS{}
	for _, name := range []string{"k/a [1].yaml", "k/sub folder!/kustomization.yaml", "k/#x/deep/Chart.yaml"} {
		tree[name] = &fstest.MapFile{Data: []byte("apiVersion: v1\nkind: ConfigMap\n")}
	}
	content, err := config.Init(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range parse(t, config.Repository, string(content)).Targets {
		if target.Path != "k" {
			continue
		}
		excluded := config.Excluder(target.Exclude)
		for name, want := range map[string]bool{
			"k/sub folder!": true, "k/sub folder!/x.yaml": true, "k/#x/deep": true, "k/#x": false, "k/a [1].yaml": false, "k/k/#x/deep": false,
		} {
			if excluded(name) != want {
				t.Errorf("%s is left out: %v, want %v", name, !want, want)
			}
		}
		return
	}
	t.Errorf("there is no target k:\n%s", content)
}
