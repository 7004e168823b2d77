package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// traversals are those in an expression that were made ready for evaluation.
func traversals(expression hclsyntax.Expression) []hcl.Traversal {
	switch e := expression.(type) {
	case *scopeTraversal:
		return []hcl.Traversal{e.Traversal}
	case *relativeTraversal:
		return traversals(e.Source)
	case *index:
		return allTraversals(e.Collection, e.Key)
	case *splat:
		return allTraversals(e.Source, e.Each)
	case *functionCall:
		return allTraversals(e.Args...)
	case *conditional:
		return allTraversals(e.Condition, e.TrueResult, e.FalseResult)
	case *binaryOperation:
		return allTraversals(e.LHS, e.RHS)
	case *unaryOperation:
		return traversals(e.Val)
	case *forLoop:
		return allTraversals(e.CollExpr, e.KeyExpr, e.ValExpr, e.CondExpr)
	case *settled:
		return traversals(e.Expression)
	case *template:
		return allTraversals(e.Parts...)
	case *hclsyntax.ParenthesesExpr:
		return traversals(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return traversals(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		return traversals(e.Tuple)
	case *hclsyntax.TupleConsExpr:
		return allTraversals(e.Exprs...)
	case *hclsyntax.ObjectConsExpr:
		var all []hcl.Traversal
		for _, item := range e.Items {
			all = append(all, allTraversals(item.KeyExpr, item.ValueExpr)...)
		}
		return all
	case *hclsyntax.ObjectConsKeyExpr:
		if hcl.ExprAsKeyword(e.Wrapped) == "" {
			return traversals(e.Wrapped)
		}
	}
	return nil
}

func allTraversals(expressions ...hclsyntax.Expression) []hcl.Traversal {
	var all []hcl.Traversal
	for _, each := range expressions {
		all = append(all, traversals(each)...)
	}
	return all
}
