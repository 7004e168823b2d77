// Package report renders what holdfast found and did: for people on a
// terminal, for machines, for a pull request and for an auditor.
//
// Every renderer is pure: data in, bytes out. None of them looks at the clock,
// the environment or the terminal; colour and width are options. What they are
// given is already masked, but it is still written by others: control
// characters never reach a terminal, and HTML and Markdown are escaped.
//
// Start with Text, which is what most people see; JSON is the contract for
// machines, HTML the page for an auditor. Runs renders plans and runs.
package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// printable is s without anything that a terminal or a page would obey rather
// than show: control characters, and the marks that reorder text, are written
// as Go escapes. Line breaks and tabs stay. Bytes that are no UTF-8, which an
// 8-bit terminal would take for commands, become the replacement character.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, commands) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !commands(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// commands reports whether r steers a display. The format characters (Cf)
// include the bidirectional overrides by which text can read differently from
// what it says.
func commands(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || (unicode.Is(unicode.Cf, r) && r != '\u00ad' && r != '\u200d')
}

// oneLine is printable s with its line breaks and tabs as spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(printable(s), func(r rune) bool {
		return r == '\n' || r == '\t'
	}), " ")
}

// name is the short form of a resource, as resource.ID has it.
func name(ref *reconcile.ResourceRef) string {
	if ref == nil {
		return ""
	}
	id := resource.ID{
		Scope: ref.Scope, APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name,
	}
	return oneLine(id.String())
}

// count is "1 rule", "2 rules".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// utc is an instant to the minute, with its zone.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// shortRevision is a revision as people quote it. A hash is cut to 12 digits,
// a content digest keeps its algorithm.
func shortRevision(revision string) string {
	algorithm, digest, found := strings.Cut(revision, ":")
	if !found {
		algorithm, digest = "", revision
	} else {
		algorithm += ":"
	}
	if len(digest) > 12 && strings.Trim(digest, "0123456789abcdef") == "" {
		digest = digest[:12]
	}
	return oneLine(algorithm + digest)
}
