package rego

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/types"
)

// The functions of conftest's policies that parse configurations.
const (
	parseConfig        = "parse_config"
	parseConfigFile    = "parse_config_file"
	parseCombinedFiles = "parse_combined_config_files"
)

// parseFunctions are their declarations, of which the types are conftest's.
func parseFunctions() []*ast.Builtin {
	object := types.NewObject(nil, types.NewDynamicProperty(types.S, types.A))
	return []*ast.Builtin{
		{Name: parseConfig, Decl: types.NewFunction(types.Args(types.S, types.S), object)},
		{Name: parseConfigFile, Decl: types.NewFunction(types.Args(types.S), object)},
		{Name: parseCombinedFiles, Decl: types.NewFunction(types.Args(types.NewArray(nil, types.S)), object)},
	}
}

// readsFiles reports whether a reference calls a function that reads files.
func readsFiles(ref ast.Ref) bool {
	name := ref.String()
	return name == parseConfigFile || name == parseCombinedFiles
}

// configFiles parse configurations for policies.
type configFiles struct {
	parse func(parser, name string, content []byte) (any, error)
	read  func(name string) ([]byte, error)
}

var (
	errNoParser = errors.New("there is nothing here that parses configurations")
	errNoFiles  = errors.New("no file can be read here")
)

func (f *configFiles) value(parser, name string, content []byte) (any, error) {
	if f.parse == nil {
		return nil, errNoParser
	}
	return f.parse(parser, name, content)
}

// file is the value of a file that is named as from the folder of the policy.
func (f *configFiles) file(from *ast.Location, name string) (file string, value any, err error) {
	if f.read == nil || from == nil {
		return "", nil, errNoFiles
	}
	file = path.Join(path.Dir(from.File), name)
	content, err := f.read(file)
	if err != nil {
		return "", nil, err
	}
	value, err = f.value("", file, content)
	return file, value, err
}

// functions are what the evaluator calls.
func (f *configFiles) functions() map[string]*topdown.Builtin {
	calls := map[string]topdown.BuiltinFunc{
		parseConfig: func(_ topdown.BuiltinContext, args []*ast.Term, answer func(*ast.Term) error) error {
			parser, _ := args[0].Value.(ast.String)
			content, _ := args[1].Value.(ast.String)
			value, err := f.value(string(parser), "", []byte(content))
			if err != nil {
				return err
			}
			return answer(toTerm(value))
		},
		parseConfigFile: func(c topdown.BuiltinContext, args []*ast.Term, answer func(*ast.Term) error) error {
			name, _ := args[0].Value.(ast.String)
			_, value, err := f.file(c.Location, string(name))
			if err != nil {
				return err
			}
			return answer(toTerm(value))
		},
		parseCombinedFiles: func(c topdown.BuiltinContext, args []*ast.Term, answer func(*ast.Term) error) error {
			combined, err := f.combined(c.Location, args[0])
			if err != nil {
				return err
			}
			return answer(toTerm(combined))
		},
	}
	functions := make(map[string]*topdown.Builtin, len(calls))
	for _, declared := range parseFunctions() {
		functions[declared.Name] = &topdown.Builtin{Decl: declared, Func: calls[declared.Name]}
	}
	return functions
}

// combined is the files as --combine gives them: a list with each document of each.
func (f *configFiles) combined(from *ast.Location, names *ast.Term) ([]any, error) {
	values := map[string][]any{}
	var failed error
	eachValue(names, func(name *ast.Term) {
		text, _ := name.Value.(ast.String)
		file, value, err := f.file(from, string(text))
		if failed == nil {
			failed = err
		}
		documents, several := value.([]any)
		if !several {
			documents = []any{value}
		}
		values[file] = documents
	})
	if failed != nil {
		return nil, failed
	}
	combined := []any{}
	for _, file := range slices.SortedFunc(maps.Keys(values), strings.Compare) {
		for _, contents := range values[file] {
			combined = append(combined, map[string]any{"path": file, "contents": contents})
		}
	}
	return combined, nil
}

// testFunctions are what the runner of tests calls.
func (f *configFiles) testFunctions() []*tester.Builtin {
	var functions []*tester.Builtin
	for name, function := range f.functions() {
		declared := &rego.Function{Name: name, Decl: function.Decl.Decl}
		functions = append(functions, &tester.Builtin{Decl: function.Decl, Func: rego.FunctionDyn(declared,
			func(c rego.BuiltinContext, args []*ast.Term) (answer *ast.Term, err error) {
				err = function.Func(c, args, func(term *ast.Term) error { answer = term; return nil })
				return answer, err
			})})
	}
	return functions
}
