package helm_test

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/helm"
)

// tree is the files of a txtar archive.
func tree(archive *txtar.Archive) fstest.MapFS {
	files := fstest.MapFS{}
	for _, file := range archive.Files {
		files[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	return files
}

func render(t *testing.T, files fs.FS, chart sources.Chart) *helm.Result {
	t.Helper()
	result, err := helm.Render(t.Context(), helm.Request{
		Files: files, Folder: "chart", Chart: chart,
		Read: func(name string) ([]byte, error) { return fs.ReadFile(files, name) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// shown is a result in the form of the expectations.
func shown(result *helm.Result) string {
	var b strings.Builder
	for _, document := range result.Documents {
		crd := ""
		if document.CRD {
			crd = " crd"
		}
		fmt.Fprintf(&b, "# %s:%d%s\n%s\n", document.Origin.File, document.Origin.Line, crd, strings.TrimRight(document.Text, "\n"))
	}
	for _, skipped := range result.Skipped {
		fmt.Fprintf(&b, "skipped %s: %s\n", skipped.What, skipped.Reason)
	}
	for _, problem := range result.Problems {
		fmt.Fprintf(&b, "problem %s\n", problem.Error())
	}
	for _, unstable := range result.Unstable {
		fmt.Fprintf(&b, "unstable %s\n", unstable.Problem.Error())
	}
	return b.String()
}

// Each archive has a chart and, in want, what helm template makes of it as
// Helm's documentation has it, with the places and what is passed over.
func TestCharts(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := tree(archive)
			var chart sources.Chart
			if target := files["target.json"]; target != nil {
				if err := json.Unmarshal(target.Data, &chart); err != nil {
					t.Fatal(err)
				}
			}
			got := shown(render(t, files, chart))
			if diff := cmp.Diff(string(files["want"].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
