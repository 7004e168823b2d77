package drivers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

type (
	object = map[string]any
	list   = []any
)

func with(content any, sensitive ...resource.Path) *resource.Resource {
	return &resource.Resource{Content: content, Sensitive: sensitive}
}

// difference is one case.
type difference struct {
	name          string
	before, after *resource.Resource
	want          []resource.FieldDiff
}

func (d difference) test(t *testing.T) {
	got := drivers.Diff(d.before, d.after)
	if diff := cmp.Diff(d.want, got); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
	if strings.Contains(fmt.Sprintf("%+v", got), "s3cret") {
		t.Errorf("a secret is shown: %+v", got)
	}
}

func TestDiff(t *testing.T) {
	for _, test := range []difference{
		{name: "nothing and nothing"},
		{
			name:   "equal",
			before: with(object{"a": list{int64(1), object{"b": nil}}}),
			after:  with(object{"a": list{int64(1), object{"b": nil}}}),
		},
		{
			name:   "null and absent are the same",
			before: with(object{"a": nil}),
			after:  with(object{}),
		},
		{
			name:   "an empty object is something",
			before: with(object{}),
			after:  with(object{"a": object{}}),
			want:   []resource.FieldDiff{{Path: resource.Path{"a"}, After: object{}}},
		},
		{
			name:  "created as a whole",
			after: with(object{"a": "b"}),
			want:  []resource.FieldDiff{{After: object{"a": "b"}}},
		},
		{
			name:   "deleted as a whole",
			before: with(object{"a": "b"}),
			want:   []resource.FieldDiff{{Before: object{"a": "b"}}},
		},
		{
			name:   "added, changed and removed, in order of path",
			before: with(object{"b": int64(1), "c": object{"x": true}, "d": "same"}),
			after:  with(object{"a": "new", "b": int64(2), "c": object{}, "d": "same"}),
			want: []resource.FieldDiff{
				{Path: resource.Path{"a"}, After: "new"},
				{Path: resource.Path{"b"}, Before: int64(1), After: int64(2)},
				{Path: resource.Path{"c", "x"}, Before: true},
			},
		},
		{
			name:   "a number is not its text, nor a float",
			before: with(object{"a": int64(1), "b": int64(1)}),
			after:  with(object{"a": "1", "b": 1.5}),
			want: []resource.FieldDiff{
				{Path: resource.Path{"a"}, Before: int64(1), After: "1"},
				{Path: resource.Path{"b"}, Before: int64(1), After: 1.5},
			},
		},
		{
			name:   "an object in the place of a list",
			before: with(object{"a": list{"x"}}),
			after:  with(object{"a": object{"x": "y"}}),
			want:   []resource.FieldDiff{{Path: resource.Path{"a"}, Before: list{"x"}, After: object{"x": "y"}}},
		},
		{
			name:   "lists of one length by element, the tenth after the second",
			before: with(list{0, 1, "x", 3, 4, 5, 6, 7, 8, 9, "x"}),
			after:  with(list{0, 1, "y", 3, 4, 5, 6, 7, 8, 9, "y"}),
			want: []resource.FieldDiff{
				{Path: resource.Path{2}, Before: "x", After: "y"},
				{Path: resource.Path{10}, Before: "x", After: "y"},
			},
		},
		{
			name:   "lists of different length as a whole",
			before: with(object{"a": list{"x"}}),
			after:  with(object{"a": list{"x", "y"}}),
			want:   []resource.FieldDiff{{Path: resource.Path{"a"}, Before: list{"x"}, After: list{"x", "y"}}},
		},
	} {
		t.Run(test.name, test.test)
	}
}

