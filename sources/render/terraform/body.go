package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// object is one instance of a resource or data source.
type object struct {
	in         *instance
	block      *block
	address    string // from the root module
	index, key string
	scope      *scope
	values     map[string]*lazy
	busy       bool
}

func (in *instance) newObject(address string, b *block, each eachOf) *object {
	o := &object{in: in, block: b, address: in.address(address) + each.index, index: each.index, key: each.key, values: map[string]*lazy{}}
	s := *in.own
	s.each, s.count, s.self = each.each, each.count, o
	rescoped(&s)
	o.scope = &s
	return o
}

// written is the value of an attribute as it is written.
func (o *object) written(name string) cty.Value {
	known := o.values[name]
	if known == nil {
		known = &lazy{}
		o.values[name] = known
	}
	attribute := o.block.Body.Attributes[name]
	if known.busy {
		o.in.note(location(attribute.NameRange).String(), fmt.Sprintf("%s.%s needs its own value", o.address, name))
		return cty.DynamicVal
	}
	if !known.done {
		known.busy = true
		known.value = o.scope.evaluate(attribute.Expr)
		known.busy, known.done = false, true
	}
	return known.value
}

// attribute is what others see of an attribute or of the blocks of a name: as
// written, or else a placeholder.
func (o *object) attribute(name string) cty.Value {
	body := o.block.Body
	if body.Attributes[name] != nil && !isMeta(name) {
		if value := o.written(name); !isNull(value) {
			return value.Mark(reference(o.address))
		}
	}
	if bodies, known := blocksOf(o.scope, body, name); known && len(bodies) > 0 {
		elements := make([]cty.Value, len(bodies))
		for i, each := range bodies {
			elements[i] = o.nested(each, o.address+"."+name+"["+strconv.Itoa(i)+"]")
		}
		return cty.TupleVal(elements).Mark(reference(o.address))
	}
	if name == "json" && strings.HasPrefix(o.block.Type, "data") && o.block.Labels[0] == policyDocument {
		if text, made := o.document(); made {
			return text.Mark(reference(o.address))
		}
	}
	o.in.unset++
	return placeholder(o.address+"."+name, reference(o.address))
}

// nested is a block within a resource as others see it.
func (o *object) nested(b scopedBody, address string) cty.Value {
	values := map[string]cty.Value{identity: cty.StringVal(address)}
	for name, attribute := range inOrder(b.body.Attributes) {
		if value := b.scope.evaluate(attribute.Expr); !isNull(value) {
			values[name] = value
		}
	}
	for _, name := range blockTypes(b.body) {
		bodies, known := blocksOf(b.scope, b.body, name)
		if !known {
			continue
		}
		elements := make([]cty.Value, len(bodies))
		for i, each := range bodies {
			elements[i] = o.nested(each, address+"."+name+"["+strconv.Itoa(i)+"]")
		}
		values[name] = cty.TupleVal(elements)
	}
	return cty.ObjectVal(values)
}

// value is the whole of it as others see it.
func (o *object) value() cty.Value {
	if o.busy {
		return cty.DynamicVal
	}
	o.busy = true
	defer func() { o.busy = false }()
	o.in.spend(10)
	values := map[string]cty.Value{identity: cty.StringVal(o.address)}
	for name := range inOrder(o.block.Body.Attributes) {
		if !isMeta(name) {
			if value := o.written(name); !isNull(value) {
				values[name] = value
			}
		}
	}
	for _, name := range blockTypes(o.block.Body) {
		if !isMeta(name) {
			values[name] = o.attribute(name)
		}
	}
	return cty.ObjectVal(values).Mark(reference(o.address))
}

// isMeta reports whether a name within a resource is Terraform's own.
func isMeta(name string) bool {
	switch name {
	case "count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection":
		return true
	}
	return false
}

// inOrder are attributes in the order of their names.
func inOrder(attributes hclsyntax.Attributes) func(func(string, *hclsyntax.Attribute) bool) {
	return func(yield func(string, *hclsyntax.Attribute) bool) {
		for _, name := range slices.Sorted(maps.Keys(attributes)) {
			if !yield(name, attributes[name]) {
				return
			}
		}
	}
}

// scopedBody is a block's body and what its expressions can refer to.
type scopedBody struct {
	body   *hclsyntax.Body
	labels []string
	scope  *scope
}

// blockTypes are the types of a body's blocks, in the order of the text.
func blockTypes(body *hclsyntax.Body) []string {
	var types []string
	for _, block := range body.Blocks {
		name := block.Type
		if name == "dynamic" && len(block.Labels) == 1 {
			name = block.Labels[0]
		}
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return types
}

// blocksOf are a body's blocks of a type: first those that stand there and then
// those that dynamic blocks make. It is false where these are not all known.
func blocksOf(s *scope, body *hclsyntax.Body, name string) (bodies []scopedBody, known bool) {
	known = true
	for _, block := range body.Blocks {
		if block.Type == name {
			bodies = append(bodies, scopedBody{block.Body, block.Labels, s})
		}
	}
	for _, block := range body.Blocks {
		if block.Type == "dynamic" && len(block.Labels) == 1 && block.Labels[0] == name {
			made, all := s.dynamic(block)
			bodies, known = append(bodies, made...), known && all
		}
	}
	return bodies, known
}

// dynamic are the blocks that a dynamic block makes.
func (s *scope) dynamic(block *hclsyntax.Block) (bodies []scopedBody, known bool) {
	forEach := block.Body.Attributes["for_each"]
	var content *hclsyntax.Block
	for _, inner := range block.Body.Blocks {
		if inner.Type == "content" {
			content = inner
		}
	}
	if forEach == nil || content == nil {
		return nil, true
	}
	iterator := block.Labels[0]
	if named := block.Body.Attributes["iterator"]; named != nil {
		if keyword := hcl.ExprAsKeyword(named.Expr); keyword != "" {
			iterator = keyword
		} else if text := literal(block.Body, "iterator"); text != "" {
			iterator = text
		}
	}
	over, marks := s.evaluate(forEach.Expr).Unmark()
	if !over.IsKnown() || over.IsNull() || stands(over) || !over.CanIterateElements() {
		return nil, false
	}
	if over.LengthInt() > s.in.tree.options.Instances {
		s.note(forEach.Expr, "for_each has more than %d elements", s.in.tree.options.Instances)
		return nil, false
	}
	for it := over.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if over.Type().IsSetType() {
			key = value
		}
		object := cty.ObjectVal(map[string]cty.Value{"key": key.WithMarks(marks), "value": value.WithMarks(marks)})
		bodies = append(bodies, scopedBody{content.Body, nil, s.with(iterator, object)})
		s.in.spend(1)
	}
	return bodies, true
}
