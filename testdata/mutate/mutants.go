package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is a module with one thing changed.
type mutant struct {
	line    int
	what    string
	source  string
	outcome outcome
}

// swaps says which operators stand in for one another. What does not compile
// is no mutant, so that set and number operators need not be told apart.
var swaps = map[string][]string{
	"==": {"!="}, "!=": {"=="},
	"<": {"<="}, "<=": {"<"}, ">": {">="}, ">=": {">"},
	"&": {"|"}, "|": {"&"},
	"+": {"-"}, "-": {"+", "&"}, "*": {"/"}, "/": {"*"}, "%": {"*"},
}

// maxElements is the length up to which every element of a list is left out
// once. Of longer ones it is the first, the last and every fourth.
const maxElements = 24

// breaker makes the mutants of a module.
type breaker struct {
	source  string
	found   []*mutant
	skipped map[*ast.Term]bool // terms that make messages, or are changed as a whole
	inHead  map[*ast.Term]bool // terms of a rule's result
}

// mutants breaks the module in each of these ways: a line of a body left out
// or turned into its contrary, a clause or else left out, operators swapped,
// constants changed, elements of constant collections left out.
func mutants(m *module) []*mutant {
	source, parsed := braced(m)
	b := &breaker{source: source, skipped: map[*ast.Term]bool{}, inHead: map[*ast.Term]bool{}}
	for _, rule := range parsed.Rules {
		b.clause(rule)
		b.messages(rule)
		b.expressions(rule)
		b.collections(rule)
		b.terms(rule)
	}
	slices.SortStableFunc(b.found, func(a, c *mutant) int { return a.line - c.line })
	return b.found
}

// braced is the module with braces around each body of an else that has none,
// because the parser does not tell where in it things are.
func braced(m *module) (string, *ast.Module) {
	inserts := map[int]string{} // by offset
	for _, rule := range m.parsed.Rules {
		for branch := rule.Else; branch != nil; branch = branch.Else {
			from := branch.Location.Offset + len("else")
			if value := branch.Head.Value; value != nil && value.Location != nil && value.Location.Offset > from {
				from = value.Location.Offset + len(value.Location.Text)
			}
			end := branch.Location.Offset + len(branch.Location.Text)
			if branch.Else != nil {
				end = branch.Else.Location.Offset
			}
			text := strings.TrimRight(m.source[from:end], " \t\n")
			if body, found := strings.CutPrefix(strings.TrimLeft(text, " \t\n"), "if "); found && !strings.HasPrefix(body, "{") {
				inserts[from+len(text)-len(body)] = "{ "
				inserts[from+len(text)] = " }"
			}
		}
	}
	var b strings.Builder
	last := 0
	for _, at := range slices.Sorted(maps.Keys(inserts)) {
		b.WriteString(m.source[last:at] + inserts[at])
		last = at
	}
	b.WriteString(m.source[last:])
	if parsed, err := parse(m.name, b.String()); err == nil {
		return b.String(), parsed
	}
	return m.source, m.parsed
}

// replace adds a mutant that has text in the place of the location's.
func (b *breaker) replace(at *ast.Location, text, format string, args ...any) {
	b.cut(at.Offset, at.Offset+len(at.Text), text, at.Row, fmt.Sprintf(format, args...))
}

func (b *breaker) cut(from, to int, text string, line int, what string) {
	b.found = append(b.found, &mutant{line: line, what: what, source: b.source[:from] + text + b.source[to:]})
}

// known reports whether the location is a piece of the source.
func (b *breaker) known(at *ast.Location) bool {
	return at != nil && len(at.Text) > 0 && at.Offset+len(at.Text) <= len(b.source) &&
		b.source[at.Offset:at.Offset+len(at.Text)] == string(at.Text)
}

// short is text in one line that is not too long.
func short(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 100 {
		return string(runes[:97]) + "..."
	}
	return string(runes)
}

// clause leaves out the rule as a whole, and each else.
func (b *breaker) clause(rule *ast.Rule) {
	if !rule.Default && b.known(rule.Location) {
		b.replace(rule.Location, "", "remove %s", short(string(rule.Location.Text)))
	}
	for branch := rule.Else; branch != nil; branch = branch.Else {
		if b.known(branch.Location) {
			b.replace(branch.Location, "", "remove %s", short(string(branch.Location.Text)))
		}
	}
}

// messages marks the terms that are words for people.
func (b *breaker) messages(rule *ast.Rule) {
	skip := func(x any) {
		ast.WalkTerms(x, func(t *ast.Term) bool { b.skipped[t] = true; return false })
	}
	for branch := rule; branch != nil; branch = branch.Else {
		for _, t := range []*ast.Term{branch.Head.Key, branch.Head.Value} {
			if t != nil {
				ast.WalkTerms(t, func(t *ast.Term) bool { b.inHead[t] = true; return false })
			}
		}
	}
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Object:
			v.Foreach(func(key, value *ast.Term) {
				if key.Equal(ast.StringTerm("msg")) {
					b.skipped[t], b.skipped[key] = true, true // a finding, which has to have one
					skip(value)
				}
			})
		case ast.Call:
			b.format(v)
		}
		return false
	})
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if e.IsCall() {
			b.format(e.Terms.([]*ast.Term))
		}
		if e.IsAssignment() && e.Operand(0).Equal(ast.VarTerm("msg")) {
			skip(e)
		} else if e.IsAssignment() && prose(e.Operand(1)) {
			b.skipped[e.Operand(1)] = true
		}
		return false
	})
}