func TestDiffMasks(t *testing.T) {
	masked := resource.Mask
	for _, test := range []difference{
		{
			name:   "masked at the sensitive path",
			before: with(object{"key": "s3cret-a"}),
			after:  with(object{"key": "s3cret-b"}, resource.Path{"key"}),
			want:   []resource.FieldDiff{{Path: resource.Path{"key"}, Before: masked, After: masked, Sensitive: true}},
		},
		{
			name:   "masked where only the side before is sensitive",
			before: with(object{"key": "s3cret-a"}, resource.Path{"key"}),
			after:  with(object{}),
			want:   []resource.FieldDiff{{Path: resource.Path{"key"}, Before: masked, Sensitive: true}},
		},
		{
			name:   "masked below the sensitive path",
			before: with(object{"data": object{"a": "s3cret-a", "b": "same"}}, resource.Path{"data"}),
			after:  with(object{"data": object{"a": "s3cret-b", "b": "same"}}, resource.Path{"data"}),
			want:   []resource.FieldDiff{{Path: resource.Path{"data", "a"}, Before: masked, After: masked, Sensitive: true}},
		},
		{
			name:  "masked within a value above the sensitive path",
			after: with(object{"name": "web", "data": object{"a": "s3cret-a"}}, resource.Path{"data", "a"}),
			want: []resource.FieldDiff{{
				After: object{"name": "web", "data": object{"a": masked}}, Sensitive: true,
			}},
		},
		{
			name:   "each side is masked by the paths of both, as elements move",
			before: with(object{"env": list{object{"v": "s3cret-a"}}}, resource.Path{"env", 0, "v"}),
			after:  with(object{"env": list{object{"v": "open"}, object{"v": "s3cret-a"}}}, resource.Path{"env", 1, "v"}),
			want: []resource.FieldDiff{{
				Path:      resource.Path{"env"},
				Before:    list{object{"v": masked}},
				After:     list{object{"v": masked}, object{"v": masked}},
				Sensitive: true,
			}},
		},
		{
			name:   "keys of a sensitive object are shown",
			before: with(object{}),
			after:  with(object{"data": object{"password": "s3cret-a"}}, resource.Path{"data"}),
			want: []resource.FieldDiff{{
				Path: resource.Path{"data"}, After: object{"password": masked}, Sensitive: true,
			}},
		},
		{
			name:   "a neighbour of a sensitive path is shown",
			before: with(object{"key": "s3cret-a", "keys": "a"}, resource.Path{"key"}),
			after:  with(object{"key": "s3cret-a", "keys": "b"}, resource.Path{"key"}),
			want:   []resource.FieldDiff{{Path: resource.Path{"keys"}, Before: "a", After: "b"}},
		},
	} {
		t.Run(test.name, test.test)
	}
}

// value draws a content: what encoding/json would produce, without null, which
// Diff holds to be absent.
func value(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any]("x"), rapid.Just[any]("y"), rapid.Just[any](true),
		rapid.Map(rapid.Int64Range(0, 3), func(n int64) any { return n }),
	}
	if depth > 0 {
		leaves = append(leaves,
			rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), value(depth-1), 0, 3), func(m map[string]any) any { return m }),
			rapid.Map(rapid.SliceOfN(value(depth-1), 0, 3), func(s []any) any { return s }))
	}
	return rapid.OneOf(leaves...)
}

// put is a copy of content with the value at path replaced; nil takes it away.
func put(content any, path resource.Path, value any) any {
	if len(path) == 0 {
		return value
	}
	switch step := path[0].(type) {
	case string:
		copied := object{}
		for k, v := range content.(object) {
			copied[k] = v
		}
		if copied[step] = put(copied[step], path[1:], value); copied[step] == nil {
			delete(copied, step)
		}
		return copied
	default:
		copied := append(list{}, content.(list)...)
		copied[step.(int)] = put(copied[step.(int)], path[1:], value)
		return copied
	}
}

func TestDiffLeadsFromBeforeToAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := value(3).Draw(t, "before"), value(3).Draw(t, "after")
		got := before
		diffs := drivers.Diff(with(before), with(after))
		for _, diff := range diffs {
			was, _ := resource.Lookup(before, diff.Path)
			if !cmp.Equal(was, diff.Before) {
				t.Fatalf("at %s there was %v, and the diff says %v", diff.Path, was, diff.Before)
			}
			got = put(got, diff.Path, diff.After)
		}
		if !cmp.Equal(got, after) {
			t.Fatalf("the differences %v lead from %v to %v, want %v", diffs, before, got, after)
		}
		if len(diffs) == 0 != cmp.Equal(before, after) {
			t.Fatalf("%d differences between %v and %v", len(diffs), before, after)
		}
	})
}

func TestDiffShowsNothingSensitive(t *testing.T) {
	paths := rapid.SliceOfN(rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{"a", "b", "c"}), func(s string) any { return s }),
		rapid.Map(rapid.IntRange(0, 2), func(n int) any { return n }),
	), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		path := resource.Path(paths.Draw(t, "path"))
		plant := func(content any) any {
			if _, found := resource.Lookup(content, path); !found {
				return content
			}
			return put(content, path, object{"deep": list{"s3cret-canary"}})
		}
		before := with(plant(value(3).Draw(t, "before")), path)
		after := with(plant(value(3).Draw(t, "after")), path)
		unmarked := with(after.Content)
		for _, diffs := range [][]resource.FieldDiff{
			drivers.Diff(before, after), drivers.Diff(before, nil), drivers.Diff(nil, after), drivers.Diff(before, unmarked),
		} {
			if strings.Contains(fmt.Sprintf("%+v", diffs), "s3cret-canary") {
				t.Fatalf("a secret at %s is shown: %+v", path, diffs)
			}
		}
	})
}
