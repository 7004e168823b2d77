package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

//go:embed html
var htmlFiles embed.FS

// HTML writes an audit as one page that needs nothing else: no network, no
// font, no other file. It reads and prints well without its script, which only
// filters. Its policy (CSP) permits exactly the style and the script that it
// brings, so that even a hole in the escaping would run nothing.
func HTML(w io.Writer, audit *reconcile.Audit) error {
	style, err := htmlFiles.ReadFile("html/page.css")
	if err != nil {
		return fmt.Errorf("read the page's style: %w", err)
	}
	script, err := htmlFiles.ReadFile("html/page.js")
	if err != nil {
		return fmt.Errorf("read the page's script: %w", err)
	}
	templates, err := template.New("page.tmpl").Funcs(htmlFuncs()).ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	view := newPage(audit)
	// Both are files of this package, with nothing of the audit in them.
	view.CSS, view.JS = template.CSS(style), template.JS(script)
	view.CSP = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", sourceHash(style), sourceHash(script))
	var b bytes.Buffer
	if err := templates.Execute(&b, view); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	// What reorders or hides text would deceive an auditor as well as it does a terminal.
	if _, err := io.WriteString(w, printable(b.String())); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// sourceHash names inline content in a Content-Security-Policy (CSP3, 2.3.1).
func sourceHash(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func htmlFuncs() template.FuncMap {
	return template.FuncMap{
		"at":            func(l resource.Location) string { return l.String() },
		"name":          refName,
		"time":          utc,
		"uncovered":     uncoveredNames,
		"stamp":         func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"more":          moreUnmanaged,
		"short":         shortRevision,
		"count":         count,
		"paths":         joinPaths,
		"waiver":        waiverNote,
		"links":         links,
		"severity":      severityClass,
		"op":            func(op byte) string { return string(op) },
		"opClass":       opClass,
		"actionClass":   actionClass,
		"stateClass":    stateClass,
		"waiverClass":   waiverClass,
		"controlAnchor": func(control string) template.URL { return anchor("control", control) },
	}
}

// refName names a resource given by value or by pointer.
func refName(ref any) string {
	switch r := ref.(type) {
	case reconcile.ResourceRef:
		return name(&r)
	case *reconcile.ResourceRef:
		return name(r)
	}
	return ""
}

// The classes below are the closed list that the style sheet knows, so that no
// foreign text becomes a class.

func severityClass(s policy.Severity) string {
	if s.Rank() == 0 {
		return "unrated"
	}
	return string(s)
}

func opClass(op byte) string {
	switch op {
	case '+':
		return "add"
	case '-':
		return "del"
	case '~':
		return "mod"
	}
	return "ctx"
}

func actionClass(action resource.Action) string {
	if actionSign(action) == "" {
		return ""
	}
	return string(action)
}

func stateClass(s reconcile.State) string {
	switch s {
	case reconcile.StateApplied:
		return "good"
	case reconcile.StateBlocked, reconcile.StateFailed:
		return "bad"
	case reconcile.StatePlanned, reconcile.StateKept, reconcile.StateBegun:
		return "plain"
	}
	return "warn"
}

func waiverClass(state string) string {
	switch state {
	case "used":
		return "good"
	case "expired":
		return "bad"
	case "expiring":
		return "warn"
	}
	return "plain"
}

// span is a piece of text, with an address where it is a link.
type span struct{ Text, URL string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"'()\[\]]+`)

// links splits text into what is plain and what is a web address.
func links(text string) []span {
	var spans []span
	for {
		at := webAddress.FindStringIndex(text)
		if at == nil {
			return append(spans, span{Text: text})
		}
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?")
		end := at[0] + len(address)
		spans = append(spans, span{Text: text[:at[0]]}, span{Text: address, URL: address})
		text = text[end:]
	}
}

var unsafeInAnchor = regexp.MustCompile(`[^A-Za-z0-9._/@-]+`)

// anchor is the id of a part of the page. Text that an id or a link cannot hold
// is replaced, and then a digest keeps two such ids apart. What is left is
// safe in an address as it stands, so it is typed as one: links keep their slashes.
func anchor(kind, text string) template.URL {
	id := kind + "-" + unsafeInAnchor.ReplaceAllString(text, "_")
	if unsafeInAnchor.MatchString(text) {
		sum := sha256.Sum256([]byte(text))
		id += fmt.Sprintf("-%x", sum[:4])
	}
	return template.URL(id)
}
