package rego

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bounds on what is recorded of an evaluation.
const (
	maxFrames  = 20_000 // queries, of rules and of the comprehensions in them
	maxDepth   = 3      // of helpers below a rule
	maxHelpers = 4      // of one line
	maxWays    = 20     // of one body
	maxText    = 120    // of a line, in bytes
)

// recorder listens to the evaluator and keeps, of the thousands of events, the
// ways through the bodies of the rule and of the helpers that it called.
type recorder struct {
	ctx      context.Context
	compiler *ast.Compiler
	veil     *veil
	data     *dataset
	with     *ast.With // what stands in data for this evaluation alone, nil for nothing
	place    func(*ast.Location) resource.Location
	paths    bool // whether what an element calls its path is one, as in native rules
	keeps    func(msg string, path resource.Path) bool

	frames map[uint64]*frame
	top    []*frame
	cut    bool
}

// frame is one query of the evaluator: a body of a rule, or something within one.
type frame struct {
	owner  *frame    // the nearest rule; the frame itself if it is one
	rule   *ast.Rule // as compiled; nil if it is no rule
	depth  int
	steps  []step // of rule, one for each of its compiled expressions
	at     int    // the expression under evaluation
	helped map[int][]*frame
	more   map[int]int                 // helpers beyond those
	inside map[int][]policy.TraceValue // what failed last within an expression
	body   policy.Body
	best   int // the expression that the one failed way came to; -1 for none
}

// step is a compiled expression, and what it is of the body as it was written.
type step struct {
	line  *ast.Expr // nil for what the compiler made of the head
	names []ast.Var
	refs  []ast.Ref
}

// Enabled implements topdown.QueryTracer.
func (*recorder) Enabled() bool { return true }

// Config implements topdown.QueryTracer.
func (*recorder) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent implements topdown.QueryTracer.
func (r *recorder) TraceEvent(e topdown.Event) {
	if e.Op == topdown.EnterOp {
		r.enter(&e)
		return
	}
	f := r.frames[e.QueryID]
	if f == nil {
		return
	}
	expr, _ := e.Node.(*ast.Expr)
	switch {
	case e.Op == topdown.EvalOp && f.rule != nil && expr != nil:
		f.at = expr.Index
		maps.DeleteFunc(f.helped, func(i int, _ []*frame) bool { return i >= f.at })
		maps.DeleteFunc(f.more, func(i, _ int) bool { return i >= f.at })
		maps.DeleteFunc(f.inside, func(i int, _ []policy.TraceValue) bool { return i >= f.at })
	case e.Op == topdown.FailOp && expr != nil:
		r.fail(f, expr, &e)
	case e.Op == topdown.ExitOp && f.rule != nil && expr == nil:
		r.hold(f, &e)
	}
}

func (r *recorder) enter(e *topdown.Event) {
	parent := r.frames[e.ParentID]
	rule, _ := e.Node.(*ast.Rule)
	if parent == nil && len(r.frames) > 0 {
		return // within something that is not recorded
	}
	if r.cut = r.cut || len(r.frames) >= maxFrames; r.cut {
		return
	}
	f := &frame{rule: rule, best: -1, helped: map[int][]*frame{}, more: map[int]int{}, inside: map[int][]policy.TraceValue{}}
	if parent != nil {
		f.owner = parent.owner
	}
	if rule == nil {
		r.frames[e.QueryID] = f
		return
	}
	f.steps = r.stepsOf(rule)
	f.body = policy.Body{Name: ruleName(rule), Location: r.place(rule.Location)}
	if f.owner == nil {
		r.top = append(r.top, f)
	} else if !r.help(f) {
		return
	}
	f.owner = f
	r.frames[e.QueryID] = f
}

// help notes a helper with the expression that called it. Of another package
// only those that say yes or no are noted: how a value was made is its own matter.
func (r *recorder) help(f *frame) bool {
	caller := f.owner
	same := f.rule.Module.Package.Path.Equal(caller.rule.Module.Package.Path)
	yes, isBool := f.rule.Head.Value, false
	if yes != nil {
		_, isBool = yes.Value.(ast.Boolean)
	}
	if f.depth = caller.depth + 1; f.depth > maxDepth || !same && !isBool {
		return false
	}
	if len(caller.helped[caller.at]) >= maxHelpers {
		caller.more[caller.at]++
		return false
	}
	if !same {
		f.body.Name = packageName(f.rule.Module) + "." + f.body.Name
	}
	caller.helped[caller.at] = append(caller.helped[caller.at], f)
	return true
}

