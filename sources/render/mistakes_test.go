package render_test

import (
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
)

func TestMistakesHaveAPlaceAndAMend(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"indentation", "a.yaml", "a: 1\nb: 2\n c: 3\nd: 4\ne: 5\n", `a.yaml:3:2: mapping values are not allowed in this context; check the indentation, and quote a value that has ": " in it`},
		{"indentation, first line", "a.yaml", "a: b: c\n", `a.yaml:1:1: mapping values are not allowed in this context; check the indentation, and quote a value that has ": " in it`},
		{"less indentation", "a.yaml", "a: 1\nb:\n  c: 3\n d: 4\ne: 5\n", "a.yaml:4:2: did not find expected key; check the indentation of this line and the one before"},
		{"list in a mapping", "a.yaml", "a: 1\nb: 2\n- c\n- d\ne: 4\n", "a.yaml:3:1: did not find expected key; check the indentation of this line and the one before"},
		{"text after a quote", "a.yaml", "a: 1\nb: 'x' y\nc: 1\nd: 3\n", "a.yaml:2:1: did not find expected key; check the indentation of this line and the one before"},
		{"mapping in a list", "a.yaml", "a:\n  - b\n  c: 1\nd: 1\ne: 2\n", "a.yaml:3:3: did not find expected '-' indicator; check the indentation; a list goes on with \"- \""},
		{"tab", "a.yaml", "a: 1\nb:\n  \tc: 3\nd: 4\n", "a.yaml:3:3: found a tab where indentation was expected; use spaces"},
		{"tab after spaces were used", "a.yaml", "a: 1\nb:\n  c: 3\n\td: 4\ne: 4\n", "a.yaml:4:1: found a tab where indentation was expected; use spaces"},
		{"reserved character", "a.yaml", "a: 1\nb: @x\nc: 3\nd: 4\n", "a.yaml:2:1: found character that cannot start any token; quote the value"},
		{"open quote", "a.yaml", "a: 1\nb: \"c\nd: 5\ne: 6\n", "a.yaml:2:1: found unexpected end of stream; close the quote or bracket that is opened here"},
		{"open bracket", "a.yaml", "a: 1\nb: [1, 2\nc: 3\nd: 4\n", "a.yaml:2:1: did not find expected ',' or ']'; close the bracket that is opened here"},
		{"unknown anchor", "a.yaml", "a: 1\nb: *x\nc: 3\nd: 4\n", "a.yaml:2:4: unknown anchor 'x' referenced; an anchor is set with & before it is used, in the same document"},
		{"anchor of another document", "a.yaml", "a: &x 1\n---\nb: *x\n", "a.yaml:3:4: unknown anchor 'x' referenced: an anchor ends with its document"},
		{"anchor within itself", "a.yaml", "a: &x\n  b: [*x]\n", "a.yaml:2:7: the value of anchor 'x' contains itself"},
		{"merge within itself", "a.yaml", "a: &x\n  <<: *x\n", "a.yaml:2:7: the value of anchor 'x' contains itself"},
		{"template block", "a.yaml", "{{- if .x }}\na: 1\n{{- end }}\n", "a.yaml:1:1: did not find expected node content; this looks like a template, which must be rendered first"},
		{"template value", "a.yaml", "a: 1\nb: {{ .Values.x }}\n", "a.yaml:2:5: a key must be a single value, not a mapping or a list; quote it if it is a template"},
		{"second document", "a.yaml", "a: 1\n---\na: 1\nb: }\nc: 3\nd: 3\n", "a.yaml:4:1: did not find expected node content"},
		{"duplicate key", "a.yaml", "a: 1\nb: 2\n\"a\": 3\n", `a.yaml:3:1: the key "a" is already set at line 1, column 1; remove one of the two`},
		{"duplicate key of another type", "a.yaml", "{1: a, '1': b}\n", `a.yaml:1:8: the key "1" is already set at line 1, column 2; remove one of the two`},
		{"duplicate merge key", "a.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n", "a.yaml:4:3: the key << appears twice; write <<: [*a, *b]"},
		{"merge of a list of text", "a.yaml", "<<: [a]\n", "a.yaml:1:6: the key << needs a mapping or a list of mappings"},
		{"no key", "a.yaml", "a: 1\n? \n: b\n", "a.yaml:2:2: a key is missing before the colon"},
		{"infinity", "a.yaml", "a: -.inf\n", "a.yaml:1:4: -.inf cannot be written as JSON; quote it if text is meant"},
		{"tag that does not fit", "a.yaml", "a: !!int x\n", "a.yaml:1:4: the value does not fit its tag !!int"},
		{"bad base64", "a.yaml", "a: !!binary '*'\n", "a.yaml:1:4: the !!binary value is not UTF-8 text in base64"},
		{"NUL", "a.yaml", "a: 1\nb: é\x00\n", "a.yaml:2:5: not text: the byte 0x00 is not part of a UTF-8 manifest"},
		{"Latin-1", "a.yaml", "a: 1\nb: \xe9t\xe9\n", "a.yaml:2:4: not text: the byte 0xe9 is not part of a UTF-8 manifest"},
		{"program", "a.yaml", "\x7fELF\x02\x01\x01\x00\x00", "a.yaml:1:8: not text: the byte 0x00 is not part of a UTF-8 manifest"},
		{"UTF-16", "a.yaml", "\xff\xfea\x00:\x00", "a.yaml:1:1: the file is UTF-16; save it as UTF-8"},
		{"JSON: duplicate key", "a.json", "{\"a\": 1,\n \"a\": 2}", `a.json:2:2: the key "a" is already set at line 1, column 2; remove one of the two`},
		{"JSON: trailing data", "a.json", "{}\n{}", "a.json:2:1: there is more after the end of the JSON value; a .json file holds one value"},
		{"JSON: trailing rubbish", "a.json", "{} x", "a.json:1:4: not JSON: invalid character 'x' looking for beginning of value"},
		{"JSON: comment", "a.json", "{\n  // no\n  \"a\": 1}", "a.json:2:3: not JSON: JSON has no comments; remove the comment, or name the file .yaml if it is YAML"},
		{"JSON: trailing comma", "a.json", "{\"a\": [1,\n]}", "a.json:2:1: not JSON: invalid character ']' looking for beginning of value"},
		{"JSON: missing comma", "a.json", "{\"a\": 1\n \"b\": 2}", "a.json:2:2: not JSON: invalid character '\"' after object key:value pair"},
		{"JSON: bad escape", "a.json", "{\"a\": \"\\q\"}", "a.json:1:7: not JSON: invalid character 'q' in string escape code"},
		{"JSON: cut off", "a.json", "{\"a\":\n [1", "a.json:2:4: not JSON: the file ends in the middle of a value"},
		{"JSON: empty", "a.json", " \n", "a.json:2:1: not JSON: the file ends in the middle of a value"},
		{"JSON: large number", "a.json", "[1e400]", "a.json:1:2: the number 1e400 is out of range"},
	} {
		rendering := renderOne(t, test.file, test.text)
		if diff := cmp.Diff([]string{test.want}, problems(rendering.Problems)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestABrokenDocumentLeavesTheOthers(t *testing.T) {
	rendering := renderAll(t, files(map[string]string{
		"a.yaml": "a: 1\n---\nb: 1\nb: 2\n---\nc: 1\n---\nd: [\n---\ne: 1\n",
		"b.yaml": "f: 1\n",
	}))
	if len(rendering.Resources) != 3 || len(rendering.Problems) != 2 {
		t.Errorf("%d resources, problems %v", len(rendering.Resources), problems(rendering.Problems))
	}
}

func TestByteOrderMark(t *testing.T) {
	for _, name := range []string{"a.yaml", "a.json"} {
		rendering := renderOne(t, name, "\xef\xbb\xbf{\"a\": \"\xef\xbb\xbf\"}")
		if len(rendering.Resources) != 1 || rendering.Resources[0].Origin.Column != 1 {
			t.Errorf("%s: %+v", name, rendering)
		}
	}
}

// A few hundred bytes that would expand to a billion values.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		d := string(rune('0' + i))
		p := string(rune('0' + i - 1))
		b.WriteString("a" + d + ": &a" + d + " [*a" + p + strings.Repeat(", *a"+p, 8) + "]\n")
	}
	return b.String()
}

