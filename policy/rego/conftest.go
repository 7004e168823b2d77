package rego

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// conftest is the dialect of packages outside of holdfast: their input is the
// document itself, and each of their deny, violation and warn rules, with or
// without a suffix, is a rule of its own.
const conftest dialect = policy.Conftest

var (
	conftestDeny = regexp.MustCompile(`^(deny|violation)(_[a-zA-Z0-9]+)*$`)
	conftestWarn = regexp.MustCompile(`^warn(_[a-zA-Z0-9]+)*$`)
)

// conftestDecision is what rules of that name decide, or "".
func conftestDecision(name string) policy.Decision {
	switch {
	case conftestDeny.MatchString(name):
		return policy.Deny
	case conftestWarn.MatchString(name):
		return policy.Warn
	}
	return ""
}

// readConftest are the rules of a package of the conftest dialect, none if it
// is a helper. With combine they are asked once, about all documents.
func readConftest(name string, modules []*module, combine bool, found *problems) []*rule {
	named := map[string][]*ast.Rule{}
	in := map[string]*module{}
	for _, m := range modules {
		for _, r := range m.parsed.Rules {
			if len(r.Head.Args) > 0 {
				continue // a function
			}
			rule := ruleName(r)
			if named[rule] = append(named[rule], r); in[rule] == nil {
				in[rule] = m
			}
		}
	}
	exceptions := len(named["exception"]) > 0
	var rules []*rule
	for _, rule := range slices.Sorted(maps.Keys(named)) {
		decision := conftestDecision(rule)
		if decision == "" {
			continue
		}
		refuseTruth(rule, named[rule], found)
		r := conftestRule(name, rule, in[rule])
		r.modules, r.Decisions, r.combine = modules, []policy.Decision{decision}, combine
		if combine {
			r.Scope = policy.ScopeSnapshot
		}
		at := in[rule].parsed.Package.Path
		r.entries = []entry{{decision: decision, path: at.Append(ast.StringTerm(rule)), set: areSets(named[rule])}}
		r.silent = areScalars(named[rule])
		if exceptions {
			r.exceptions = at.Append(ast.StringTerm("exception"))
		}
		rules = append(rules, r)
	}
	return rules
}

// conftestRule describes the rule, by the METADATA of the rule itself or else
// of its package.
func conftestRule(pkg, name string, in *module) *rule {
	r := &rule{dialect: conftest}
	r.ID, r.Policy, r.Dialect = pkg+"."+name, pkg, string(conftest)
	r.Category, r.Severity, r.Scope = "custom", policy.Medium, policy.ScopeResource
	r.Location = in.location()
	for _, a := range in.parsed.Annotations {
		of := a.Scope == "package"
		if target := a.GetTargetPath(); a.Scope != "package" && len(target) > 0 {
			last, _ := target[len(target)-1].Value.(ast.String)
			of = string(last) == name
		}
		if !of {
			continue
		}
		r.Title, r.Description = a.Title, strings.TrimSpace(a.Description)
		if severity, _ := a.Custom["severity"].(string); slices.Contains(severities, strings.ToLower(severity)) {
			r.Severity = policy.Severity(strings.ToLower(severity))
		}
		if a.Scope != "package" {
			break
		}
	}
	if r.Title == "" {
		r.Title = r.ID
	}
	return r
}

// refuseTruth reports rules that are true under a message, where the messages
// are meant: `deny[msg] if {…}` means that in the Rego of today.
func refuseTruth(name string, rules []*ast.Rule, found *problems) {
	for _, r := range rules {
		ref := r.Head.Ref()
		if r.Head.DocKind() == ast.PartialObjectDoc && len(ref) == 2 && r.Head.Value != nil && r.Head.Value.Equal(ast.BooleanTerm(true)) {
			found.add(place(r.Location), "%s[…] if {…} is an object and would never fire; write `%s contains … if { … }`", name, name)
		}
	}
}

