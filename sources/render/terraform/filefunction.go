package terraform

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

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
