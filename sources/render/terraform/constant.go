package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// constant is the value of an expression that is written out. Others are not
// evaluated, as that may take its time.
func constant(expression hclsyntax.Expression) (cty.Value, bool) {
	switch e := expression.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val, true
	case *hclsyntax.ParenthesesExpr:
		return constant(e.Expression)
	case *hclsyntax.ObjectConsKeyExpr:
		return constant(e.Wrapped)
	case *template:
		return constant(e.TemplateExpr)
	case *hclsyntax.TemplateExpr:
		var text strings.Builder
		for _, part := range e.Parts {
			literal, isLiteral := part.(*hclsyntax.LiteralValueExpr)
			if !isLiteral || literal.Val.Type() != cty.String || !literal.Val.IsKnown() || literal.Val.IsNull() {
				return cty.NilVal, false
			}
			text.WriteString(literal.Val.AsString())
		}
		return cty.StringVal(text.String()), true
	}
	return cty.NilVal, false
}

func constantText(expression hclsyntax.Expression) (string, bool) {
	value, known := constant(expression)
	if !known || value.Type() != cty.String || !value.IsKnown() || value.IsNull() {
		return "", false
	}
	return value.AsString(), true
}
