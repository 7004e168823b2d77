package rego

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxMsg bounds a message, in bytes; a rule may put a whole resource into one.
const maxMsg = 16 << 10

// topic is what a finding is about. res is nil where the resource is gone, and
// the zero topic is about no single resource.
type topic struct {
	id  resource.ID
	res *resource.Resource
}

// topic is what an evaluation of the i-th subject is about.
func (b *batch) topic(i int) topic {
	if i < 0 {
		return topic{}
	}
	return topic{b.Subjects[i].ID, cmp.Or(b.Subjects[i].Resource, b.Subjects[i].Live)}
}

// ref is the ID for a report, nil for what has no identity.
func (t topic) ref() *resource.ID {
	if t.id.IsZero() {
		return nil
	}
	return &t.id
}

// raw is one element of an answer, as long as it is not known what else there is.
type raw struct {
	rule     *rule
	at       int    // of the subject in the batch, -1 for none
	target   string // of the evaluation
	decision policy.Decision
	msg      string
	path     resource.Path
	named    *named // the resource that the rule says it is about, nil for the subject
	failed   bool   // the rule could not be evaluated, and msg is the reason
	excepted bool   // an exception of the policy itself covers it
	line     int    // in the subject's file, where the rule says one; else 0
}

// named is a resource as a rule names it.
type named struct {
	key    resource.Key // without target and scope
	target string       // "" where the rule gives none
}

// keep turns each element of a rule's set into what findings are made of.
func (w *worker) keep(e *evaluation, decision policy.Decision, answer *ast.Term) {
	set, ok := answer.Value.(ast.Set)
	if !ok {
		w.fail(e, fmt.Errorf("%s is a %s where a set is needed", decision, ast.ValueName(answer.Value)))
		return
	}
	set.Foreach(func(element *ast.Term) {
		answer, err := decode(element)
		if err != nil {
			w.fail(e, fmt.Errorf("%s: %w", decision, err))
			return
		}
		w.b.raws = append(w.b.raws, raw{
			rule: e.rule, at: e.at, target: e.target, decision: decision,
			msg: answer.msg, path: answer.path, named: e.named(answer.resource),
		})
	})
}

// fail keeps the finding that a rule could not be evaluated.
func (w *worker) fail(e *evaluation, err error) {
	w.b.raws = append(w.b.raws, raw{rule: e.rule, at: e.at, target: e.target, failed: true, msg: err.Error()})
}

// findings are those that an element of an answer makes.
func (s *session) findings(b *batch, r *raw) []policy.Finding {
	var all []policy.Finding
	for _, about := range s.about(b, r) {
		f := policy.Finding{
			Rule: r.rule.ID, Policy: r.rule.Policy, Category: r.rule.Category, Severity: r.rule.Severity,
			Decision: r.decision, Remediation: r.rule.Remediation, Controls: r.rule.Controls,
			Msg: s.text(r.msg), Path: s.path(r.path),
			Target: r.target, Resource: about.ref(), Subject: about.res, Phase: s.c.Phase,
		}
		if !about.id.IsZero() {
			f.Target = about.id.Target
		}
		f.Location.Line = r.line
		if r.excepted {
			f.Waived = &policy.Waived{By: "exception"}
		}
		if r.failed {
			f.Rule, f.Severity, f.Decision, f.Controls = policy.RuleError, policy.High, policy.Deny, nil
			f.Msg = s.text(fmt.Sprintf("rule %s could not be evaluated: %s", r.rule.ID, r.msg))
			f.Remediation = "Mend the policy; until then what it judges is held back."
		}
		all = append(all, f)
	}
	return all
}

// text is a message without sensitive values.
func (s *session) text(msg string) string {
	msg = s.redactor.Redact(msg)
	if len(msg) <= maxMsg {
		return msg
	}
	cut := maxMsg
	for !utf8.RuneStart(msg[cut]) {
		cut--
	}
	return msg[:cut] + "…"
}

// path is the answer's path without sensitive values, which a rule could have
// made a step of.
func (s *session) path(path resource.Path) resource.Path {
	if s.redactor == nil {
		return path
	}
	shown := slices.Clone(path)
	for i, step := range shown {
		if text, ok := step.(string); ok {
			shown[i] = s.redactor.Redact(text)
		}
	}
	return shown
}

// answer is one element of deny or warn.
type answer struct {
	msg      string
	path     resource.Path
	resource ast.Object // nil unless the rule names one
}

// decode reads {"msg": …, "path": …, "resource": …}, or a bare message.
func decode(element *ast.Term) (answer, error) {
	switch v := element.Value.(type) {
	case ast.String:
		return withMsg(answer{}, element)
	case ast.Object:
		var a answer
		var err error
		if a.path, err = decodePath(v.Get(ast.InternedTerm("path"))); err != nil {
			return a, err
		}
		if named := v.Get(ast.InternedTerm("resource")); named != nil {
			object, ok := named.Value.(ast.Object)
			if _, isNull := named.Value.(ast.Null); !ok && !isNull {
				return a, fmt.Errorf("resource is a %s where an object with kind and name is needed", ast.ValueName(named.Value))
			}
			a.resource = object
		}
		return withMsg(a, v.Get(ast.InternedTerm("msg")))
	}
	return answer{}, fmt.Errorf("an element is a %s where {\"msg\": …} is needed", ast.ValueName(element.Value))
}

