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
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
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
