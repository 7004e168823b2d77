package terraform

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"  //nolint:gosec // functions of the language
	"crypto/sha1" //nolint:gosec // functions of the language
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"math/big"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions are those of Terraform's language that give the same answer
// everywhere. Files are read within the tree, from the root module's folder.
func (e *evaluator) functions() map[string]function.Function {
	all := map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "can": tryfunc.CanFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc,
		"chunklist": stdlib.ChunklistFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc,
		"concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "csvdecode": stdlib.CSVDecodeFunc,
		"distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "floor": stdlib.FloorFunc,
		"format": stdlib.FormatFunc, "formatdate": stdlib.FormatDateFunc, "formatlist": stdlib.FormatListFunc,
		"indent": stdlib.IndentFunc, "join": stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc,
		"keys": stdlib.KeysFunc, "log": stdlib.LogFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
		"min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "pow": stdlib.PowFunc, "range": stdlib.RangeFunc,
		"regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "reverse": stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc, "setproduct": stdlib.SetProductFunc, "setsubtract": stdlib.SetSubtractFunc,
		"setunion": stdlib.SetUnionFunc, "signum": stdlib.SignumFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
		"split": stdlib.SplitFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "timeadd": stdlib.TimeAddFunc,
		"title": stdlib.TitleFunc, "tobool": stdlib.MakeToFunc(cty.Bool), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), "tonumber": stdlib.MakeToFunc(cty.Number),
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
		"trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"trimsuffix": stdlib.TrimSuffixFunc, "try": tryfunc.TryFunc, "upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc,
		"yamlencode": yaml.YAMLEncodeFunc, "zipmap": stdlib.ZipmapFunc,
	}
	maps.Copy(all, textFunctions())
	maps.Copy(all, listFunctions())
	all["sensitive"] = remarked(func(v cty.Value) cty.Value {
		e.hide(v)
		return v.Mark(sensitive{})
	})
	maps.Copy(all, netFunctions())
	maps.Copy(all, e.fileFunctions())
	return all
}

// ofValues is a function of any arguments, whose answer is unknown if one of them is.
func ofValues(params int, result cty.Type, impl func(args []cty.Value) (cty.Value, error)) function.Function {
	spec := &function.Spec{
		Type: function.StaticReturnType(result),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return impl(args) },
	}
	if result == cty.DynamicPseudoType {
		spec.Type = func(args []cty.Value) (cty.Type, error) {
			if slices.ContainsFunc(args, func(v cty.Value) bool { return !v.IsKnown() }) {
				return cty.DynamicPseudoType, nil
			}
			value, err := impl(args)
			return value.Type(), err
		}
	}
	for i := range params {
		spec.Params = append(spec.Params, function.Parameter{Name: fmt.Sprintf("argument%d", i+1), Type: cty.DynamicPseudoType, AllowDynamicType: true})
	}
	if params < 0 {
		spec.VarParam = &function.Parameter{Name: "arguments", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowNull: true}
	}
	return function.New(spec)
}

// ofTexts is a function of texts.
func ofTexts(params int, result cty.Type, impl func(args []string) (cty.Value, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(result), Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		texts := make([]string, len(args))
		for i, arg := range args {
			texts[i] = arg.AsString()
		}
		return impl(texts)
	}}
	for i := range params {
		spec.Params = append(spec.Params, function.Parameter{Name: fmt.Sprintf("argument%d", i+1), Type: cty.String})
	}
	return function.New(spec)
}

func ofText(impl func(string) (string, error)) function.Function {
	return ofTexts(1, cty.String, func(args []string) (cty.Value, error) {
		text, err := impl(args[0])
		return cty.StringVal(text), err
	})
}

func hashes() map[string]func([]byte) string {
	in := func(new func() hash.Hash, encode func([]byte) string) func([]byte) string {
		return func(data []byte) string {
			h := new()
			h.Write(data)
			return encode(h.Sum(nil))
		}
	}
	encode := base64.StdEncoding.EncodeToString
	return map[string]func([]byte) string{
		"md5": in(md5.New, hex.EncodeToString), "sha1": in(sha1.New, hex.EncodeToString),
		"sha256": in(sha256.New, hex.EncodeToString), "sha512": in(sha512.New, hex.EncodeToString),
		"base64sha256": in(sha256.New, encode), "base64sha512": in(sha512.New, encode),
	}
}

