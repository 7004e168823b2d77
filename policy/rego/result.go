package rego

import (
	"cmp"
	"fmt"
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

func (e *evaluation) topic() topic {
	if e.subject == nil {
		return topic{}
	}
	return topic{e.subject.ID, cmp.Or(e.subject.Resource, e.subject.Live)}
}

// ref is the ID for a report, nil for what has no identity.
func (t topic) ref() *resource.ID {
	if t.id.IsZero() {
		return nil
	}
	return &t.id
}

// keep turns each element of a rule's set into findings.
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
		for _, about := range w.about(e, answer) {
			f := w.finding(e, about)
			f.Rule, f.Severity, f.Decision = e.rule.ID, e.rule.Severity, decision
			f.Remediation, f.Controls = e.rule.Remediation, e.rule.Controls
			f.Msg, f.Path = w.text(answer.msg), w.path(answer.path)
			w.findings = append(w.findings, f)
		}
	})
}

// fail keeps the finding that a rule could not be evaluated.
func (w *worker) fail(e *evaluation, err error) {
	f := w.finding(e, e.topic())
	f.Rule, f.Severity, f.Decision = policy.RuleError, policy.High, policy.Deny
	f.Msg = w.text(fmt.Sprintf("rule %s could not be evaluated: %v", e.rule.ID, err))
	f.Remediation = "Mend the policy; until then what it judges is held back."
	w.findings = append(w.findings, f)
}

func (w *worker) finding(e *evaluation, about topic) policy.Finding {
	target := e.target
	if !about.id.IsZero() {
		target = about.id.Target
	}
	return policy.Finding{
		Policy: e.rule.Policy, Category: e.rule.Category, Target: target,
		Resource: about.ref(), Subject: about.res, Phase: w.c.Phase,
	}
}

// text is a message without sensitive values.
func (w *worker) text(msg string) string {
	msg = w.redactor.Redact(msg)
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
func (w *worker) path(path resource.Path) resource.Path {
	if w.redactor == nil {
		return path
	}
	for i, step := range path {
		if s, ok := step.(string); ok {
			path[i] = w.redactor.Redact(s)
		}
	}
	return path
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

// about is whom a finding is about: the resource that the rule names, found
// among those of the case, or else what was judged. Where a rule names one
// that several targets have, and none of them is the one in question, the
// finding is about each.
func (w *worker) about(e *evaluation, a answer) []topic {
	fallback := []topic{e.topic()}
	if a.resource == nil {
		return fallback
	}
	if content := e.input.Get(ast.InternedTerm("resource")); content != nil && content.Value.Compare(a.resource) == 0 {
		return fallback
	}
	field := func(keys ...string) string {
		var value ast.Value = a.resource
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
	named := resource.ID{APIVersion: field("apiVersion"), Kind: field("kind"), Namespace: either("namespace"), Name: either("name")}
	matches := w.topics()[named.Key()]
	if target := field("target"); target != "" {
		matches = inTarget(matches, target)
	} else if near := inTarget(matches, e.target); len(near) > 0 && e.rule.Scope != policy.ScopeSnapshot {
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

// indexTopics are the resources of the case by what a rule can name: kind,
// namespace and name.
func (r *run) indexTopics() map[resource.Key][]topic {
	index := map[resource.Key][]topic{}
	seen := map[resource.Key]bool{}
	add := func(id resource.ID, res *resource.Resource) {
		if id.IsZero() || seen[id.Key()] {
			return
		}
		seen[id.Key()] = true
		key := id.Key()
		key.Target, key.Scope = "", ""
		index[key] = append(index[key], topic{id, res})
	}
	for i := range r.c.Subjects {
		s := &r.c.Subjects[i]
		add(s.ID, cmp.Or(s.Resource, s.Live))
	}
	for i := range r.c.Context {
		add(r.c.Context[i].ID, &r.c.Context[i])
	}
	for i := range r.c.Live {
		add(r.c.Live[i].ID, &r.c.Live[i])
	}
	return index
}