func areSets(rules []*ast.Rule) bool {
	return !slices.ContainsFunc(rules, func(r *ast.Rule) bool { return r.Head.DocKind() != ast.PartialSetDoc })
}

// areScalars reports whether the rules can answer with nothing but a truth, a
// number, a text or an object, none of which is a list of messages.
func areScalars(rules []*ast.Rule) bool {
	return !slices.ContainsFunc(rules, func(r *ast.Rule) bool {
		for ; r != nil; r = r.Else {
			if r.Head.DocKind() != ast.CompleteDoc || len(r.Head.Ref()) > 1 || r.Head.Value == nil {
				return true
			}
			switch r.Head.Value.Value.(type) {
			case ast.Boolean, ast.Number, ast.String, ast.Null, ast.Object:
			default:
				return true
			}
		}
		return false
	})
}

// passSilent takes out the rules that could never find anything, as conftest
// passes over them, and says so. Where there are no others, they are mistakes.
func passSilent(rules []*rule, found *problems) ([]*rule, []policy.NotEvaluated) {
	const reason = "%s is a single value, which is no message, and would never fire; write `%s contains … if { … }`"
	var heard []*rule
	var passed []policy.NotEvaluated
	for _, r := range rules {
		if r.silent {
			name := strings.TrimPrefix(r.ID, r.Policy+".")
			passed = append(passed, policy.NotEvaluated{What: r.Location.String(), Reason: fmt.Sprintf(reason, r.ID, name)})
		} else {
			heard = append(heard, r)
		}
	}
	if len(heard) == 0 {
		for i, r := range rules {
			found.add(r.Location, "%s", passed[i].Reason)
		}
	}
	return heard, passed
}

// exceptionName is the name by which exceptions call the rule: without its
// prefix, and so "" for a plain deny, violation or warn.
func (r *rule) exceptionName() string {
	name := strings.TrimPrefix(r.ID, r.Policy+".")
	for _, prefix := range []string{"violation", "deny", "warn"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			return strings.TrimPrefix(rest, "_")
		}
	}
	return name
}

// excepted reports whether the set of the value of exception, which is a set of
// sets or lists, holds the rule's name.
func (r *rule) excepted(answer *ast.Term) bool {
	name, holds := ast.StringTerm(r.exceptionName()), false
	eachValue(answer, func(exception *ast.Term) {
		eachValue(exception, func(list *ast.Term) {
			eachValue(list, func(element *ast.Term) { holds = holds || element.Equal(name) })
		})
	})
	return holds
}

// eachValue visits what x[_] is in Rego.
func eachValue(x *ast.Term, visit func(*ast.Term)) {
	switch v := x.Value.(type) {
	case ast.Set:
		v.Foreach(visit)
	case *ast.Array:
		v.Foreach(visit)
	case ast.Object:
		v.Foreach(func(_, value *ast.Term) { visit(value) })
	}
}

// keepConftest turns what a rule of the conftest dialect answers into what
// findings are made of: each text, and each object with a msg. An empty msg
// passes, as does what is neither a set nor a list. An object may say where to
// look: by conftest's _loc, or by a path as in the native dialect.
func (w *worker) keepConftest(e *evaluation, p *part, answer *ast.Term, excepted bool) {
	element := func(element *ast.Term) {
		msg, err := conftestMsg(element)
		switch {
		case err != nil:
			w.fail(e, err)
		case msg != "":
			line, at := conftestPlace(element, e.file)
			w.b.raws = append(w.b.raws, raw{
				rule: e.rule, at: e.at, target: e.target, decision: p.decision, msg: msg, excepted: excepted, line: line, path: at,
			})
		}
	}
	if p.set {
		eachValue(answer, element)
		return
	}
	// The set of the one value that the rule has, if it has any.
	eachValue(answer, func(value *ast.Term) {
		switch value.Value.(type) {
		case ast.Set, *ast.Array:
			eachValue(value, element)
		}
	})
}