func withMsg(a answer, msg *ast.Term) (answer, error) {
	if msg == nil {
		return a, fmt.Errorf("an element has no msg")
	}
	text, ok := msg.Value.(ast.String)
	if !ok || strings.TrimSpace(string(text)) == "" {
		return a, fmt.Errorf("msg is a %s where a text is needed", describeMsg(msg))
	}
	a.msg = string(text)
	return a, nil
}

func describeMsg(msg *ast.Term) string {
	if _, ok := msg.Value.(ast.String); ok {
		return "blank string"
	}
	return ast.ValueName(msg.Value)
}

func decodePath(term *ast.Term) (resource.Path, error) {
	if term == nil {
		return nil, nil
	}
	list, ok := term.Value.(*ast.Array)
	if !ok {
		if _, isNull := term.Value.(ast.Null); isNull {
			return nil, nil
		}
		return nil, fmt.Errorf("path is a %s where a list is needed", ast.ValueName(term.Value))
	}
	path := make(resource.Path, 0, list.Len())
	for i := range list.Len() {
		switch step := list.Elem(i).Value.(type) {
		case ast.String:
			path = append(path, string(step))
		case ast.Number:
			n, whole := step.Int()
			if !whole || n < 0 {
				return nil, fmt.Errorf("path has the step %s where a key or an index is needed", step)
			}
			path = append(path, n)
		default:
			return nil, fmt.Errorf("path has a %s where a key or an index is needed", ast.ValueName(step))
		}
	}
	return path, nil
}

// named is the resource that a rule names, nil where it is the one that it judged.
func (e *evaluation) named(object ast.Object) *named {
	if object == nil {
		return nil
	}
	input, _ := e.input.Value.(ast.Object)
	if content := input.Get(ast.InternedTerm("resource")); content != nil && content.Value.Compare(object) == 0 {
		return nil
	}
	field := func(keys ...string) string {
		var value ast.Value = object
		for _, key := range keys {
			object, ok := value.(ast.Object)
			if !ok {
				return ""
			}
			child := object.Get(ast.StringTerm(key))
			if child == nil {
				return ""
			}
			value = child.Value
		}
		s, _ := value.(ast.String)
		return string(s)
	}
	either := func(key string) string {
		if s := field(key); s != "" {
			return s
		}
		return field("metadata", key)
	}
	id := resource.ID{APIVersion: field("apiVersion"), Kind: field("kind"), Namespace: either("namespace"), Name: either("name")}
	return &named{id.Key(), field("target")}
}

// about is whom a finding is about: the resource that the rule names, found
// among those of the case, or else what was judged. Where a rule names one
// that several targets have, and none of them is the one in question, the
// finding is about each.
func (s *session) about(b *batch, r *raw) []topic {
	fallback := []topic{b.topic(r.at)}
	if r.named == nil {
		return fallback
	}
	matches := s.called(r.named.key)
	if r.named.target != "" {
		matches = inTarget(matches, r.named.target)
	} else if near := inTarget(matches, r.target); len(near) > 0 && r.rule.Scope != policy.ScopeSnapshot {
		matches = near
	}
	if len(matches) == 0 {
		return fallback
	}
	return matches
}

func inTarget(topics []topic, target string) []topic {
	var in []topic
	for _, t := range topics {
		if t.id.Target == target {
			in = append(in, t)
		}
	}
	return in
}

// topics are resources by what a rule can name: kind, namespace and name.
type topics map[resource.Key][]topic

// add takes in a resource unless one of its identity is there.
func (t topics) add(id resource.ID, res *resource.Resource) {
	if id.IsZero() {
		return
	}
	key := id.Key()
	key.Target, key.Scope = "", ""
	t[key] = addTopic(t[key], topic{id, res})
}

func addTopic(list []topic, t topic) []topic {
	if slices.ContainsFunc(list, func(there topic) bool { return there.id.Key() == t.id.Key() }) {
		return list
	}
	return append(list, t)
}

func (s *session) indexTopics() (subjects, live topics) {
	subjects, live = topics{}, topics{}
	for _, b := range s.batches {
		for i := range b.Subjects {
			t := b.topic(i)
			subjects.add(t.id, t.res)
		}
	}
	for i := range s.c.Live {
		live.add(s.c.Live[i].ID, &s.c.Live[i])
	}
	return subjects, live
}

// called are the resources of the case that a rule can mean by the key.
func (s *session) called(key resource.Key) []topic {
	subjects, live := s.topics()
	found := slices.Clone(subjects[key])
	left := s.c.Context.Left()
	for _, t := range s.around.topics()[key] {
		if left == "" || t.id.Target != left {
			found = addTopic(found, t)
		}
	}
	for _, t := range live[key] {
		found = addTopic(found, t)
	}
	return found
}
