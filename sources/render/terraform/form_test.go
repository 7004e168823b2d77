package terraform_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Each archive has a module and, in want, what comes of it. UPDATE=1 writes that anew.
func TestForm(t *testing.T) {
	archives, err := filepath.Glob("testdata/form/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want := fstest.MapFS{}, -1
			for i, file := range archive.Files {
				if file.Name == "want" {
					want = i
					continue
				}
				files[file.Name] = &fstest.MapFile{Data: file.Data}
			}
			got := described(t, evaluate(t, files))
			if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if os.Getenv("UPDATE") != "" {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func described(t *testing.T, rendering sources.FileRendering) string {
	t.Helper()
	var out strings.Builder
	for _, res := range rendering.Resources {
		content := res.Content.(map[string]any)
		where := res.ID.Kind + " " + res.ID.Name
		if res.ID.Namespace != "" {
			where = res.ID.Namespace + " " + where
		}
		fmt.Fprintf(&out, "%s @ %s\n  %s\n", where, res.Origin.Location(), asJSON(t, content["spec"]))
		if references := content["references"].(map[string]any); len(references) > 0 {
			fmt.Fprintf(&out, "  references %s\n", asJSON(t, references))
		}
		for name, list := range map[string][]resource.Path{"sensitive": res.Sensitive} {
			if len(list) > 0 {
				fmt.Fprintf(&out, "  %s %s\n", name, paths(list))
			}
		}
		if len(res.Unknown) > 0 {
			fmt.Fprintf(&out, "  unknown %s\n", paths(res.Unknown))
		}
	}
	for _, skipped := range rendering.Skipped {
		fmt.Fprintf(&out, "skipped %s: %s\n", skipped.What, skipped.Reason)
	}
	for _, problem := range rendering.Problems {
		fmt.Fprintf(&out, "problem %v\n", problem)
	}
	return out.String()
}
