package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Place says where a part of a resource is written. Line and Column are 1-based
// and 0 where that is not known.
type Place struct {
	Key, Value   Mark // Key is zero for an element of a list
	Children     map[any]*Place
	Literal      bool // the value is written out here
	Secret       bool // and is a secret, by its name
	RestAsLast   bool // further elements are written where the last one is
	ValueIsBlock bool
}

// Mark is a place in a text.
type Mark struct{ Line, Column int }

// Places are the blocks of a file, in order, each in the form of the resource
// that is made of it.
func Places(name string, data []byte, admit func([]byte) error) ([]*Place, error) {
	body, wrong := parseBody(name, data, admit)
	if wrong != nil {
		return nil, wrong
	}
	places := make([]*Place, len(body.Blocks))
	for i, block := range body.Blocks {
		places[i] = placeOf(block)
	}
	return places, nil
}

func placeOf(block *hclsyntax.Block) *Place {
	at := mark(block.TypeRange)
	p := &Place{Key: at, Value: at, Children: map[any]*Place{}}
	here := &Place{Key: at, Value: at}
	p.Children["apiVersion"], p.Children["kind"] = here, here
	metadata := &Place{Key: at, Value: at, Children: map[any]*Place{"name": here}}
	if n := len(block.LabelRanges); n > 0 {
		p.Children["kind"] = &Place{Key: mark(block.LabelRanges[0]), Value: mark(block.LabelRanges[0])}
		metadata.Children["name"] = &Place{Key: mark(block.LabelRanges[n-1]), Value: mark(block.LabelRanges[n-1])}
	}
	p.Children["metadata"] = metadata
	spec := &Place{Key: at, Value: at, Children: map[any]*Place{}}
	spec.body(block.Body)
	secret := block.Type == "variable" && len(block.Labels) == 1 && (looksSecret(block.Labels[0]) || isTrue(block.Body, "sensitive"))
	if preset := spec.Children["default"]; secret && preset != nil {
		preset.Secret = true
	}
	p.Children["spec"] = spec
	return p
}

func mark(r hcl.Range) Mark { return Mark{r.Start.Line, r.Start.Column} }

func (p *Place) body(body *hclsyntax.Body) {
	for name, attribute := range body.Attributes {
		child := &Place{Key: mark(attribute.NameRange), Children: map[any]*Place{}}
		child.expression(attribute.Expr)
		child.Secret = child.Literal && looksSecret(name)
		p.Children[name] = child
	}
	for _, block := range body.Blocks {
		if block.Type != "dynamic" {
			p.list(block.Type, block).body(block.Body)
		}
	}
	for _, block := range body.Blocks {
		if block.Type != "dynamic" || len(block.Labels) != 1 {
			continue
		}
		element := p.list(block.Labels[0], block)
		for _, inner := range block.Body.Blocks {
			if inner.Type == "content" {
				element.body(inner.Body)
			}
		}
		p.Children[block.Labels[0]].RestAsLast = true
	}
}

// list is one more element of the list of blocks under a name.
func (p *Place) list(name string, block *hclsyntax.Block) *Place {
	list := p.Children[name]
	if list == nil || !list.ValueIsBlock {
		at := mark(block.TypeRange)
		list = &Place{Key: at, Value: at, Children: map[any]*Place{}, ValueIsBlock: true}
		p.Children[name] = list
	}
	element := &Place{Value: mark(block.TypeRange), Children: map[any]*Place{}}
	list.Children[len(list.Children)] = element
	return element
}

func (p *Place) expression(expression hclsyntax.Expression) {
	p.Value = mark(expression.Range())
	switch e := expression.(type) {
	case *hclsyntax.TupleConsExpr:
		for i, element := range e.Exprs {
			child := &Place{Children: map[any]*Place{}}
			child.expression(element)
			p.Children[i] = child
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			key, known := keyOf(item.KeyExpr)
			if !known {
				continue
			}
			child := &Place{Key: mark(item.KeyExpr.Range()), Children: map[any]*Place{}}
			child.expression(item.ValueExpr)
			child.Secret = child.Literal && looksSecret(key)
			p.Children[key] = child
		}
	default:
		value, diagnostics := expression.Value(nil)
		p.Literal = !diagnostics.HasErrors() && value.Type() == cty.String && value.IsKnown() && !value.IsNull() && value.AsString() != ""
	}
}

func keyOf(expression hclsyntax.Expression) (string, bool) {
	if keyword := hcl.ExprAsKeyword(expression); keyword != "" {
		return keyword, true
	}
	value, diagnostics := expression.Value(nil)
	if diagnostics.HasErrors() || value.Type() != cty.String || !value.IsKnown() || value.IsNull() {
		return "", false
	}
	return value.AsString(), true
}

var _ error = (*resource.Problem)(nil)
