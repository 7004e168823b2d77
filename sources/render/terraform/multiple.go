package terraform

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// How many there are of a resource or a module.
type plurality int

const (
	one    plurality = iota
	open             // count or for_each is not known: one stands for all
	listed           // by count
	keyed            // by for_each
	absent           // a module that is not here
)

// multiple is a block's instances, before anything is made of them.
type multiple struct {
	kind plurality
	each []eachOf
}

type eachOf struct {
	index       string
	key         string
	each, count cty.Value
}

// multiply says how often a block is there, by its count or for_each.
func (in *instance) multiply(b *block) multiple {
	unknownEach := cty.ObjectVal(map[string]cty.Value{"key": cty.DynamicVal, "value": cty.DynamicVal})
	unknownCount := cty.ObjectVal(map[string]cty.Value{"index": cty.UnknownVal(cty.Number)})
	if attribute := b.Body.Attributes["count"]; attribute != nil {
		if counted, known := in.counted(attribute); known {
			return multiple{listed, counted}
		}
		return multiple{open, []eachOf{{each: cty.NilVal, count: unknownCount}}}
	}
	if attribute := b.Body.Attributes["for_each"]; attribute != nil {
		if each, known := in.forEach(attribute); known {
			return multiple{keyed, each}
		}
		return multiple{open, []eachOf{{each: unknownEach, count: cty.NilVal}}}
	}
	return multiple{one, []eachOf{{each: cty.NilVal, count: cty.NilVal}}}
}

func (in *instance) counted(attribute *hclsyntax.Attribute) ([]eachOf, bool) {
	value, _ := in.own.evaluate(attribute.Expr).Unmark()
	if !value.IsKnown() || value.IsNull() || unsettled(value) {
		return nil, false
	}
	number, err := convert.Convert(value, cty.Number)
	if err != nil {
		in.own.note(attribute.Expr, "count is not a number")
		return nil, false
	}
	n, exact := number.AsBigFloat().Int64()
	if exact != 0 || n < 0 {
		in.own.note(attribute.Expr, "count is not a whole number")
		return nil, false
	}
	if n > int64(in.tree.options.Instances) {
		in.own.note(attribute.Expr, "count is more than %d; one instance is judged for all", in.tree.options.Instances)
		return nil, false
	}
	all := make([]eachOf, n)
	for i := range all {
		index := cty.NumberIntVal(int64(i))
		all[i] = eachOf{index: indexText(index), each: cty.NilVal, count: cty.ObjectVal(map[string]cty.Value{"index": index})}
	}
	return all, true
}

func (in *instance) forEach(attribute *hclsyntax.Attribute) ([]eachOf, bool) {
	value, marks := in.own.evaluate(attribute.Expr).Unmark()
	if !value.IsKnown() || value.IsNull() || stands(value) {
		return nil, false
	}
	if _, secret := marks[sensitive{}]; secret {
		in.own.note(attribute.Expr, "for_each is sensitive, and would be in names; one instance is judged for all")
		return nil, false
	}
	if _, unset := isPlaceholder(value); unset {
		return nil, false
	}
	typ := value.Type()
	isMap := typ.IsMapType() || typ.IsObjectType()
	if !isMap && !typ.IsSetType() {
		in.own.note(attribute.Expr, "for_each is neither a map nor a set of texts")
		return nil, false
	}
	if value.LengthInt() > in.tree.options.Instances {
		in.own.note(attribute.Expr, "for_each has more than %d elements; one instance is judged for all", in.tree.options.Instances)
		return nil, false
	}
	var all []eachOf
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if !isMap {
			key = element
		}
		key, secret := key.Unmark()
		if _, is := secret[sensitive{}]; is {
			return nil, false
		}
		text, err := convert.Convert(key, cty.String)
		if err != nil || !text.IsKnown() || text.IsNull() || unsettled(text) {
			return nil, false
		}
		all = append(all, eachOf{
			index: indexText(text), key: text.AsString(), count: cty.NilVal,
			each: cty.ObjectVal(map[string]cty.Value{"key": text.WithMarks(marks), "value": element.WithMarks(marks)}),
		})
	}
	return all, true
}

