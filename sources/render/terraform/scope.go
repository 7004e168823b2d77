package terraform

import (
	"fmt"
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// scope is what expressions of one block of a module can refer to.
type scope struct {
	in          *instance
	each, count cty.Value // cty.NilVal where there is none
	self        *object
	ctx         *hcl.EvalContext
}

// scopeVariable is the name under which expressions find their scope. It is no
// name that a file can write.
const scopeVariable = identity

var scopeType = cty.Capsule("scope", reflect.TypeFor[scope]())

func (in *instance) scope(functions map[string]function.Function) *scope {
	s := &scope{in: in}
	s.ctx = &hcl.EvalContext{Variables: map[string]cty.Value{scopeVariable: cty.CapsuleVal(scopeType, s)}, Functions: functions}
	return s
}

// with is the scope with one more variable, such as the iterator of a dynamic block.
func (s *scope) with(name string, value cty.Value) *scope {
	inner := *s
	inner.ctx = s.ctx.NewChild()
	inner.ctx.Variables = map[string]cty.Value{name: value}
	return &inner
}

// evaluate is the value of an expression. What cannot be evaluated is unknown,
// and noted unless that follows from what is known only after apply.
func (s *scope) evaluate(expression hclsyntax.Expression) cty.Value {
	e := s.in.evaluator
	if e.depth++; e.depth > maxDepth {
		e.depth--
		s.note(expression, "values need each other more than %d deep", maxDepth)
		return undetermined()
	}
	defer func() { e.depth-- }()
	before := e.unset
	value, diagnostics := expression.Value(s.ctx)
	if diagnostics.HasErrors() {
		if e.unset == before {
			s.noteError(expression, diagnostics)
		}
		return undetermined().WithMarks(s.refersTo(expression))
	}
	if err := e.measured(value); err != nil {
		s.note(expression, "%v", err)
		return undetermined()
	}
	if !value.IsKnown() {
		value = value.WithMarks(s.refersTo(expression))
	}
	return value
}

func (s *scope) note(expression hclsyntax.Expression, format string, args ...any) {
	s.in.note(location(expression.Range()).String(), fmt.Sprintf(format, args...))
}

func (s *scope) noteError(expression hclsyntax.Expression, diagnostics hcl.Diagnostics) {
	for _, d := range diagnostics {
		if d.Severity == hcl.DiagError {
			at := expression.Range()
			if d.Subject != nil {
				at = *d.Subject
			}
			s.in.note(location(at).String(), fmt.Sprintf("the value cannot be evaluated: %s: %s", d.Summary, d.Detail))
			return
		}
	}
}

// refersTo are marks for the resources of this module that an expression names.
func (s *scope) refersTo(expression hclsyntax.Expression) cty.ValueMarks {
	marks := cty.ValueMarks{}
	for _, t := range traversals(expression) {
		if address, _, ok := addressOf(t); ok && s.in.module.resources[address] != nil {
			marks[reference(s.in.address(address))] = struct{}{}
		}
	}
	return marks
}

// addressOf is the address of the resource or data source that a traversal
// begins with, and what follows it.
func addressOf(t hcl.Traversal) (address string, rest hcl.Traversal, ok bool) {
	switch t.RootName() {
	case "var", "local", "module", "path", "terraform", "each", "count", "self":
		return "", nil, false
	}
	parts := 2
	if t.RootName() == "data" || t.RootName() == "ephemeral" {
		parts = 3
	}
	if len(t) < parts {
		return "", nil, false
	}
	names := []string{t.RootName()}
	for _, step := range t[1:parts] {
		attribute, isAttribute := step.(hcl.TraverseAttr)
		if !isAttribute {
			return "", nil, false
		}
		names = append(names, attribute.Name)
	}
	return strings.Join(names, "."), t[parts:], true
}

// resolve is the value that a traversal leads to.
func (s *scope) resolve(t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	in, root := s.in, t.RootName()
	if address, rest, ok := addressOf(t); ok {
		return s.resource(address, rest, t.SourceRange())
	}
	name := ""
	if len(t) > 1 {
		if attribute, isAttribute := t[1].(hcl.TraverseAttr); isAttribute {
			name = attribute.Name
		}
	}
	unsupported := mistaken("Unsupported reference", fmt.Sprintf("there is no %s", written(t)), t.SourceRange())
	if root == "self" {
		if s.self == nil {
			return cty.DynamicVal, unsupported
		}
		return s.ofObject(s.self, t[1:])
	}
	if name == "" {
		return cty.DynamicVal, unsupported
	}
	var value cty.Value
	there := false
	switch root {
	case "var":
		value, there = in.variable(name)
	case "local":
		value, there = in.local(name)
	case "module":
		return s.moduleValue(name, t)
	case "each":
		value, there = attributeOf(s.each, name)
	case "count":
		value, there = attributeOf(s.count, name)
	case "path":
		value, there = in.path(name)
	case "terraform":
		value, there = cty.StringVal("default"), name == "workspace"
	}
	if !there {
		return cty.DynamicVal, unsupported
	}
	return s.follow(value, t[2:])
}

// attributeOf is an attribute of each or count.
func attributeOf(v cty.Value, name string) (cty.Value, bool) {
	if v == cty.NilVal {
		return v, false
	}
	if !v.Type().HasAttribute(name) {
		return v, false
	}
	return v.GetAttr(name), true
}

func (in *instance) path(name string) (cty.Value, bool) {
	switch name {
	case "module":
		relative := in.module.folder
		if top := in.evaluator.root.Folder; top != "." {
			relative = relativeTo(top, in.module.folder)
		}
		return cty.StringVal(relative), true
	case "root":
		return cty.StringVal("."), true
	case "cwd":
		return cty.UnknownVal(cty.String), true
	}
	return cty.NilVal, false
}

// relativeTo is the path that leads from one folder to another.
func relativeTo(from, to string) string {
	a, b := strings.Split(path.Clean(from), "/"), strings.Split(path.Clean(to), "/")
	if a[0] == "." {
		a = nil
	}
	if b[0] == "." {
		b = nil
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] && a[0] != ".." {
		a, b = a[1:], b[1:]
	}
	steps := make([]string, 0, len(a)+len(b))
	for range a {
		steps = append(steps, "..")
	}
	if steps = append(steps, b...); len(steps) == 0 {
		return "."
	}
	return strings.Join(steps, "/")
}

// written is a traversal as it is written.
func written(t hcl.Traversal) string {
	var out strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out.WriteString(step.Name)
		case hcl.TraverseAttr:
			out.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			out.WriteString(indexText(step.Key))
		}
	}
	return out.String()
}

