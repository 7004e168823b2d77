package terraform

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Place says where a part of a resource is written. It is of the shape of the
// resource, as far as that is written out.
type Place struct {
	Key, Value Mark           // Key is zero for an element of a list
	Children   map[any]*Place // by name, or by index where List is set
	List       bool
	// RestAsLast is set where all elements after the last are written where
	// that is: those of dynamic blocks.
	RestAsLast bool
	// Secret is a text that is written out here and a secret by its name.
	Secret string

	literal string
}

// Mark is a place in a text; both are 1-based and 0 where that is not known.
type Mark struct{ Line, Column int }

// Keys are the names of the children, in order.
func (p *Place) Keys() []string {
	var keys []string
	for step := range p.Children {
		if key, isKey := step.(string); isKey {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Secrets are the secrets in a content of the shape of the place, and SecretPaths
// the paths to them.
func (p *Place) Secrets() any {
	if p.Secret != "" {
		return p.Secret
	}
	if p.List {
		list := make([]any, len(p.Children))
		for i := range list {
			list[i] = p.Children[i].Secrets()
		}
		return list
	}
	object := map[string]any{}
	for _, key := range p.Keys() {
		object[key] = p.Children[key].Secrets()
	}
	return object
}

// SecretPaths lead to the secrets.
func (p *Place) SecretPaths() []resource.Path {
	if p.Secret != "" {
		return []resource.Path{nil}
	}
	var steps []any
	for i := range len(p.Children) {
		if p.List {
			steps = append(steps, i)
		}
	}
	for _, key := range p.Keys() {
		steps = append(steps, key)
	}
	var paths []resource.Path
	for _, step := range steps {
		for _, path := range p.Children[step].SecretPaths() {
			paths = append(paths, append(resource.Path{step}, path...))
		}
	}
	return paths
}

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

func at(m Mark) *Place { return &Place{Key: m, Value: m, Children: map[any]*Place{}} }

func placeOf(block *hclsyntax.Block) *Place {
	begins := mark(block.TypeRange)
	p, metadata, spec := at(begins), at(begins), at(begins)
	p.Children["apiVersion"], p.Children["kind"] = at(begins), at(begins)
	p.Children["metadata"], p.Children["spec"] = metadata, spec
	metadata.Children["name"] = at(begins)
	if n := len(block.LabelRanges); n > 0 {
		p.Children["kind"] = at(mark(block.LabelRanges[0]))
		metadata.Children["name"] = at(mark(block.LabelRanges[n-1]))
	}
	spec.body(block.Body)
	if block.Type == "variable" && len(block.Labels) == 1 && (looksSecret(block.Labels[0]) || isTrue(block.Body, "sensitive")) {
		if preset := spec.Children["default"]; preset != nil {
			preset.Secret = preset.literal
		}
	}
	if block.Type == "terraform" {
		backends := &Place{Key: begins, Value: begins, Children: map[any]*Place{}, List: true}
		for _, inner := range block.Body.Blocks {
			if isBackend(inner) {
				backends.Children[len(backends.Children)] = placeOf(inner)
			}
		}
		if len(backends.Children) > 0 {
			p.Children[backendStep] = backends
		}
	}
	return p
}

// backendStep leads, in an origin, from a terraform block to its backends.
const backendStep = "backends"

func isBackend(block *hclsyntax.Block) bool {
	return block.Type == "backend" && len(block.Labels) == 1 || block.Type == "cloud" && len(block.Labels) == 0
}

func mark(r hcl.Range) Mark { return Mark{r.Start.Line, r.Start.Column} }

func (p *Place) body(body *hclsyntax.Body) {
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		attribute := body.Attributes[name]
		child := at(mark(attribute.NameRange))
		child.expression(attribute.Expr)
		child.secretIf(looksSecret(name))
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

func (p *Place) secretIf(is bool) {
	if is {
		p.Secret = p.literal
	}
}

// list is one more element of the list of blocks under a name.
func (p *Place) list(name string, block *hclsyntax.Block) *Place {
	list := p.Children[name]
	if list == nil || !list.List {
		list = at(mark(block.TypeRange))
		list.List = true
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
		p.List = true
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
			child := at(mark(item.KeyExpr.Range()))
			child.expression(item.ValueExpr)
			child.secretIf(looksSecret(key))
			p.Children[key] = child
		}
	default:
		p.literal, _ = constantText(expression)
	}
}

func keyOf(expression hclsyntax.Expression) (string, bool) {
	if keyword := hcl.ExprAsKeyword(expression); keyword != "" {
		return keyword, true
	}
	return constantText(expression)
}
