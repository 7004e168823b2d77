package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// prepareBody changes the expressions of a body, in place, so that they can be
// evaluated where some of what they refer to is known only after apply.
func prepareBody(body *hclsyntax.Body) {
	for _, attribute := range body.Attributes {
		attribute.Expr = prepare(attribute.Expr)
	}
	for _, block := range body.Blocks {
		prepareBody(block.Body)
	}
}

func prepare(expression hclsyntax.Expression) hclsyntax.Expression {
	switch e := expression.(type) {
	case nil:
		return nil
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.Number && e.Val.IsKnown() && !e.Val.IsNull() && outsized(e.Val.AsBigFloat()) {
			return &oversize{e}
		}
	case *hclsyntax.ParenthesesExpr:
		e.Expression = prepare(e.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		return &scopeTraversal{e}
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = prepare(e.Source)
		return &relativeTraversal{e}
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = prepare(e.Collection), prepare(e.Key)
		return &index{e}
	case *hclsyntax.SplatExpr:
		e.Source, e.Each = prepare(e.Source), prepare(e.Each)
		return &splat{e}
	case *hclsyntax.FunctionCallExpr:
		prepareAll(e.Args)
		return &functionCall{e}
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = prepare(e.Condition), prepare(e.TrueResult), prepare(e.FalseResult)
		return &conditional{e}
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = prepare(e.LHS), prepare(e.RHS)
		return &binaryOperation{e}
	case *hclsyntax.UnaryOpExpr:
		e.Val = prepare(e.Val)
		return &unaryOperation{e}
	case *hclsyntax.ForExpr:
		e.CollExpr, e.KeyExpr, e.ValExpr = prepare(e.CollExpr), prepare(e.KeyExpr), prepare(e.ValExpr)
		if e.CondExpr != nil {
			e.CondExpr = &settled{prepare(e.CondExpr)}
		}
		return &forLoop{e}
	case *hclsyntax.TemplateExpr:
		prepareAll(e.Parts)
		return &template{e}
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = prepare(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = prepare(e.Tuple)
	case *hclsyntax.TupleConsExpr:
		prepareAll(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			e.Items[i].KeyExpr, e.Items[i].ValueExpr = prepare(e.Items[i].KeyExpr), prepare(e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		e.Wrapped = prepare(e.Wrapped)
	}
	return expression
}

func prepareAll(expressions []hclsyntax.Expression) {
	for i := range expressions {
		expressions[i] = prepare(expressions[i])
	}
}

// What follows takes the place of the expressions that it holds.
type (
	scopeTraversal    struct{ *hclsyntax.ScopeTraversalExpr }
	relativeTraversal struct {
		*hclsyntax.RelativeTraversalExpr
	}
	index           struct{ *hclsyntax.IndexExpr }
	splat           struct{ *hclsyntax.SplatExpr }
	functionCall    struct{ *hclsyntax.FunctionCallExpr }
	conditional     struct{ *hclsyntax.ConditionalExpr }
	binaryOperation struct{ *hclsyntax.BinaryOpExpr }
	unaryOperation  struct{ *hclsyntax.UnaryOpExpr }
	forLoop         struct{ *hclsyntax.ForExpr }
	template        struct{ *hclsyntax.TemplateExpr }
	settled         struct{ hclsyntax.Expression }
	oversize        struct{ *hclsyntax.LiteralValueExpr }
)

func (e *oversize) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	return cty.DynamicVal, mistaken("Too large", errLarge.Error(), e.SrcRange)
}

func of(v cty.Value, from hclsyntax.Expression) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: from.Range()}
}

func mistaken(summary, detail string, at hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &at}}
}

// undetermined is a value of which nothing but where it comes from is known.
func undetermined(from ...cty.Value) cty.Value {
	result := cty.DynamicVal
	for _, v := range from {
		_, marks := v.UnmarkDeep()
		result = result.WithMarks(marks)
	}
	return result
}

// scopeOf is the scope that an expression is evaluated in, nil for none.
func scopeOf(ctx *hcl.EvalContext) *scope {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[scopeVariable]; ok {
			return v.EncapsulatedValue().(*scope)
		}
	}
	return nil
}

func (e *scopeTraversal) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	s := scopeOf(ctx)
	if s == nil {
		return e.ScopeTraversalExpr.Value(ctx)
	}
	s.in.spend(1)
	name := e.Traversal.RootName()
	for at := ctx; at != nil; at = at.Parent() {
		if v, ok := at.Variables[name]; ok {
			return s.follow(v, e.Traversal[1:])
		}
	}
	return s.resolve(e.Traversal)
}

func (e *relativeTraversal) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	source, diagnostics := e.Source.Value(ctx)
	s := scopeOf(ctx)
	if diagnostics.HasErrors() || s == nil {
		return cty.DynamicVal, diagnostics
	}
	return s.follow(source, e.Traversal)
}

func (e *index) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	s := scopeOf(ctx)
	if s == nil {
		return e.IndexExpr.Value(ctx)
	}
	collection, diagnostics := e.Collection.Value(ctx)
	key, more := e.Key.Value(ctx)
	if diagnostics = append(diagnostics, more...); diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	if unsettled(key) {
		s.in.unset++
		return undetermined(collection, key), nil
	}
	return s.step(collection, key, e.SrcRange)
}

func (e *splat) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	s := scopeOf(ctx)
	if s == nil {
		return e.SplatExpr.Value(ctx)
	}
	source, diagnostics := e.Source.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	if err := s.in.measured(source); err != nil {
		return cty.DynamicVal, mistaken("Too large", err.Error(), e.SrcRange)
	}
	same := *e.SplatExpr
	same.Source = of(source, e.Source)
	return same.Value(ctx)
}