// indexText is a key as addresses write it: [0] or ["a"].
func indexText(key cty.Value) string {
	key, _ = key.Unmark()
	if !key.IsKnown() || key.IsNull() {
		return ""
	}
	if key.Type() == cty.Number {
		return "[" + key.AsBigFloat().Text('f', -1) + "]"
	}
	text, err := convert.Convert(key, cty.String)
	if err != nil {
		return ""
	}
	return "[" + strconv.Quote(text.AsString()) + "]"
}

// follow takes the steps of a traversal from a value.
func (s *scope) follow(value cty.Value, steps hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	var diagnostics hcl.Diagnostics
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			value, diagnostics = s.attribute(value, step.Name, step.SrcRange)
		case hcl.TraverseIndex:
			value, diagnostics = s.step(value, step.Key, step.SrcRange)
		default:
			return cty.DynamicVal, mistaken("Unsupported reference", "it cannot be followed", step.SourceRange())
		}
		if diagnostics.HasErrors() {
			return cty.DynamicVal, diagnostics
		}
	}
	return value, nil
}

// attribute is an attribute of a value. That of a resource, where it is not
// written, is known only after apply.
func (s *scope) attribute(value cty.Value, name string, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	plain, marks := value.Unmark()
	if !plain.IsKnown() {
		return cty.DynamicVal.WithMarks(marks), nil
	}
	if inner, unset := isPlaceholder(plain); unset {
		s.in.unset++
		return placeholder(inner + "." + name).WithMarks(marks), nil
	}
	if stands(plain) {
		if !plain.Type().HasAttribute(name) {
			s.in.unset++
			return placeholder(plain.GetAttr(identity).AsString() + "." + name).WithMarks(marks), nil
		}
		return plain.GetAttr(name).WithMarks(marks), nil
	}
	result, diagnostics := hcl.GetAttr(plain, name, &at)
	return result.WithMarks(marks), diagnostics
}

// step is an element of a value.
func (s *scope) step(value, key cty.Value, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	plain, marks := value.Unmark()
	if !plain.IsKnown() {
		return undetermined(value, key), nil
	}
	if inner, unset := isPlaceholder(plain); unset {
		s.in.unset++
		return placeholder(inner + indexText(key)).WithMarks(marks), nil
	}
	if stands(plain) {
		known, _ := key.Unmark()
		if !known.IsKnown() {
			return undetermined(value, key), nil
		}
		if known.Type() == cty.String && !known.IsNull() {
			if plain.Type().HasAttribute(known.AsString()) {
				return plain.GetAttr(known.AsString()).WithMarks(marks), nil
			}
		}
		return value, nil // how many there are is not known: it stands for each
	}
	result, diagnostics := hcl.Index(plain, key, &at)
	return result.WithMarks(marks), diagnostics
}
