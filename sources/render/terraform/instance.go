package terraform

import (
	"fmt"
	"maps"
	"slices"

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
