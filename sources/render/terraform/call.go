package terraform

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// composing are the functions that put their arguments together without looking
// into texts, so that a placeholder stays what it is.
var composing = names(`coalesce coalescelist compact concat element flatten format formatlist join jsonencode list lookup map
	merge nonsensitive one reverse sensitive setunion slice tolist tomap toset tostring try values yamlencode zipmap chunklist
	setproduct templatefile templatestring issensitive can`)

// structural are the functions that look at how many elements there are, or
// at their keys, and not at the elements.
var structural = names("length keys matchkeys range")

// texts are the functions whose answer is a text. Of a placeholder they make
// another one.
var texts = names(`abspath base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt chomp cidrhost cidrnetmask
	cidrsubnet dirname formatdate indent lower md5 pathexpand replace sha1 sha256 sha512 strrev substr textdecodebase64
	textencodebase64 timeadd title trim trimprefix trimspace trimsuffix upper urlencode uuidv5`)

// undeterminable are the functions whose answer is another one each time, or on
// each machine.
var undeterminable = names("abspath bcrypt pathexpand plantimestamp rsadecrypt timestamp uuid")

func names(list string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(list) {
		set[name] = true
	}
	return set
}

func (e *functionCall) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	s := scopeOf(ctx)
	if s == nil {
		return e.FunctionCallExpr.Value(ctx)
	}
	s.in.spend(1)
	name := strings.TrimPrefix(e.Name, "core::")
	called := *e.FunctionCallExpr
	called.Name = name
	if name == "try" || name == "can" {
		return called.Value(ctx)
	}
	arguments, diagnostics := e.arguments(ctx, s, &called)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	if _, known := s.functions()[name]; !known {
		if !undeterminable[name] {
			s.in.noteOnce(location(e.NameRange).String(), fmt.Sprintf("the function %s is not known", e.Name))
		}
		return undetermined(arguments...), nil
	}
	return e.call(ctx, s, &called, arguments)
}

// arguments evaluates the arguments into the call that is to be made.
func (e *functionCall) arguments(ctx *hcl.EvalContext, s *scope, called *hclsyntax.FunctionCallExpr) ([]cty.Value, hcl.Diagnostics) {
	called.Args = make([]hclsyntax.Expression, len(e.Args))
	values := make([]cty.Value, len(e.Args))
	for i, argument := range e.Args {
		value, diagnostics := argument.Value(ctx)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		if err := s.in.measured(value); err != nil {
			return nil, mistaken("Too large", err.Error(), argument.Range())
		}
		values[i], called.Args[i] = value, of(value, argument)
	}
	return values, nil
}

func (e *functionCall) call(ctx *hcl.EvalContext, s *scope, called *hclsyntax.FunctionCallExpr, arguments []cty.Value) (cty.Value, hcl.Diagnostics) {
	open := false
	for i, argument := range arguments {
		if !unsettled(argument) {
			continue
		}
		open = true
		if _, unset := isPlaceholder(argument); structural[called.Name] && (unset || stands(argument)) || called.Name == "values" && stands(argument) {
			s.in.unset++
			return undetermined(arguments...), nil
		}
		called.Args[i] = of(withoutObjects(argument, called.Name), e.Args[i])
	}
	if open && !composing[called.Name] && !structural[called.Name] {
		s.in.unset++
		return opaque(called.Name, arguments), nil
	}
	if err := affordable(called.Name, arguments); err != nil {
		return cty.DynamicVal, mistaken("Too large", err.Error(), e.Range())
	}
	value, diagnostics := called.Value(ctx)
	if diagnostics.HasErrors() {
		if open {
			return undetermined(arguments...), nil
		}
		return cty.DynamicVal, diagnostics
	}
	if err := s.in.measured(value); err != nil {
		return cty.DynamicVal, mistaken("Too large", err.Error(), e.Range())
	}
	return value, nil
}

// opaque is the answer of a function about what is known only after apply.
func opaque(name string, arguments []cty.Value) cty.Value {
	if !texts[name] {
		return undetermined(arguments...)
	}
	inner := "…"
	for _, argument := range arguments {
		if plain, _ := argument.Unmark(); plain.Type() == cty.String && unsettled(argument) {
			_, after, _ := strings.Cut(plain.AsString(), opening)
			inner, _, _ = strings.Cut(after, closing)
			break
		}
	}
	_, marks := undetermined(arguments...).Unmark()
	return placeholder(name + "(" + inner + ")").WithMarks(marks)
}

// withoutObjects has placeholders in the place of objects that stand for
// resources, where a function makes a text of them.
func withoutObjects(v cty.Value, name string) cty.Value {
	switch name {
	case "jsonencode", "yamlencode", "tostring", "join", "format", "formatlist", "templatestring":
	default:
		return v
	}
	changed, err := cty.Transform(v, func(_ cty.Path, each cty.Value) (cty.Value, error) {
		if plain, marks := each.Unmark(); stands(plain) {
			return placeholder(plain.GetAttr(identity).AsString()).WithMarks(marks), nil
		}
		return each, nil
	})
	if err != nil {
		return v
	}
	return changed
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*([0-9]{4,}|\*)`)

// affordable refuses the calls whose answer is much larger than what they are given.
func affordable(name string, arguments []cty.Value) error {
	lengths := make([]int, len(arguments))
	all := 1
	for i, argument := range arguments {
		plain, _ := argument.Unmark()
		switch {
		case !plain.IsKnown() || plain.IsNull():
		case plain.Type() == cty.String:
			lengths[i] = len(plain.AsString())
		case plain.Type() == cty.Number:
			lengths[i] = int(min(1<<30, max(0, toInt(plain))))
		case plain.CanIterateElements():
			lengths[i] = plain.LengthInt()
		}
		all += lengths[i]
	}
	cost := 0
	switch name {
	case "setproduct":
		cost = 64
		for _, length := range lengths {
			if cost *= max(1, length); cost > maxText {
				return errLarge
			}
		}
	case "format", "formatlist":
		if plain, _ := arguments0(arguments).Unmark(); plain.Type() == cty.String && plain.IsKnown() && !plain.IsNull() && wideVerb.MatchString(plain.AsString()) {
			return errLarge
		}
		if name == "formatlist" {
			cost = lengths[0] * all
		}
	case "join", "replace", "indent":
		cost = (lengths[0] + 1) * all
		if name == "replace" && len(lengths) == 3 {
			cost = (lengths[0] + 1) * (lengths[2] + 1)
		}
	case "range":
		return nil // it has a bound of its own
	}
	if cost < 0 || cost > maxText {
		return errLarge
	}
	return nil
}

func arguments0(arguments []cty.Value) cty.Value {
	if len(arguments) == 0 {
		return cty.DynamicVal
	}
	return arguments[0]
}

func toInt(v cty.Value) int64 {
	n, _ := v.AsBigFloat().Int64()
	return n
}
