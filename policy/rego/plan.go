package rego

import (
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
)

// plan is what to ask about resources of one group and kind.
type plan struct {
	alone  []*question // of rules that need no more than the resource
	across []*question // of rules that look at other resources too
	judges bool        // whether such resources are rules themselves
	kept   bool        // whether some rule looks at such resources once all are known
	// unready is set where a rule is about them that is not made ready.
	unready bool
}

// planOf is what to ask about a subject.
func (s *session) planOf(subject *policy.Subject) *plan {
	if subject.Resource != nil && subject.Resource.Document {
		return s.plan(documentKind)
	}
	return s.plan(subject.ID.GroupKind())
}

// documentKind stands for the kind of a file's text where resources are made of the
// file too. What looks at texts is asked about that, what judges resources
// about those.
const documentKind = "\x00document"

const terraformGroup = "terraform/"

// asks reports whether rules of the dialect are made for such resources.
func (d dialect) asks(groupKind string) bool {
	switch {
	case groupKind == documentKind:
		return d == conftest
	case strings.HasPrefix(groupKind, terraformGroup):
		return d == native
	}
	return true
}

func (s *session) plan(groupKind string) *plan {
	if known, ok := s.plans.Load(groupKind); ok {
		return known.(*plan)
	}
	made := &plan{judges: judges(groupKind)}
	if !made.judges {
		made.alone, made.across = s.questionsFor(groupKind, false), s.questionsFor(groupKind, true)
	}
	made.kept = len(made.across) > 0 || slices.ContainsFunc(s.rules, func(r *rule) bool {
		return r.reads.resources && r.reads.readsKind(groupKind)
	})
	made.unready = slices.ContainsFunc(s.absent, func(r *rule) bool { return r.matches(groupKind) })
	known, _ := s.plans.LoadOrStore(groupKind, made)
	return known.(*plan)
}

// questionsFor are one question for each dialect that has rules about the kind.
func (s *session) questionsFor(groupKind string, across bool) []*question {
	rules := map[dialect][]*rule{}
	for _, r := range s.rules {
		if r.Scope == policy.ScopeResource && r.reads.resources == across && r.dialect.asks(groupKind) && r.matches(groupKind) {
			rules[r.dialect] = append(rules[r.dialect], r)
		}
	}
	var questions []*question
	for _, d := range slices.Sorted(maps.Keys(rules)) {
		definitions := s.compiler.GetRulesExact
		if d != native {
			definitions = nil // one reference leads to many, and an index to those of them that matter
		}
		questions = append(questions, newQuestion(d, rules[d], definitions))
	}
	return questions
}