// expansion is a resource's instances.
type expansion struct {
	kind    plurality
	objects []*object
}

// objects are the instances of a resource.
func (in *instance) objects(address string, b *block) *expansion {
	if known := in.known[address]; known != nil {
		return known
	}
	// Whoever asks again before it is known how many there are gets one for all.
	in.known[address] = &expansion{open, []*object{in.newObject(address, b, eachOf{each: cty.NilVal, count: cty.NilVal})}}
	many := in.multiply(b)
	made := &expansion{kind: many.kind}
	for _, each := range many.each {
		made.objects = append(made.objects, in.newObject(address, b, each))
	}
	in.known[address] = made
	return made
}

// value is all instances: a list, or an object by their keys.
func (x *expansion) value() cty.Value {
	if x.kind == keyed {
		values := map[string]cty.Value{}
		for _, o := range x.objects {
			values[o.key] = o.value()
		}
		return cty.ObjectVal(values)
	}
	values := make([]cty.Value, len(x.objects))
	for i, o := range x.objects {
		values[i] = o.value()
	}
	return cty.TupleVal(values)
}

// callees are the instances of a module that is called.
type callees struct {
	kind      plurality
	instances []*instance
	keys      []string
}

func (c *callees) value() cty.Value {
	values, list := map[string]cty.Value{}, make([]cty.Value, len(c.instances))
	for i, in := range c.instances {
		list[i] = in.outputs()
		values[c.keys[i]] = list[i]
	}
	if c.kind == keyed {
		return cty.ObjectVal(values)
	}
	return cty.TupleVal(list)
}

// called are the instances of a module that this one calls.
func (in *instance) called(c *call) *callees {
	name := c.Labels[0]
	if known := in.callees[name]; known != nil {
		return known
	}
	none := &callees{kind: absent}
	in.callees[name] = none
	called := in.callee(c)
	if called == nil {
		return none
	}
	many := in.multiply(&c.block)
	made := &callees{kind: many.kind}
	for _, each := range many.each {
		caller := *in.own
		caller.each, caller.count = each.each, each.count
		rescoped(&caller)
		inner := newInstance(in.evaluator, called, c, &caller)
		inner.index = each.index
		inner.prefix = in.address("module." + name + each.index + ".")
		made.instances, made.keys = append(made.instances, inner), append(made.keys, each.key)
		in.spend(10)
	}
	in.callees[name] = made
	return made
}

// rescoped gives a scope that was copied from another a context of its own.
func rescoped(s *scope) {
	s.ctx = &hcl.EvalContext{Variables: maps.Clone(s.ctx.Variables), Functions: s.ctx.Functions}
	s.ctx.Variables[scopeVariable] = cty.CapsuleVal(scopeType, s)
}

// callee is the module that a call names; nil where it is not here.
func (in *instance) callee(c *call) *module {
	at := location(c.TypeRange)
	what := fmt.Sprintf("%s, module %s", at.String(), c.Labels[0])
	folder, local := c.folder(in.module.folder)
	switch {
	case c.source == "":
		in.note(what, "its source is not a text that is written there")
		return nil
	case !local:
		in.note(what, fmt.Sprintf("its source %q is not a folder here; what it makes is not judged, and what it gives is not known", c.source))
		return nil
	case in.level >= maxModuleDepth:
		in.problem(fmt.Sprintf("modules call each other more than %d deep", maxModuleDepth), at)
		return nil
	}
	for outer := in; outer != nil; outer = outer.parent {
		if outer.module.folder == folder {
			in.problem(fmt.Sprintf("module %s calls itself, by way of %q", c.Labels[0], c.source), at)
			return nil
		}
	}
	called := in.tree.module(folder)
	if called == nil {
		in.note(what, fmt.Sprintf("there is no module at %q, or not within what may be read", c.source))
	}
	return called
}
