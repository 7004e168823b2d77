package render_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
)

func TestSymbolicLinks(t *testing.T) {
	snapshot := files(map[string]string{"a/a.yaml": "a: 1\n", "README.md": "x"})
	for name, target := range map[string]string{
		"file.yaml": "a/a.yaml", "folder": "a", "loop": ".", "gone.yaml": "none", "gone.txt": "none", "named.yaml": "a",
	} {
		snapshot.MapFS[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
	}
	rendering := renderAll(t, snapshot)
	var got []string
	for _, res := range rendering.Resources {
		got = append(got, res.Origin.File)
	}
	if diff := cmp.Diff([]string{"a/a.yaml", "file.yaml"}, got); diff != "" {
		t.Error(diff)
	}
	const reason = "a symbolic link to a folder is not followed; the folder is read where it stands"
	want := []sources.Skipped{{What: "folder", Reason: reason}, {What: "loop", Reason: reason}, {What: "named.yaml", Reason: reason}}
	if diff := cmp.Diff(want, rendering.Skipped); diff != "" {
		t.Error(diff)
	}
	if len(rendering.Problems) != 1 || rendering.Problems[0].Location.File != "gone.yaml" {
		t.Errorf("problems: %v", problems(rendering.Problems))
	}
	// For a target it is a mistake: what was there before it was a link is not deleted.
	rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: ".", Target: "t", Exclude: func(path string) bool { return path == "loop" }})
	var files []string
	for _, problem := range rendering.Problems {
		files = append(files, problem.Location.File)
	}
	if diff := cmp.Diff([]string{"folder", "gone.yaml", "named.yaml"}, files); err != nil || diff != "" || len(rendering.Skipped) > 0 {
		t.Error(err, diff, rendering.Skipped)
	}
}

// A pipe or device that is named like a manifest is a problem, and not read.
func TestSpecialFiles(t *testing.T) {
	snapshot := files(map[string]string{"a.yaml": "a: 1\n"})
	snapshot.MapFS["pipe.yaml"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	rendering := renderAll(t, snapshot)
	want := []string{"pipe.yaml: cannot be read: not a regular file"}
	if diff := cmp.Diff(want, problems(rendering.Problems)); diff != "" || len(rendering.Resources) != 1 {
		t.Error(diff)
	}
}
