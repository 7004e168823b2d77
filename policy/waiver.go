package policy

import (
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Waiver is an exception kept in Git.
type Waiver struct {
	Rule     string   // a rule's id
	Resource Selector // which resources; an empty selector is refused
	Reason   string
	Owner    string
	Created  string    // RFC 3339 date, as written
	Expires  string    // RFC 3339 date, as written
	Ends     time.Time // the first instant after the day of Expires, UTC
	File     string    // file:line where it is written
	// Bounds keep a team's waivers to the team's own paths: what it covers lies
	// within all of them. Without any it is not bounded.
	Bounds []Bound
	At     resource.Location // where it is written
	RuleAt resource.Location // where its rule is
}

// Bound is the scope that the configuration sets for some waivers.
type Bound struct {
	// Paths of the source, slash-separated and clean; "." is all of it. What
	// lies below one of them is within; without any nothing is.
	Paths []string
	At    resource.Location // where it is written
}

// holds reports whether a file of the source lies within. What is of no file does not.
func (b Bound) holds(file string) bool {
	for _, dir := range b.Paths {
		if file != "" && (dir == "." || file == dir || strings.HasPrefix(file, dir+"/")) {
			return true
		}
	}
	return false
}

// String is the bound for people: "teams/a, shared/a".
func (b Bound) String() string { return strings.Join(b.Paths, ", ") }

// Selector picks resources; an empty field matches all, and "*" in Target,
// Namespace and Name matches any run of characters.
type Selector struct {
	Target    string
	Kind      string
	Namespace string
	Name      string
}

// Approval is consent kept in Git to one act over a limit.
type Approval struct {
	Target  string
	Digest  string // of the act, as the flagged change names it
	Owner   string
	Reason  string
	Expires string
	Ends    time.Time
	File    string
}

// String is the selector for people: "Deployment shop/web", with "*" for what is open.
func (s Selector) String() string {
	or := func(text, fallback string) string {
		if text == "" {
			return fallback
		}
		return text
	}
	name := or(s.Name, "*")
	if s.Namespace != "" {
		name = s.Namespace + "/" + name
	}
	text := or(s.Kind, "*") + " " + name
	if s.Target != "" {
		text += " in " + s.Target
	}
	return text
}