func TestBounds(t *testing.T) {
	small := render.Options{MaxFileSize: 4096, MaxFiles: 3, MaxDocuments: 3, MaxDepth: 5, MaxNodes: 100}
	nested := strings.Repeat("[", 7) + strings.Repeat("]", 7)
	for _, test := range []struct {
		name, file, text, want string
		options                render.Options
	}{
		{"bomb", "a.yaml", bomb(), "the document holds more than 1000000 values once its aliases are expanded", render.Options{}},
		{"bomb of text", "a.yaml", "a: &a " + strings.Repeat("x", 3000) + "\nb: [*a, *a, *a]\n", "more than 100 values", small},
		{"bomb of merges", "a.yaml", "a: &a {b: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\nd: [" + strings.Repeat("{<<: *a}, ", 10) + "]\n", "more than 100 values", small},
		{"many values", "a.yaml", strings.Repeat("- a\n", 101), "may hold more than 100 values", small},
		{"many values in JSON", "a.json", "[" + strings.Repeat("1,", 100) + "1]", "more than 100 values", small},
		{"deep", "a.yaml", nested, "nested more than 5 deep", small},
		{"deep in JSON", "a.json", nested, "nested more than 5 deep", small},
		{"deep by aliases", "a.yaml", "a: &a [[[1]]]\nb: [[*a]]\n", "nested more than 5 deep", small},
		{"very deep", "a.yaml", strings.Repeat("[", 200_000), "exceeded max depth", render.Options{}},
		{"very deep in JSON", "a.json", strings.Repeat("[", 200_000), "nested more than 100 deep", render.Options{}},
		{"large", "a.yaml", strings.Repeat("#", 4097), "larger than the limit of 4096 bytes", small},
		{"documents", "a.yaml", strings.Repeat("a: 1\n---\n", 4), "more than 3 documents", small},
		{"list items", "a.yaml", "- {}\n- {}\n- {}\n- {}\n", "more than 3 documents", small},
	} {
		rendering, err := render.New(test.options).Render(t.Context(), files(map[string]string{test.file: test.text}), sources.Selection{Path: "."})
		if err != nil {
			t.Fatal(err)
		}
		if len(rendering.Problems) != 1 || !strings.Contains(rendering.Problems[0].Msg, test.want) {
			t.Errorf("%s: %v", test.name, problems(rendering.Problems))
		}
	}
	many := files(map[string]string{"a.yaml": "a: 1", "b.yaml": "a: 1", "c.yaml": "a: 1", "d.yaml": "a: 1", "e/f.yaml": "a: 1"})
	rendering, err := render.New(small).Render(t.Context(), many, sources.Selection{Path: "."})
	if err != nil || len(rendering.Resources) != 3 ||
		!strings.Contains(strings.Join(problems(rendering.Problems), ""), "d.yaml: the selection holds more than 3 manifests") {
		t.Errorf("files: %v, %v", err, problems(rendering.Problems))
	}
	deep := files(map[string]string{"1/2/3/4/5/6/a.yaml": "a: 1"})
	rendering, err = render.New(small).Render(t.Context(), deep, sources.Selection{Path: "."})
	if err != nil || len(rendering.Resources) != 0 || len(rendering.Problems) != 1 {
		t.Errorf("folders: %v, %v", err, problems(rendering.Problems))
	}
}

