package terraform

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// instance is a module with its variables set: the root module, or one that is
// called.
type instance struct {
	*evaluator
	module *module
	parent *instance
	call   *call
	index  string // "" or as in an address: [0], ["a"]
	prefix string // of its resources' addresses: "", "module.a."
	level  int
	caller *scope // in which the call's arguments are evaluated
	own    *scope

	values  map[string]*lazy // of variables, locals and outputs
	known   map[string]*expansion
	callees map[string]*callees
}

// lazy is a value that is evaluated once it is needed.
type lazy struct {
	value cty.Value
	busy  bool
	done  bool
}

func newInstance(e *evaluator, m *module, c *call, caller *scope) *instance {
	in := &instance{
		evaluator: e, module: m, call: c, caller: caller,
		values: map[string]*lazy{}, known: map[string]*expansion{}, callees: map[string]*callees{},
	}
	if caller != nil {
		in.parent = caller.in
		in.level = in.parent.level + 1
		in.own = in.scope(caller.in.own.functions())
	} else {
		in.own = in.scope(e.functions())
	}
	for _, problem := range m.problems {
		e.problem(problem.Msg, problem.Location)
	}
	for _, skipped := range m.skipped {
		e.note(skipped.What, skipped.Reason)
	}
	return in
}

func (s *scope) functions() map[string]function.Function { return s.ctx.Functions }

// address is the address, from the root module, of something in this one.
func (in *instance) address(within string) string { return in.prefix + within }

// once evaluates what is named, or says that it needs itself.
func (in *instance) once(name string, at func() string, evaluate func() cty.Value) cty.Value {
	known := in.values[name]
	if known == nil {
		known = &lazy{}
		in.values[name] = known
	}
	if known.busy {
		in.note(at(), fmt.Sprintf("%s needs its own value", name))
		return cty.DynamicVal
	}
	if !known.done {
		known.busy = true
		known.value = evaluate()
		known.busy, known.done = false, true
	}
	return known.value
}

func (in *instance) local(name string) (cty.Value, bool) {
	attribute := in.module.locals[name]
	if attribute == nil {
		return cty.NilVal, false
	}
	at := func() string { return location(attribute.NameRange).String() }
	return in.once("local."+name, at, func() cty.Value {
		value := in.own.evaluate(attribute.Expr)
		if looksSecret(name) {
			in.hide(value)
			value = value.Mark(guessed{})
		}
		return value
	}), true
}

func (in *instance) variable(name string) (cty.Value, bool) {
	v := in.module.variables[name]
	if v == nil {
		return cty.NilVal, false
	}
	at := func() string { return location(v.TypeRange).String() }
	return in.once("var."+name, at, func() cty.Value {
		value := in.given(v, name)
		if v.sensitive || looksSecret(name) {
			in.hide(value)
			value = value.Mark(guessed{})
		}
		if v.sensitive {
			value = value.Mark(sensitive{})
		}
		return value
	}), true
}

// given is what a variable is set to: by the call, by a file, or by default.
func (in *instance) given(v *variable, name string) cty.Value {
	value := cty.NilVal
	switch {
	case in.call != nil:
		if argument := in.call.Body.Attributes[name]; argument != nil {
			value = in.caller.evaluate(argument.Expr)
		}
	case in.module.given[name] != nil:
		value = in.own.evaluate(in.module.given[name].Expr)
	}
	if value != cty.NilVal && (v.nullable || !isNull(value)) {
		return v.typed(value)
	}
	if v.preset != nil {
		return v.typed(in.own.evaluate(v.preset))
	}
	return cty.DynamicVal
}

// typed is the value in the variable's type, as far as it can be converted.
func (v *variable) typed(value cty.Value) cty.Value {
	typ, defaults := v.typ()
	if typ == cty.DynamicPseudoType || !value.IsKnown() || stands(value) {
		return value
	}
	if defaults != nil && !isNull(value) {
		plain, marks := value.Unmark()
		value = defaults.Apply(plain).WithMarks(marks)
	}
	if unsettled(value) {
		return shaped(value, typ)
	}
	if converted, err := convert.Convert(value, typ); err == nil {
		return converted
	}
	return value
}

// shaped is a value in a type as far as it is known: what is known only after
// apply stays the placeholder that it is, whatever the type.
func shaped(value cty.Value, typ cty.Type) cty.Value {
	plain, marks := value.Unmark()
	if _, unset := isPlaceholder(plain); unset || stands(plain) || !plain.IsKnown() || plain.IsNull() || typ == cty.DynamicPseudoType {
		return value
	}
	from := plain.Type()
	isMap := from.IsObjectType() || from.IsMapType()
	switch {
	case typ.IsObjectType() && isMap:
		values := map[string]cty.Value{}
		for name, inner := range typ.AttributeTypes() {
			values[name] = cty.NullVal(inner)
			if given, there := plain.AsValueMap()[name]; there {
				values[name] = shaped(given, inner)
			}
		}
		return cty.ObjectVal(values).WithMarks(marks)
	case typ.IsMapType() && isMap:
		values := map[string]cty.Value{}
		for name, given := range plain.AsValueMap() {
			values[name] = shaped(given, typ.ElementType())
		}
		return cty.ObjectVal(values).WithMarks(marks)
	case (typ.IsListType() || typ.IsSetType()) && plain.CanIterateElements() && !isMap:
		values := plain.AsValueSlice()
		for i := range values {
			values[i] = shaped(values[i], typ.ElementType())
		}
		return cty.TupleVal(values).WithMarks(marks)
	}
	if converted, err := convert.Convert(plain, typ); err == nil {
		return converted.WithMarks(marks)
	}
	return value
}

func (in *instance) output(name string) (cty.Value, bool) {
	b := in.module.outputs[name]
	if b == nil {
		return cty.NilVal, false
	}
	at := func() string { return location(b.TypeRange).String() }
	return in.once("output."+name, at, func() cty.Value {
		attribute := b.Body.Attributes["value"]
		if attribute == nil {
			return cty.DynamicVal
		}
		value := in.own.evaluate(attribute.Expr)
		if isTrue(b.Body, "sensitive") {
			value = value.Mark(sensitive{})
		}
		return value
	}), true
}

// outputs is an object of all of them.
func (in *instance) outputs() cty.Value {
	values := map[string]cty.Value{}
	for _, name := range slices.Sorted(maps.Keys(in.module.outputs)) {
		values[name], _ = in.output(name)
	}
	return cty.ObjectVal(values)
}

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

// emit adds what the module has to what comes of the evaluation, and then the
// modules that it calls.
func (in *instance) emit() {
	var settings *settingsOf
	for _, b := range in.module.blocks {
		if in.parent == nil && in.root.File != "" && b.file.name != in.root.File {
			continue
		}
		switch b.Type {
		case "resource", "data":
			in.emitResource(b)
		case "terraform":
			settings = in.addSettings(settings, b)
		default:
			in.emitBlock(b)
		}
	}
	settings.emit(in)
	if in.root.File != "" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(in.module.calls)) {
		for _, inner := range in.called(in.module.calls[name]).instances {
			inner.emit()
		}
	}
}
