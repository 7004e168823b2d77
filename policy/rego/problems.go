package rego

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxProblems bounds how many mistakes are reported together.
const maxProblems = 100

// problems collects the user's mistakes, so that all are told at once.
type problems struct {
	list resource.Problems
}

func (p *problems) add(at resource.Location, format string, args ...any) {
	p.list = append(p.list, resource.Problem{Msg: fmt.Sprintf(format, args...), Location: at})
}

// err is nil, or the problems in the order of their places, each once.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b resource.Problem) int {
		return cmp.Or(
			strings.Compare(a.Location.File, b.Location.File),
			cmp.Compare(a.Location.Line, b.Location.Line),
			cmp.Compare(a.Location.Column, b.Location.Column),
			strings.Compare(a.Msg, b.Msg),
		)
	})
	list := slices.Compact(p.list)
	return list[:min(len(list), maxProblems)]
}

// addAST takes in what OPA's parser or compiler has against a module.
func (p *problems) addAST(err error) {
	var many ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &many):
		for _, e := range oneAPlace(many) {
			p.add(place(e.Location), "%s", readable(e))
		}
	case errors.As(err, &one):
		p.add(place(one.Location), "%s", readable(one))
	default:
		p.add(resource.Location{}, "%s", err)
	}
}

// oneAPlace leaves out what the parser says twice of one place, in a shorter and
// a longer form.
func oneAPlace(errs ast.Errors) ast.Errors {
	var kept ast.Errors
	for _, e := range errs {
		at := slices.IndexFunc(kept, func(k *ast.Error) bool {
			return e.Code == ast.ParseErr && k.Code == ast.ParseErr && place(k.Location) == place(e.Location)
		})
		switch {
		case at < 0:
			kept = append(kept, e)
		case len(readable(e)) > len(readable(kept[at])):
			kept[at] = e
		}
	}
	return kept
}

func place(loc *ast.Location) resource.Location {
	if loc == nil {
		return resource.Location{}
	}
	return resource.Location{File: loc.File, Line: loc.Row, Column: loc.Col}
}

var unsafeVar = regexp.MustCompile(`^var (\S+) is unsafe$`)

// readable is OPA's message for people who have never seen OPA's source.
func readable(e *ast.Error) string {
	msg := strings.TrimSpace(e.Message)
	if first, rest, more := strings.Cut(msg, "\n"); more {
		msg = strings.TrimSpace(first)
		if strings.HasSuffix(msg, ":") { // the rest is a list, and not an explanation
			msg += " " + strings.Join(strings.Fields(strings.ReplaceAll(rest, "\n", ", ")), " ")
		}
	}
	if name := unsafeVar.FindStringSubmatch(msg); name != nil {
		return fmt.Sprintf("%s is never given a value: it is misspelt, or stands under \"not\" or in a call before anything binds it", name[1])
	}
	if e.Code == ast.ParseErr {
		return "not valid Rego: " + msg
	}
	return msg
}

// suggestion is `; did you mean "interval"?` where one of the known names is
// near to name, and otherwise the list of them if it is short.
func suggestion(name string, known []string) string {
	known = slices.Clone(known)
	slices.Sort(known)
	best, distance := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if group, _, grouped := strings.Cut(name, "/"); grouped && len(known) > 12 {
		known = slices.DeleteFunc(known, func(k string) bool { return !strings.HasPrefix(k, group+"/") })
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 1:
		return "; there is only " + known[0]
	case len(known) > 0 && len(known) <= 12:
		return "; there are " + strings.Join(known, ", ")
	}
	return ""
}
