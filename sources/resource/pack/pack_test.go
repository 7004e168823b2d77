package pack_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/sources/resource"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

func path(t *rapid.T) resource.Path {
	if rapid.Bool().Draw(t, "nil") {
		return nil
	}
	step := rapid.OneOf(rapid.String().AsAny(), rapid.IntRange(0, 1<<31-1).AsAny())
	return append(resource.Path{}, rapid.SliceOf(step).Draw(t, "path")...)
}

func TestRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number, flag, steps := rapid.String().Draw(t, "text"), rapid.IntRange(0, 1<<31-1).Draw(t, "number"), rapid.Bool().Draw(t, "flag"), path(t)
		var w pack.Writer
		w.Text(text)
		w.Number(number)
		w.Flag(flag)
		w.Path(steps)
		r := pack.Read(w.Bytes)
		got := []any{r.Text(), r.Number(), r.Flag(), r.Path()}
		if diff := cmp.Diff([]any{text, number, flag, steps}, got); diff != "" || !r.OK() {
			t.Fatalf("read back otherwise (ok %v):\n%s", r.OK(), diff)
		}
		// Whatever is cut off or added is noticed.
		short := pack.Read(w.Bytes[:rapid.IntRange(0, len(w.Bytes)-1).Draw(t, "cut")])
		short.Text()
		short.Number()
		short.Flag()
		short.Path()
		if short.OK() {
			t.Fatal("a record that was cut off is taken for whole")
		}
		long := pack.Read(append(w.Bytes, 0))
		long.Text()
		long.Number()
		long.Flag()
		long.Path()
		if long.OK() {
			t.Fatal("more than the record is taken for it")
		}
	})
}

func TestDigestKeepsPartsApart(t *testing.T) {
	if pack.Digest("ab", "c") == pack.Digest("a", "bc") || pack.Digest("a") == pack.Digest("a", "") {
		t.Fatal("other parts have the same digest")
	}
}

func FuzzRead(f *testing.F) {
	var w pack.Writer
	w.Path(resource.Path{"spec", 1})
	f.Add(w.Bytes)
	f.Fuzz(func(_ *testing.T, record []byte) {
		r := pack.Read(record)
		r.Path()
		r.Text()
		r.Count()
	})
}