func (e *conditional) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	condition, diagnostics := e.Condition.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	plain, marks := condition.Unmark()
	if s := scopeOf(ctx); s != nil && (unsettled(plain) || !plain.IsKnown()) {
		return e.either(ctx, s, condition)
	}
	truth, err := convert.Convert(plain, cty.Bool)
	if err != nil || truth.IsNull() {
		return e.ConditionalExpr.Value(ctx)
	}
	chosen, other := e.TrueResult, e.FalseResult
	if truth.False() {
		chosen, other = other, chosen
	}
	value, diagnostics := chosen.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	if passed, diagnostics := other.Value(ctx); !diagnostics.HasErrors() && simple(value) && simple(passed) && value.Type() != passed.Type() {
		// "any" : 443 makes a text of the number.
		if typ, _ := convert.UnifyUnsafe([]cty.Type{value.Type(), passed.Type()}); typ != cty.NilType {
			if converted, err := convert.Convert(value, typ); err == nil {
				value = converted
			}
		}
	}
	return value.WithMarks(marks), nil
}

// either is the value where it is open which one is chosen: that of both, if
// they are the same.
func (e *conditional) either(ctx *hcl.EvalContext, s *scope, condition cty.Value) (cty.Value, hcl.Diagnostics) {
	a, diagnosticsA := e.TrueResult.Value(ctx)
	b, diagnosticsB := e.FalseResult.Value(ctx)
	if unsettled(condition) {
		s.in.unset++
	}
	if diagnosticsA.HasErrors() || diagnosticsB.HasErrors() {
		return undetermined(condition), nil
	}
	if s.in.measured(a) == nil && s.in.measured(b) == nil && !unsettled(a) {
		if plainA, marks := a.UnmarkDeep(); plainA.IsWhollyKnown() {
			if plainB, _ := b.UnmarkDeep(); plainA.RawEquals(plainB) {
				return plainA.WithMarks(marks), nil
			}
		}
	}
	return undetermined(condition, a, b), nil
}

func simple(v cty.Value) bool { return v.Type().IsPrimitiveType() }

func (e *binaryOperation) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	left, diagnostics := e.LHS.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	left = operandOf(ctx, left)
	if plain, marks := left.Unmark(); plain.Type() == cty.Bool && plain.IsKnown() && !plain.IsNull() {
		if e.Op == hclsyntax.OpLogicalAnd && plain.False() || e.Op == hclsyntax.OpLogicalOr && plain.True() {
			return plain.WithMarks(marks), nil
		}
	}
	right, diagnostics := e.RHS.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	same := *e.BinaryOpExpr
	same.LHS, same.RHS = of(left, e.LHS), of(operandOf(ctx, right), e.RHS)
	value, diagnostics := same.Value(ctx)
	if !diagnostics.HasErrors() && size(value, 2) > 1 {
		return cty.DynamicVal, mistaken("Too large", errLarge.Error(), e.SrcRange)
	}
	return value, diagnostics
}

// operandOf is an operand, undetermined where it depends on what is not known yet.
func operandOf(ctx *hcl.EvalContext, operand cty.Value) cty.Value {
	if !unsettled(operand) {
		return operand
	}
	if s := scopeOf(ctx); s != nil {
		s.in.unset++
	}
	return undetermined(operand)
}

func (e *unaryOperation) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	operand, diagnostics := e.Val.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	same := *e.UnaryOpExpr
	same.Val = of(operandOf(ctx, operand), e.Val)
	return same.Value(ctx)
}

func (e *settled) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	value, diagnostics := e.Expression.Value(ctx)
	return operandOf(ctx, value), diagnostics
}

func (e *forLoop) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	s := scopeOf(ctx)
	if s == nil {
		return e.ForExpr.Value(ctx)
	}
	collection, diagnostics := e.CollExpr.Value(ctx)
	if diagnostics.HasErrors() {
		return cty.DynamicVal, diagnostics
	}
	if _, unset := isPlaceholder(collection); unset || stands(collection) {
		s.in.unset++
		return undetermined(collection), nil
	}
	if err := s.in.measured(collection); err != nil {
		return cty.DynamicVal, mistaken("Too large", err.Error(), e.SrcRange)
	}
	same := *e.ForExpr
	same.CollExpr = of(collection, e.CollExpr)
	value, diagnostics := same.Value(ctx)
	if !diagnostics.HasErrors() {
		if err := s.in.measured(value); err != nil {
			return cty.DynamicVal, mistaken("Too large", err.Error(), e.SrcRange)
		}
	}
	return value, diagnostics
}

// stands reports whether a value is an object that stands for a resource.
func stands(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.IsKnown() && !v.IsNull() && v.Type().IsObjectType() && v.Type().HasAttribute(identity)
}

func (e *template) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	same := *e.TemplateExpr
	same.Parts = make([]hclsyntax.Expression, len(e.Parts))
	length := 0
	for i, part := range e.Parts {
		value, diagnostics := part.Value(ctx)
		if diagnostics.HasErrors() {
			return cty.DynamicVal, diagnostics
		}
		if stands(value) {
			plain, marks := value.Unmark()
			value = placeholder(plain.GetAttr(identity).AsString()).WithMarks(marks)
		}
		if plain, _ := value.Unmark(); plain.Type() == cty.String && plain.IsKnown() && !plain.IsNull() {
			length += len(plain.AsString())
		}
		if length > maxText {
			return cty.DynamicVal, mistaken("Too large", errLarge.Error(), e.SrcRange)
		}
		same.Parts[i] = of(value, part)
	}
	if s := scopeOf(ctx); s != nil {
		s.in.spend(1 + length/64)
	}
	return same.Value(ctx)
}