func textFunctions() map[string]function.Function {
	predicate := func(holds func(text, part string) bool) function.Function {
		return ofTexts(2, cty.Bool, func(args []string) (cty.Value, error) { return cty.BoolVal(holds(args[0], args[1])), nil })
	}
	all := map[string]function.Function{
		"startswith": predicate(strings.HasPrefix), "endswith": predicate(strings.HasSuffix), "strcontains": predicate(strings.Contains),
		"base64encode": ofText(func(text string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(text)), nil }),
		"base64decode": ofText(func(text string) (string, error) {
			data, err := base64.StdEncoding.DecodeString(text)
			if err == nil && !utf8.Valid(data) {
				err = errors.New("the result is not text")
			}
			return string(data), err
		}),
		"base64gzip": ofText(zipped),
		"urlencode":  ofText(func(text string) (string, error) { return url.QueryEscape(text), nil }),
		"urldecode":  ofText(url.QueryUnescape),
		"basename":   ofText(func(text string) (string, error) { return path.Base(text), nil }),
		"dirname":    ofText(func(text string) (string, error) { return path.Dir(text), nil }),
		"replace": ofTexts(3, cty.String, func(args []string) (cty.Value, error) {
			if pattern, isPattern := strings.CutPrefix(args[1], "/"); isPattern && strings.HasSuffix(pattern, "/") && len(pattern) > 0 {
				expression, err := regexp.Compile(strings.TrimSuffix(pattern, "/"))
				if err != nil {
					return cty.NilVal, err
				}
				return cty.StringVal(expression.ReplaceAllString(args[0], args[2])), nil
			}
			return cty.StringVal(strings.ReplaceAll(args[0], args[1], args[2])), nil
		}),
		"timecmp": ofTexts(2, cty.Number, func(args []string) (cty.Value, error) {
			a, errA := time.Parse(time.RFC3339, args[0])
			b, errB := time.Parse(time.RFC3339, args[1])
			return cty.NumberIntVal(int64(a.Compare(b))), errors.Join(errA, errB)
		}),
		"yamldecode": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "src", Type: cty.String}},
			Type: func(args []cty.Value) (cty.Type, error) {
				if !args[0].IsKnown() {
					return cty.DynamicPseudoType, nil
				}
				if strings.Contains(args[0].AsString(), "*") && strings.Contains(args[0].AsString(), "&") {
					return cty.NilType, errors.New("aliases are not followed")
				}
				return yaml.YAMLDecodeFunc.ReturnTypeForValues(args)
			},
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return yaml.YAMLDecodeFunc.Call(args) },
		}),
	}
	for name, sum := range hashes() {
		all[name] = ofText(func(text string) (string, error) { return sum([]byte(text)), nil })
	}
	return all
}

func zipped(text string) (string, error) {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := writer.Write([]byte(text)); err != nil {
		return "", err
	}
	err := writer.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes()), err
}

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

func netFunctions() map[string]function.Function {
	number := function.Parameter{Name: "number", Type: cty.Number}
	prefix := function.Parameter{Name: "prefix", Type: cty.String}
	text := function.StaticReturnType(cty.String)
	return map[string]function.Function{
		"cidrhost": function.New(&function.Spec{Params: []function.Parameter{prefix, number}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				host, err := cidr.HostBig(network, whole(args[1]))
				return cty.StringVal(host.String()), err
			}}),
		"cidrnetmask": function.New(&function.Spec{Params: []function.Parameter{prefix}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				return cty.StringVal(net.IP(network.Mask).String()), nil
			}}),
		"cidrsubnet": function.New(&function.Spec{Params: []function.Parameter{prefix, number, number}, Type: text,
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				_, network, err := net.ParseCIDR(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				subnet, err := cidr.SubnetBig(network, int(min(200, toInt(args[1]))), whole(args[2]))
				if err != nil {
					return cty.NilVal, err
				}
				return cty.StringVal(subnet.String()), nil
			}}),
		"cidrsubnets": function.New(&function.Spec{Params: []function.Parameter{prefix}, VarParam: &number,
			Type: function.StaticReturnType(cty.List(cty.String)), Impl: subnets}),
	}
}

func whole(v cty.Value) *big.Int {
	if v.AsBigFloat().MantExp(nil) > 200 {
		return new(big.Int)
	}
	n, _ := v.AsBigFloat().Int(nil)
	return n
}

// subnets are consecutive ranges of addresses.
func subnets(args []cty.Value, _ cty.Type) (cty.Value, error) {
	_, network, err := net.ParseCIDR(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}
	if len(args) == 1 {
		return cty.ListValEmpty(cty.String), nil
	}
	begins, _ := network.Mask.Size()
	var current *net.IPNet
	var all []cty.Value
	for _, arg := range args[1:] {
		length := begins + int(min(200, max(0, toInt(arg))))
		if current == nil {
			current, err = cidr.Subnet(network, length-begins, 0)
			if err != nil {
				return cty.NilVal, err
			}
		} else {
			next, over := cidr.NextSubnet(current, length)
			if over || !network.Contains(next.IP) {
				return cty.NilVal, errors.New("there is not enough room for all of them")
			}
			current = next
		}
		all = append(all, cty.StringVal(current.String()))
	}
	return cty.ListVal(all), nil
}