func conftestMsg(element *ast.Term) (string, error) {
	switch v := element.Value.(type) {
	case ast.String:
		return string(v), nil
	case ast.Object:
		msg := v.Get(ast.InternedTerm("msg"))
		if msg == nil {
			return "", fmt.Errorf("an element has no msg")
		}
		text, isText := msg.Value.(ast.String)
		if !isText {
			return "", fmt.Errorf("msg is a %s where a text is needed", ast.ValueName(msg.Value))
		}
		return string(text), nil
	}
	return "", fmt.Errorf("an element is a %s where a text, or an object with a msg, is needed", ast.ValueName(element.Value))
}

// conftestPlace is the line that an object gives in its _loc, where that is of
// the file, and the path that it gives. What is of another form is no place.
func conftestPlace(element *ast.Term, file string) (line int, at resource.Path) {
	object, isObject := element.Value.(ast.Object)
	if !isObject {
		return 0, nil
	}
	if given, err := decodePath(object.Get(ast.InternedTerm("path"))); err == nil {
		at = given
	}
	if term := object.Get(ast.StringTerm("_loc")); term != nil {
		var loc struct {
			File string
			Line int
		}
		if err := ast.As(term.Value, &loc); err == nil && loc.Line > 0 && (loc.File == "" || path.Base(loc.File) == path.Base(file)) {
			line = loc.Line
		}
	}
	return line, at
}

// ofFile is the question about a document of a file: conftest tells its
// policies the file's name through data.conftest.file.
func (q *question) ofFile(file string) ast.Body {
	about := ast.ObjectTerm(
		[2]*ast.Term{ast.StringTerm("name"), ast.StringTerm(path.Base(file))},
		[2]*ast.Term{ast.StringTerm("dir"), ast.StringTerm(path.Dir(file))},
	)
	target := ast.NewTerm(ast.MustParseRef("data.conftest.file"))
	body := make(ast.Body, len(q.body))
	for i, expr := range q.body {
		with := *expr
		with.With = []*ast.With{{Target: target, Value: about}}
		body[i] = &with
	}
	return body
}

// combinedFile is what data.conftest.file names with --combine.
const combinedFile = "Combined"

// lasting reports whether the rule's answers may be kept for another run: they
// follow from nothing but what is judged.
func (r *rule) lasting() bool { return !r.combine && !r.reads.file && !r.reads.files }

// combined is the input of --combine: all documents with their files.
func (s *session) combined() (*ast.Term, error) {
	type document struct {
		file string
		term *ast.Term
	}
	var documents []document
	for _, b := range s.batches {
		if b.Load != nil {
			if err := b.Load(); err != nil {
				return nil, err
			}
		}
		for i := range b.Subjects {
			if b.Subjects[i].Resource == nil || judges(b.Subjects[i].ID.GroupKind()) ||
				!conftest.asks(b.Subjects[i].ID.GroupKind()) {
				continue
			}
			content, err := s.content(b, i)
			if err != nil {
				return nil, err
			}
			documents = append(documents, document{b.Subjects[i].WrittenIn(), content})
		}
		if b.Load != nil {
			b.Unload()
		}
	}
	slices.SortStableFunc(documents, func(a, b document) int { return strings.Compare(a.file, b.file) })
	terms := make([]*ast.Term, len(documents))
	for i, d := range documents {
		terms[i] = ast.ObjectTerm(
			[2]*ast.Term{ast.StringTerm("path"), ast.StringTerm(d.file)},
			[2]*ast.Term{ast.StringTerm("contents"), d.term},
		)
	}
	return ast.ArrayTerm(terms...), nil
}

// inNamespaces reports whether one of the patterns, in which * stands for any
// text, names the rule's package; without patterns all do.
func (r *rule) inNamespaces(patterns []string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, r.Policy)
		return err == nil && matched || pattern == r.Policy
	})
}
