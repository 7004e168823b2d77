package report

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// FuzzRenderers puts any text in every place of an audit: nothing that steers a
// display gets through, the page stays well-formed and the JSON valid.
func FuzzRenderers(f *testing.F) {
	for _, seed := range []string{"", hostileText, "\x1b[2J\x9b\u202e", "a\nb\r\n\tc", "``` | `", "\\|", "<!--", "</title>", "\x00", "#- x", "\u2028", "𝒳é"} {
		f.Add(seed)
	}
	schema := contract(f)
	f.Fuzz(func(t *testing.T, text string) {
		audit := auditOf(text)
		for name, render := range map[string]func(io.Writer) error{
			"text": func(w io.Writer) error { return Text(w, &audit.Report, TextOptions{Verbose: true, Width: 60}) },
			"runs": func(w io.Writer) error {
				return Runs(w, []reconcile.Run{{Message: text, Changes: audit.Targets[0].Changes}}, TextOptions{})
			},
			"html":     func(w io.Writer) error { return HTML(w, audit) },
			"markdown": func(w io.Writer) error { return Markdown(w, audit) },
		} {
			var b bytes.Buffer
			if err := render(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			assertInert(t, b.String())
			if name == "html" {
				elements(t, b.String())
			}
		}
		var b bytes.Buffer
		if err := AuditJSON(&b, audit); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b.Bytes()) {
			t.Fatal("the JSON is not valid")
		}
		validate(t, schema, b.Bytes())
	})
}
