package terraform

import (
	"errors"
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func listFunctions() map[string]function.Function {
	return map[string]function.Function{
		"alltrue":         ofValues(1, cty.Bool, func(args []cty.Value) (cty.Value, error) { return quantified(args[0], true) }),
		"anytrue":         ofValues(1, cty.Bool, func(args []cty.Value) (cty.Value, error) { return quantified(args[0], false) }),
		"coalesce":        ofValues(-1, cty.DynamicPseudoType, coalesce),
		"index":           ofValues(2, cty.Number, indexOf),
		"length":          ofValues(1, cty.Number, length),
		"lookup":          ofValues(-1, cty.DynamicPseudoType, lookup),
		"matchkeys":       ofValues(3, cty.DynamicPseudoType, matchKeys),
		"one":             ofValues(1, cty.DynamicPseudoType, only),
		"sum":             ofValues(1, cty.Number, sum),
		"transpose":       ofValues(1, cty.DynamicPseudoType, transpose),
		"type":            ofValues(1, cty.String, func(args []cty.Value) (cty.Value, error) { return cty.StringVal(args[0].Type().FriendlyName()), nil }),
		"list":            ofValues(-1, cty.DynamicPseudoType, func(args []cty.Value) (cty.Value, error) { return cty.TupleVal(args), nil }),
		"ephemeralasnull": remarked(func(v cty.Value) cty.Value { return v }),
		"nonsensitive": remarked(func(v cty.Value) cty.Value {
			plain, marks := v.Unmark()
			delete(marks, sensitive{})
			delete(marks, guessed{})
			return plain.WithMarks(marks)
		}),
		"issensitive": remarked(func(v cty.Value) cty.Value { return cty.BoolVal(v.HasMark(sensitive{})) }),
	}
}

// remarked is a function that changes the marks of its argument.
func remarked(change func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowMarked: true, AllowNull: true, AllowUnknown: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return change(args[0]).Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return change(args[0]), nil },
	})
}

func quantified(list cty.Value, all bool) (cty.Value, error) {
	if !list.CanIterateElements() {
		return cty.NilVal, errors.New("a list is needed")
	}
	open := false
	for it := list.ElementIterator(); it.Next(); {
		_, element := it.Element()
		truth, err := convert.Convert(element, cty.Bool)
		if err != nil {
			return cty.NilVal, err
		}
		switch {
		case !truth.IsKnown():
			open = true
		case truth.IsNull() && all, !truth.IsNull() && truth.True() != all:
			return cty.BoolVal(!all), nil
		}
	}
	if open {
		return cty.UnknownVal(cty.Bool), nil
	}
	return cty.BoolVal(all), nil
}

func coalesce(args []cty.Value) (cty.Value, error) {
	types := make([]cty.Type, len(args))
	for i, arg := range args {
		types[i] = arg.Type()
	}
	typ, _ := convert.UnifyUnsafe(types)
	for _, arg := range args {
		if !arg.IsKnown() {
			return cty.DynamicVal, nil
		}
		if arg.IsNull() || arg.Type() == cty.String && arg.AsString() == "" {
			continue
		}
		if typ != cty.NilType {
			return convert.Convert(arg, typ)
		}
		return arg, nil
	}
	return cty.NilVal, errors.New("there is no value that is not null")
}

func elements(v cty.Value) ([]cty.Value, error) {
	if !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType() {
		return nil, errors.New("a list is needed")
	}
	return v.AsValueSlice(), nil
}

func indexOf(args []cty.Value) (cty.Value, error) {
	list, err := elements(args[0])
	for i, element := range list {
		same := element.Equals(args[1])
		if !same.IsKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		if same.True() {
			return cty.NumberIntVal(int64(i)), nil
		}
	}
	return cty.NilVal, errors.Join(err, errors.New("the value is not in the list"))
}

func length(args []cty.Value) (cty.Value, error) {
	switch v := args[0]; {
	case v.Type() == cty.String:
		return stdlib.Strlen(v)
	case v.CanIterateElements():
		return cty.NumberIntVal(int64(v.LengthInt())), nil
	}
	return cty.NilVal, errors.New("a list, a map or a text is needed")
}

func lookup(args []cty.Value) (cty.Value, error) {
	if len(args) < 2 || len(args) > 3 {
		return cty.NilVal, errors.New("a map, a key and a default are needed")
	}
	for _, arg := range args[:2] {
		if !arg.IsKnown() {
			return cty.DynamicVal, nil
		}
	}
	if args[1].IsNull() || args[1].Type() != cty.String || args[0].IsNull() {
		return cty.NilVal, errors.New("a map and a key are needed")
	}
	key := args[1].AsString()
	switch typ := args[0].Type(); {
	case typ.IsObjectType() && typ.HasAttribute(key):
		return args[0].GetAttr(key), nil
	case typ.IsMapType() && args[0].HasIndex(args[1]).True():
		return args[0].Index(args[1]), nil
	case !typ.IsObjectType() && !typ.IsMapType():
		return cty.NilVal, errors.New("a map is needed")
	case len(args) == 3:
		return args[2], nil
	}
	return cty.NilVal, fmt.Errorf("there is no key %q", key)
}

func matchKeys(args []cty.Value) (cty.Value, error) {
	values, errA := elements(args[0])
	keys, errB := elements(args[1])
	wanted, errC := elements(args[2])
	if err := errors.Join(errA, errB, errC); err != nil {
		return cty.NilVal, err
	}
	if len(values) != len(keys) {
		return cty.NilVal, errors.New("there are not as many keys as values")
	}
	var matched []cty.Value
	for i, key := range keys {
		if slices.ContainsFunc(wanted, func(w cty.Value) bool { return w.RawEquals(key) }) {
			matched = append(matched, values[i])
		}
	}
	return cty.TupleVal(matched), nil
}

func only(args []cty.Value) (cty.Value, error) {
	list, err := elements(args[0])
	switch {
	case err != nil:
		return cty.NilVal, err
	case len(list) == 0:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case len(list) == 1:
		return list[0], nil
	}
	return cty.NilVal, errors.New("there is more than one element")
}

func sum(args []cty.Value) (cty.Value, error) {
	list, err := elements(args[0])
	if err != nil || len(list) == 0 {
		return cty.NilVal, errors.New("a list of numbers is needed")
	}
	total := cty.Zero
	for _, element := range list {
		number, err := convert.Convert(element, cty.Number)
		if err != nil || number.IsNull() {
			return cty.NilVal, errors.New("a list of numbers is needed")
		}
		total = total.Add(number)
	}
	return total, nil
}

func transpose(args []cty.Value) (cty.Value, error) {
	given, err := convert.Convert(args[0], cty.Map(cty.List(cty.String)))
	if err != nil {
		return cty.NilVal, err
	}
	keys := map[string][]cty.Value{}
	for it := given.ElementIterator(); it.Next(); {
		key, list := it.Element()
		if !list.IsWhollyKnown() || list.IsNull() {
			return cty.DynamicVal, nil
		}
		for _, element := range list.AsValueSlice() {
			keys[element.AsString()] = append(keys[element.AsString()], key)
		}
	}
	if len(keys) == 0 {
		return cty.MapValEmpty(cty.List(cty.String)), nil
	}
	result := map[string]cty.Value{}
	for key, list := range keys {
		result[key] = cty.ListVal(list)
	}
	return cty.MapVal(result), nil
}
