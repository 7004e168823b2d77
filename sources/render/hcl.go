package render

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/tmccombs/hcl2json/convert"
	"github.com/zclconf/go-cty/cty"
)

// parseHCL reads HCL 2: blocks are lists under their type and labels, and
// expressions the text "${…}". Nothing is evaluated.
func parseHCL(in input) (any, error) {
	file, err := hclFile(in)
	if err != nil {
		return nil, err
	}
	return convert.ConvertFile(file, convert.Options{})
}

func hclFile(in input) (*hcl.File, error) {
	file, diagnostics := hclsyntax.ParseConfig(in.data, in.name, hcl.InitialPos)
	for _, d := range diagnostics {
		if d.Severity != hcl.DiagError {
			continue
		}
		m := &mistake{msg: fmt.Sprintf("not HCL: %s: %s", d.Summary, d.Detail), line: 1, column: 1}
		if d.Subject != nil {
			m.line, m.column = d.Subject.Start.Line, d.Subject.Start.Column
		}
		return nil, m
	}
	return file, nil
}

func placeHCL(in input) *places {
	root := &places{value: mark{1, 1}}
	file, err := hclFile(in)
	if err != nil {
		return root
	}
	if body, native := file.Body.(*hclsyntax.Body); native {
		placeBody(root, body)
	}
	return root
}

func placeBody(at *places, body *hclsyntax.Body) {
	for name, attribute := range body.Attributes {
		child := at.child(name)
		child.key = hclMark(attribute.NameRange)
		placeExpression(child, attribute.Expr)
	}
	for _, block := range body.Blocks {
		list := at.child(block.Type)
		list.begin(hclMark(block.TypeRange))
		for i, label := range block.Labels {
			list = list.child(label)
			list.begin(hclMark(block.LabelRanges[i]))
		}
		element := list.child(len(list.children))
		element.value = hclMark(block.TypeRange)
		placeBody(element, block.Body)
	}
}

func placeExpression(at *places, expression hclsyntax.Expression) {
	at.value = hclMark(expression.Range())
	switch e := expression.(type) {
	case *hclsyntax.TupleConsExpr:
		for i, element := range e.Exprs {
			placeExpression(at.child(i), element)
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if key, literal := objectKey(item.KeyExpr); literal {
				child := at.child(key)
				child.key = hclMark(item.KeyExpr.Range())
				placeExpression(child, item.ValueExpr)
			}
		}
	}
}

func objectKey(expression hclsyntax.Expression) (string, bool) {
	if keyword := hcl.ExprAsKeyword(expression); keyword != "" {
		return keyword, true
	}
	value, diagnostics := expression.Value(nil)
	if diagnostics.HasErrors() || value.Type() != cty.String || !value.IsKnown() || value.IsNull() {
		return "", false
	}
	return value.AsString(), true
}

func hclMark(r hcl.Range) mark { return mark{r.Start.Line, r.Start.Column} }