// fail ends a way at an expression that does not hold.
func (r *recorder) fail(f *frame, expr *ast.Expr, e *topdown.Event) {
	if f.rule == nil {
		if owner := f.owner; owner != nil && !expr.IsEvery() {
			owner.inside[owner.at] = r.values(r.stepOf(expr, nil), e, map[string]bool{})
		}
		return
	}
	f.body.Failed++
	if f.body.Held > 0 || expr.Index <= f.best {
		return
	}
	f.best = expr.Index
	f.body.Ways = []policy.Way{{Lines: r.lines(f, e, expr.Index)}}
}

// hold ends a way that gives an answer.
func (r *recorder) hold(f *frame, e *topdown.Event) {
	way := policy.Way{Holds: true}
	if f.depth == 0 {
		msg, path, wanted := r.wanted(f.rule, e)
		if !wanted {
			return
		}
		way.Msg, way.Path = r.veil.msg(msg), r.veil.path(path)
	}
	if f.body.Held == 0 {
		f.body.Ways = nil
	}
	if f.body.Held++; f.body.Held > maxWays || f.depth > 0 && f.body.Held > 1 {
		return
	}
	way.Lines = r.lines(f, e, -1)
	f.body.Ways = append(f.body.Ways, way)
}

// wanted is the message and the path of what a rule gives, if it is asked for:
// an element of its set, or one of those that a rule has as its value.
func (r *recorder) wanted(rule *ast.Rule, e *topdown.Event) (msg string, path resource.Path, ok bool) {
	var elements []*ast.Term
	if rule.Head.Key != nil {
		elements = append(elements, e.Plug(rule.Head.Key))
	} else if rule.Head.Value != nil {
		value := e.Plug(rule.Head.Value)
		switch v := value.Value.(type) {
		case *ast.Array:
			v.Foreach(func(t *ast.Term) { elements = append(elements, t) })
		case ast.Set:
			elements = v.Slice()
		default:
			elements = append(elements, value)
		}
	}
	for _, element := range elements {
		if msg, path = r.element(element); r.keeps(msg, path) {
			return msg, path, true
		}
	}
	return "", nil, false
}

func (r *recorder) element(term *ast.Term) (msg string, path resource.Path) {
	switch v := term.Value.(type) {
	case ast.String:
		return string(v), nil
	case ast.Object:
		if text := v.Get(ast.InternedTerm("msg")); text != nil {
			s, _ := text.Value.(ast.String)
			msg = string(s)
		}
		if at, err := decodePath(v.Get(ast.InternedTerm("path"))); err == nil && r.paths {
			path = at
		}
	}
	return msg, path
}

// lines are those of a way, up to the expression that failed; -1 for all.
func (r *recorder) lines(f *frame, e *topdown.Event, failed int) []policy.TraceLine {
	var lines []policy.TraceLine
	byLine := map[*ast.Expr]int{}
	seen := map[string]bool{}
	for i, s := range f.steps {
		written := s.line
		if written == nil {
			if i != failed {
				continue
			}
			written = f.rule.Body[i]
		}
		at, there := byLine[written]
		if !there {
			at, byLine[written] = len(lines), len(lines)
			lines = append(lines, policy.TraceLine{Location: r.place(written.Location), Text: lineText(written.Location), Holds: true})
		}
		line := &lines[at]
		line.Values = append(line.Values, r.values(s, e, seen)...)
		line.Bodies = append(line.Bodies, decisive(f.helped[i])...)
		line.More += f.more[i]
		if i == failed {
			line.Holds = false
			if f.rule.Body[i].IsEvery() {
				for _, value := range f.inside[i] {
					if !slices.Contains(line.Values, value) {
						line.Values = append(line.Values, value)
					}
				}
			}
			break
		}
	}
	slices.SortStableFunc(lines, func(a, b policy.TraceLine) int {
		if a.Location.Line != b.Location.Line {
			return a.Location.Line - b.Location.Line
		}
		return a.Location.Column - b.Location.Column
	})
	return lines
}

// decisive are the helpers that made an expression what it is: of those of one
// name the ones that hold, or all of them where none does.
func decisive(helped []*frame) []policy.Body {
	holds := map[string]bool{}
	for _, f := range helped {
		if f.body.Held > 0 {
			holds[f.body.Name] = true
		}
	}
	var bodies []policy.Body
	for _, f := range helped {
		if len(f.body.Ways) > 0 && len(f.body.Ways[0].Lines) > 0 && (f.body.Held > 0 || !holds[f.body.Name]) {
			bodies = append(bodies, f.body)
		}
	}
	return bodies
}

// bodies are what was recorded of the rule itself.
func (r *recorder) bodies() []policy.Body {
	bodies := []policy.Body{}
	for _, f := range r.top {
		if len(f.body.Ways) > 0 {
			bodies = append(bodies, f.body)
		}
	}
	return bodies
}

// lineText is the source of an expression on one line.
func lineText(at *ast.Location) string {
	return short(strings.Join(strings.Fields(string(bytes.TrimSpace(at.Text))), " "), maxText)
}

// short cuts a text to a number of bytes.
func short(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
