package resource

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestPathJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.OneOf(rapid.String().AsAny(), rapid.IntRange(0, 1<<40).AsAny())
		path := Path(rapid.SliceOf(step).Draw(t, "path"))
		text, err := json.Marshal(path)
		if err != nil {
			t.Fatal(err)
		}
		var back Path
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if !path.Equal(back) {
			t.Fatalf("%#v came back from %s as %#v", path, text, back)
		}
	})
}

func TestPathJSONKeepsNull(t *testing.T) {
	path := Path{"old"}
	if err := json.Unmarshal([]byte("null"), &path); err != nil || path != nil {
		t.Fatalf("null became %#v, %v", path, err)
	}
}

func TestPathJSONRefuses(t *testing.T) {
	for _, text := range []string{`[1.5]`, `[true]`, `[null]`, `[{}]`, `["a", ["b"]]`, `"a.b"`, `{}`, `[1e300]`} {
		var path Path
		if err := json.Unmarshal([]byte(text), &path); err == nil {
			t.Errorf("%s was read as %#v", text, path)
		}
	}
}

func TestFieldDiffJSONKeepsNumbers(t *testing.T) {
	diff := FieldDiff{
		Path:   Path{"spec", "ports", 0},
		Before: map[string]any{"port": int64(80), "share": 0.5, "tags": []any{int64(1), "a", nil, true}},
		After:  int64(math.MaxInt64),
	}
	text, err := json.Marshal(diff)
	if err != nil {
		t.Fatal(err)
	}
	var back FieldDiff
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(diff, back) {
		t.Fatalf("%#v came back from %s as %#v", diff, text, back)
	}
}

func TestFieldDiffJSONNumberTooLarge(t *testing.T) {
	var back FieldDiff
	if err := json.Unmarshal([]byte(`{"path":[],"before":1e999,"after":1e30}`), &back); err != nil {
		t.Fatal(err)
	}
	if back.Before != "1e999" || back.After != 1e30 {
		t.Fatalf("got %#v", back)
	}
}