func TestAliasesShareTheirValue(t *testing.T) {
	// 9^5 values: within the bound, and each list is there once.
	text := strings.Join(strings.SplitAfter(bomb(), "\n")[:5], "")
	content := renderOne(t, "a.yaml", text).Resources[0].Content.(map[string]any)
	for i := 1; i < 5; i++ {
		below := reflect.ValueOf(content["a"+strconv.Itoa(i-1)]).Pointer()
		for _, element := range content["a"+strconv.Itoa(i)].([]any) {
			if reflect.ValueOf(element).Pointer() != below {
				t.Fatalf("an element of a%d is a copy of what its alias names", i)
			}
		}
	}
}

func TestUnreadable(t *testing.T) {
	snapshot := &failing{tree: files(map[string]string{"a.yaml": "a: 1\n", "b.yaml": "b: 1\n", "c/d.yaml": "d: 1\n", "e.yaml": "e: 1\n"}), errs: map[string]error{
		"a.yaml": sources.ErrTooLarge, "b.yaml": sources.ErrEscapes, "c": sources.ErrChanged,
	}}
	rendering := renderAll(t, snapshot)
	want := []string{
		"c: cannot be read: open c: changed while it was being read",
		"a.yaml: larger than the limit of 8388608 bytes for a manifest; split it or exclude it",
		"b.yaml: a symbolic link that leads out of the source's root is not followed; put the file itself into the source",
	}
	if diff := cmp.Diff(want, problems(rendering.Problems)); diff != "" || len(rendering.Resources) != 1 {
		t.Errorf("%s %v", diff, rendering.Resources)
	}
}

// failing is a snapshot some of whose files and folders cannot be opened.
type failing struct {
	*tree
	errs map[string]error
}

func (f *failing) Open(name string) (fs.File, error) {
	if err := f.errs[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.tree.Open(name)
}

func (f *failing) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.errs[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.tree.ReadDir(name)
}

func (f *failing) ReadFile(name string) ([]byte, error) { return fs.ReadFile(onlyOpen{f}, name) }

type onlyOpen struct{ fs.FS }
