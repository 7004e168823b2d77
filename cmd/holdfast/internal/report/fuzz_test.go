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
		validateAudit(t, schema, b.Bytes())
	})
}

// FuzzFormats puts any text in every place of a check: what the formats write
// is read back by their own rules, with as many findings as went in.
func FuzzFormats(f *testing.F) {
	for _, seed := range []string{
		"", hostileText, "a,line=1::b\n::error::c\r##[error]d", "]]>\x00\ufffe", "# SKIP \\# TODO", "x\n  ...\nnot ok 1", "[a](b) {0}", "@a #1 | `b` </details>",
		"a:b/../c?d#e%", "\xff\u2028\u202e",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		check := checkOf(text)
		out := map[string]string{}
		for format := range renderers() {
			out[format] = render(t, format, check)
			assertInert(t, out[format])
		}
		if run := parseSARIF(t, out["sarif"]); len(run.Results) != len(check.Findings)+len(check.Undecided) {
			t.Errorf("%d results", len(run.Results))
		}
		if suites := parseJUnit(t, out["junit"]); suites.Failures != 3 || suites.Errors != 1 {
			t.Errorf("%d failures, %d errors", suites.Failures, suites.Errors)
		}
		failed := 0
		for _, point := range parseTAP(t, out["tap"]) {
			if !point.ok && point.directive == "" {
				failed++
			}
		}
		if failed != 4 {
			t.Errorf("%d points failed", failed)
		}
		errors := 0
		commands, _ := readLog(t, out["github"])
		for _, c := range commands {
			if c.name == "error" {
				errors++
			}
		}
		if errors != 4 {
			t.Errorf("%d errors are annotated", errors)
		}
		if entries := parseGitLab(t, out["gitlab"]); len(entries) != 1+len(check.Findings)+len(check.Undecided)+3 {
			t.Errorf("%d entries", len(entries))
		}
		assertComment(t, out["markdown"])
	})
}
