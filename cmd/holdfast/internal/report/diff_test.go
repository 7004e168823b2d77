package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestFieldLines(t *testing.T) {
	p := path("spec", "x")
	tests := map[string]struct {
		diff resource.FieldDiff
		want string
	}{
		"update":              {resource.FieldDiff{Path: p, Before: int64(1), After: int64(2)}, "~ spec.x: 1 → 2"},
		"a number as a text":  {resource.FieldDiff{Path: p, Before: int64(644), After: "0644"}, "~ spec.x: 644 → \"0644\""},
		"added":               {resource.FieldDiff{Path: p, After: true}, "+ spec.x: true"},
		"removed":             {resource.FieldDiff{Path: p, Before: "a"}, "- spec.x: a"},
		"emptied":             {resource.FieldDiff{Path: p, Before: "a", After: ""}, "~ spec.x: a → \"\""},
		"both null":           {resource.FieldDiff{Path: p}, "~ spec.x: null"},
		"empty object":        {resource.FieldDiff{Path: p, Before: map[string]any{}, After: []any{}}, "~ spec.x: {} → []"},
		"sensitive":           {resource.FieldDiff{Path: p, Before: resource.Mask, After: resource.Mask, Sensitive: true}, "~ spec.x: (sensitive) → (sensitive)"},
		"sensitive, new":      {resource.FieldDiff{Path: p, After: resource.Mask, Sensitive: true}, "+ spec.x: (sensitive)"},
		"sensitive, unmasked": {resource.FieldDiff{Path: p, Before: "hunter2", After: "hunter2\nhunter3", Sensitive: true}, "~ spec.x: (sensitive) → (sensitive)"},
		"texts": {resource.FieldDiff{Path: p, Before: "a\nb\nc\nd\ne\nf\n", After: "a\nb\nc\nd\nE\nf\n"},
			"~ spec.x:\n    b\n    c\n    d\n-   e\n+   E\n    f"},
		"distant changes": {resource.FieldDiff{Path: p, Before: "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n", After: "one\n2\n3\n4\n5\n6\n7\n8\n9\n10\neleven\n"},
			"~ spec.x:\n-   1\n+   one\n    2\n    3\n    4\n    …\n    8\n    9\n    10\n-   11\n+   eleven"},
		"a line break less": {resource.FieldDiff{Path: p, Before: "a\nb\n", After: "a\nb"},
			"~ spec.x:\n    a\n-   b\n+   b\n    (no line break at the end)"},
		"a new text":       {resource.FieldDiff{Path: p, After: "a\nb\n"}, "+ spec.x:\n+   a\n+   b"},
		"a list":           {resource.FieldDiff{Path: p, Before: []any{"a"}, After: []any{"a", "b"}}, "~ spec.x:\n    - a\n+   - b"},
		"the whole, made":  {resource.FieldDiff{After: map[string]any{"kind": "File", "spec": map[string]any{"a": int64(1)}}}, "+ kind: File\n+ spec:\n+   a: 1"},
		"the whole, taken": {resource.FieldDiff{Before: map[string]any{"kind": "File"}}, "- kind: File"},
		"masked within":    {resource.FieldDiff{After: map[string]any{"data": map[string]any{"password": resource.Mask}}, Sensitive: true}, "+ data:\n+   password: (sensitive)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, line := range fieldLines(&test.diff) {
				lines = append(lines, string(line.Op)+" "+line.Text)
			}
			if diff := cmp.Diff(test.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDiffLinesAreBounded(t *testing.T) {
	change := &reconcile.ChangeRecord{Diff: []resource.FieldDiff{{After: strings.Repeat("x\n", 5*maxDiffLines)}}}
	lines := diffLines(change)
	if len(lines) != maxDiffLines+1 || !strings.Contains(lines[maxDiffLines].Text, "4000 more lines") {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1].Text)
	}
}
