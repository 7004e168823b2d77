// Package gatekeeper reads Gatekeeper's ConstraintTemplates and Constraints
// and evaluates them, in Rego and in CEL, as Gatekeeper 3.23 and its gator do.
//
// Load makes a Library of files: it splits them into documents (document.go,
// place.go), compiles each template on its own (template.go, module.go,
// expression.go), and holds each constraint against the schema that its
// template declares (schema.go, constraint.go). Of every constraint comes a
// Rule. A Rule says whether it is about a Review (match.go, review.go) and what
// it has against it (ask.go, askcel.go). RunSuite runs the tests that gator
// verify runs (suite.go, suiterun.go).
//
// Gatekeeper's own packages for this pull in a client of the Kubernetes API
// and cost every start of the program several milliseconds; so the rules of
// matching are written here, and the schemas, defaults and CEL come from the
// libraries of the API server.
package gatekeeper

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// dialectVersion is part of every digest. Raise it when the same template and
// constraint may give other answers than before.
const dialectVersion = "1"

// Options say what templates may use.
type Options struct {
	// Capabilities are the functions that Rego may call; nil means all of OPA's.
	Capabilities *ast.Capabilities
	// Impure are functions that are refused, each with the reason that the
	// author of the template is told.
	Impure map[string]string
}

// Library is the constraints of some files, each with its template.
type Library struct {
	rules   []*Rule
	foreign []Foreign
	unused  []Template
}

// Foreign is a document that is neither a template nor a constraint.
type Foreign struct {
	APIVersion, Kind string // "" where the document does not say
	Location         resource.Location
	// Invalid is set for a constraint that a suite beside it says is not to be
	// valid: it is there to be tested, not to judge.
	Invalid bool
}

// Template names a ConstraintTemplate.
type Template struct {
	Name, Kind string // "k8srequiredlabels", "K8sRequiredLabels"
	Location   resource.Location
}

// Rules are one for each constraint, in the order of their ids.
func (l *Library) Rules() []*Rule { return l.rules }

// Foreign are the documents that were passed over, in the order of the files,
// of the files that mention Gatekeeper at all. What they mean is for the caller
// to judge.
func (l *Library) Foreign() []Foreign { return l.foreign }

// Unused are the templates without a constraint, in the order of their names.
// They judge nothing, as in a cluster.
func (l *Library) Unused() []Template { return l.unused }

// Load reads the templates and constraints in YAML and JSON files. The user's
// mistakes come back together, each with its place; the rules of what is not
// mistaken are in the library all the same.
func Load(files []policy.File, options Options) (*Library, []resource.Problem) {
	if options.Capabilities == nil {
		options.Capabilities = ast.CapabilitiesForThisVersion()
	}
	l := loader{options: options, templates: map[string]*template{}, found: &problems{}}
	library := &Library{}
	constraints := l.sort(files, library)
	used := map[*template]bool{}
	seen := map[string]resource.Location{}
	for _, d := range constraints {
		t := l.templateOf(d)
		if t == nil {
			continue
		}
		used[t] = true
		r := l.constraint(d, t)
		if r == nil {
			continue
		}
		if first, twice := seen[r.ID]; twice {
			l.found.other(d.at("metadata", "name"), first, "the constraint %s is already defined at %s", r.ID, first)
			continue
		}
		seen[r.ID] = r.Location
		library.rules = append(library.rules, r)
	}
	slices.SortFunc(library.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	library.unused = l.unused(used)
	return library, l.found.sorted()
}

// loader is what Load knows while it reads.
type loader struct {
	options   Options
	templates map[string]*template // by name, with those that are mistaken
	found     *problems
}

// sort reads the templates of the files, and returns the constraints. Others
// are put aside.
func (l *loader) sort(files []policy.File, library *Library) []*document {
	var documents []*document
	invalid := map[string]bool{} // files
	for _, file := range sortedFiles(files) {
		if !bytes.Contains(file.Content, []byte("gatekeeper.sh")) {
			continue // whatever it is, and be it broken, there is nothing of Gatekeeper's in it
		}
		for _, d := range readDocuments(file, l.found) {
			documents = append(documents, d)
			if isSuite(d) {
				for _, name := range invalidConstraints(d) {
					invalid[name] = true
				}
			}
		}
	}
	var constraints []*document
	for _, d := range documents {
		isConstraint := d.group() == constraintGroup
		switch {
		case d.group() == templateGroup && d.kind() == "ConstraintTemplate":
			l.template(d)
		case isConstraint && !invalid[path.Clean(d.file)]:
			constraints = append(constraints, d)
		default:
			library.foreign = append(library.foreign, Foreign{APIVersion: d.apiVersion(), Kind: d.kind(), Location: d.at(), Invalid: isConstraint})
		}
	}
	return constraints
}

// templateOf is the template that the constraint is of, or nil. A template
// that is there but mistaken was already told of.
func (l *loader) templateOf(d *document) *template {
	name := strings.ToLower(d.kind())
	t, known := l.templates[name]
	switch {
	case d.kind() == "":
		l.found.add(d.at(), "the constraint has no kind")
	case !known:
		l.found.add(d.at("kind"), "no ConstraintTemplate defines the kind %s%s", d.kind(), l.suggestion(name))
	case t.broken:
	case t.kind != d.kind():
		l.found.add(d.at("kind"), "the kind is %s, but the ConstraintTemplate %s defines %s", d.kind(), t.name, t.kind)
	default:
		return t
	}
	return nil
}

// suggestion is `; did you mean K8sRequiredLabels?` where a template is near.
func (l *loader) suggestion(name string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, t := range l.templates {
		d := levenshtein.ComputeDistance(name, t.name)
		if d < distance || d == distance && t.kind < best {
			best, distance = t.kind, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

func (l *loader) unused(used map[*template]bool) []Template {
	var unused []Template
	for _, t := range l.templates {
		if !used[t] && !t.broken {
			unused = append(unused, Template{Name: t.name, Kind: t.kind, Location: t.at})
		}
	}
	slices.SortFunc(unused, func(a, b Template) int { return strings.Compare(a.Name, b.Name) })
	return unused
}

func sortedFiles(files []policy.File) []policy.File {
	return slices.SortedStableFunc(slices.Values(files), func(a, b policy.File) int { return strings.Compare(a.Name, b.Name) })
}

// problems collects the user's mistakes, so that all are told at once.
type problems struct {
	list []resource.Problem
}

func (p *problems) add(at resource.Location, format string, args ...any) {
	p.list = append(p.list, resource.Problem{Msg: fmt.Sprintf(format, args...), Location: at})
}

// other is add for a mistake whose message names a second place.
func (p *problems) other(at, second resource.Location, format string, args ...any) {
	p.list = append(p.list, resource.Problem{Msg: fmt.Sprintf(format, args...), Location: at, Other: second})
}

// sorted is the problems in the order of their places, each once.
func (p *problems) sorted() []resource.Problem {
	slices.SortStableFunc(p.list, func(a, b resource.Problem) int {
		return cmp.Or(
			strings.Compare(a.Location.File, b.Location.File),
			cmp.Compare(a.Location.Line, b.Location.Line),
			cmp.Compare(a.Location.Column, b.Location.Column),
			strings.Compare(a.Msg, b.Msg),
		)
	})
	return slices.Compact(p.list)
}