// fileFunctions read files of the tree, by their path from the root module.
func (e *evaluator) fileFunctions() map[string]function.Function {
	read := func(name string) ([]byte, error) {
		file, inside := within(e.root.Folder, name)
		if !inside {
			return nil, fmt.Errorf("%s is outside of what is looked at", name)
		}
		data, err := e.text(file)
		if err != nil && (file == ".." || strings.HasPrefix(file, "../")) {
			err = fmt.Errorf("%s is not there, or outside of what may be read", name)
		}
		return data, err
	}
	ofFile := func(make func([]byte) (string, error)) function.Function {
		return ofText(func(name string) (string, error) {
			data, err := read(name)
			if err != nil {
				return "", err
			}
			return make(data)
		})
	}
	all := map[string]function.Function{
		"file": ofFile(func(data []byte) (string, error) {
			if !utf8.Valid(data) {
				return "", errors.New("the file is not text")
			}
			return string(withoutMarks(data)), nil
		}),
		"filebase64": ofFile(func(data []byte) (string, error) { return base64.StdEncoding.EncodeToString(data), nil }),
		"fileexists": ofTexts(1, cty.Bool, func(args []string) (cty.Value, error) {
			file, inside := within(e.root.Folder, args[0])
			if !inside {
				return cty.UnknownVal(cty.Bool), nil
			}
			info, err := fs.Stat(e.tree.files, file)
			return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
		}),
		"fileset":        ofTexts(2, cty.Set(cty.String), func(args []string) (cty.Value, error) { return e.fileSet(args[0], args[1]) }),
		"templatefile":   e.templateFunction(func(name string) ([]byte, string, error) { data, err := read(name); return data, name, err }),
		"templatestring": e.templateFunction(func(text string) ([]byte, string, error) { return []byte(text), "a template", nil }),
	}
	for name, sum := range hashes() {
		all["file"+name] = ofFile(func(data []byte) (string, error) { return sum(data), nil })
	}
	return all
}

// fileSet are the files below a folder that match a pattern, in which ** stands
// for any folders.
func (e *evaluator) fileSet(folder, pattern string) (cty.Value, error) {
	top, inside := within(e.root.Folder, folder)
	if !inside {
		return cty.NilVal, fmt.Errorf("%s is outside of what is looked at", folder)
	}
	expression, err := globExpression(pattern)
	if err != nil {
		return cty.NilVal, err
	}
	var found []cty.Value
	var visit func(string, string, int) error
	visit = func(at, relative string, depth int) error {
		entries, err := readDir(e.tree.files, at)
		if err != nil || depth > maxModuleDepth {
			return err
		}
		e.spend(1 + len(entries))
		for _, entry := range entries {
			name := path.Join(relative, entry.Name())
			if entry.IsDir() {
				if err := visit(path.Join(at, entry.Name()), name, depth+1); err != nil {
					return err
				}
			} else if expression.MatchString(name) {
				found = append(found, cty.StringVal(name))
			}
		}
		return nil
	}
	if err := visit(top, "", 0); err != nil {
		return cty.NilVal, err
	}
	if len(found) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(found), nil
}

func globExpression(pattern string) (*regexp.Regexp, error) {
	var out strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch rest := pattern[i:]; {
		case strings.HasPrefix(rest, "**/"):
			out.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			out.WriteString(".*")
			i++
		case rest[0] == '*':
			out.WriteString("[^/]*")
		case rest[0] == '?':
			out.WriteString("[^/]")
		case rest[0] == '{':
			out.WriteString("(?:")
		case rest[0] == '}':
			out.WriteString(")")
		case rest[0] == ',':
			out.WriteString("|")
		default:
			out.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	return regexp.Compile("^(?:" + out.String() + ")$")
}

// templateFunction evaluates a template with variables of its own. Templates
// within it may not read others.
func (e *evaluator) templateFunction(read func(string) ([]byte, string, error)) function.Function {
	render := func(args []cty.Value) (cty.Value, error) {
		vars := args[1]
		if !args[0].IsKnown() || !vars.IsKnown() {
			return cty.DynamicVal, nil
		}
		if vars.IsNull() || !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
			return cty.NilVal, errors.New("the variables are not a map")
		}
		data, name, err := read(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		if admit := e.tree.options.Admit; admit != nil {
			if err := admit(data); err != nil {
				return cty.NilVal, err
			}
		}
		expression, diagnostics := hclsyntax.ParseTemplate(withoutMarks(data), name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			return cty.NilVal, fmt.Errorf("%s: %s", name, diagnostics[0].Summary)
		}
		functions := e.functions()
		delete(functions, "templatefile")
		delete(functions, "templatestring")
		own := (&instance{evaluator: e, module: &module{folder: e.root.Folder}}).scope(functions)
		maps.Copy(own.ctx.Variables, vars.AsValueMap())
		value, diagnostics := prepare(expression).Value(own.ctx)
		if diagnostics.HasErrors() {
			return cty.NilVal, fmt.Errorf("%s: %s: %s", name, diagnostics[0].Summary, diagnostics[0].Detail)
		}
		return value, nil
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "template", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			value, err := render(args)
			return value.Type(), err
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return render(args) },
	})
}