// format marks what a function that puts words together takes for itself.
func (b *breaker) format(call []*ast.Term) {
	if len(call) < 2 {
		return
	}
	switch call[0].String() {
	case "sprintf":
		b.skipped[call[1]] = true
	case "concat":
		if prose(call[1]) {
			b.skipped[call[1]] = true
			ast.WalkTerms(call[2], func(t *ast.Term) bool { b.skipped[t] = b.skipped[t] || prose(t); return false })
		}
	}
}

// prose is a text with more than a word in it.
func prose(t *ast.Term) bool {
	text, ok := t.Value.(ast.String)
	return ok && strings.Contains(string(text), " ")
}

// expressions leaves out each line of a body, and says the contrary of it.
func (b *breaker) expressions(rule *ast.Rule) {
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if e.Generated || !b.known(e.Location) {
			return false
		}
		text := string(e.Location.Text)
		if e.IsSome() && !strings.Contains(text, " in ") || text == "true" {
			return false // a declaration
		}
		b.replace(e.Location, "true", "remove %s", short(text))
		switch {
		case e.Negated:
			b.replace(e.Location, strings.TrimSpace(strings.TrimPrefix(text, "not")), "without not: %s", short(text))
		case !e.IsSome() && !e.IsEvery() && !e.IsAssignment() && !compares(e):
			b.replace(e.Location, "not "+text, "negate %s", short(text))
		}
		return false
	})
}

// compares reports whether the expression's contrary comes of swapping == and !=.
func compares(e *ast.Expr) bool {
	return e.IsCall() && (e.Operator().Equal(ast.Equality.Ref()) || e.Operator().Equal(ast.NotEqual.Ref()))
}

// collections leaves out elements of constant sets, arrays and objects. A path
// is left to terms.
func (b *breaker) collections(rule *ast.Rule) {
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		if b.skipped[t] || !b.known(t.Location) || !ast.IsConstant(t.Value) || b.isPath(t) {
			return false
		}
		var elements [][2]*ast.Term // first and last term
		empty := "[]"
		switch v := t.Value.(type) {
		case *ast.Array:
			v.Foreach(func(e *ast.Term) { elements = append(elements, [2]*ast.Term{e, e}) })
		case ast.Set:
			empty = "set()"
			v.Foreach(func(e *ast.Term) { elements = append(elements, [2]*ast.Term{e, e}) })
		case ast.Object:
			empty = "{}"
			v.Foreach(func(k, e *ast.Term) { elements = append(elements, [2]*ast.Term{k, e}) })
		}
		slices.SortFunc(elements, func(x, y [2]*ast.Term) int { return x[0].Location.Offset - y[0].Location.Offset })
		for i, e := range elements {
			b.skipped[e[0]] = true
			if len(elements) > maxElements && i%4 != 0 && i != len(elements)-1 || !b.known(e[0].Location) || !b.known(e[1].Location) {
				continue
			}
			b.drop(t, e, len(elements), empty)
		}
		return false
	})
}

// isPath is an array that a finding may have as its path: texts in a result, or
// texts and numbers that array.concat puts together.
func (b *breaker) isPath(t *ast.Term) bool {
	_, isArray := t.Value.(*ast.Array)
	return isArray && b.inHead[t]
}

func (b *breaker) drop(collection *ast.Term, e [2]*ast.Term, of int, empty string) {
	from := e[0].Location.Offset
	to := e[1].Location.Offset + len(e[1].Location.Text)
	what := fmt.Sprintf("drop %s of %s", short(b.source[from:to]), short(string(collection.Location.Text)))
	if of == 1 {
		at := collection.Location
		b.cut(at.Offset, at.Offset+len(at.Text), empty, e[0].Location.Row, what)
		return
	}
	after := to + len(b.source[to:]) - len(strings.TrimLeft(b.source[to:], " \t\n"))
	before := len(strings.TrimRight(b.source[:from], " \t\n"))
	switch {
	case strings.HasPrefix(b.source[after:], ","):
		to = after + 1
	case strings.HasSuffix(b.source[:before], ","):
		from = before - 1
	}
	b.cut(from, to, "", e[0].Location.Row, what)
}

// terms swaps operators and changes constants, each constant once a rule.
func (b *breaker) terms(rule *ast.Rule) {
	seen := map[string]bool{}
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		if b.skipped[t] || !b.known(t.Location) {
			return false
		}
		text := string(t.Location.Text)
		if _, isRef := t.Value.(ast.Ref); isRef {
			for _, other := range swaps[text] {
				b.replace(t.Location, other, "%s to %s: %s", text, other, b.around(t.Location))
			}
			return false
		}
		other := b.changed(t, text)
		if other == "" || seen[text] {
			return false
		}
		seen[text] = true
		b.replace(t.Location, other, "%s to %s: %s", short(text), short(other), b.around(t.Location))
		return false
	})
}

// changed is a constant that differs, or "".
func (b *breaker) changed(t *ast.Term, text string) string {
	switch v := t.Value.(type) {
	case ast.Boolean:
		switch text {
		case "true":
			return "false"
		case "false":
			return "true"
		}
	case ast.Number:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return strconv.FormatInt(n+1, 10)
		} else if f, err := strconv.ParseFloat(text, 64); err == nil {
			return strconv.FormatFloat(f+1, 'g', -1, 64)
		}
	case ast.String:
		quote := text[:1]
		if quote != `"` && quote != "`" || b.inHead[t] && strings.Contains(string(v), " ") {
			return "" // a key after a dot, or words for people
		}
		return text[:len(text)-1] + "~" + quote
	}
	return ""
}

// around is the line of the location, and so what was changed, for people.
func (b *breaker) around(at *ast.Location) string {
	from := strings.LastIndex(b.source[:at.Offset], "\n") + 1
	line, _, _ := strings.Cut(b.source[from:], "\n")
	return short(line)
}
