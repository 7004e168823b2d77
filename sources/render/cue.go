package render

import (
	"cuelang.org/go/cue/ast"
	cueparser "cuelang.org/go/cue/parser"

	conftest "github.com/open-policy-agent/conftest/parser/cue"
)

// parseCUE evaluates CUE. It may import what comes with the language, which
// reads nothing and runs nothing.
func parseCUE(in input) (any, error) {
	// The syntax is looked at first, for the place of a mistake.
	if _, err := cueparser.ParseFile(in.name, in.data); err != nil {
		return nil, err
	}
	return with(&conftest.Parser{})(in)
}

func placeCUE(in input) *places {
	root := &places{value: mark{1, 1}}
	if file, err := cueparser.ParseFile(in.name, in.data); err == nil {
		placeFields(root, file.Decls)
	}
	return root
}

func placeFields(at *places, declarations []ast.Decl) {
	for _, declaration := range declarations {
		field, isField := declaration.(*ast.Field)
		if !isField {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil {
			continue
		}
		child := at.child(name)
		child.begin(mark{field.Label.Pos().Line(), field.Label.Pos().Column()})
		placeCUEValue(child, field.Value)
	}
}

func placeCUEValue(at *places, expression ast.Expr) {
	switch value := expression.(type) {
	case *ast.StructLit:
		placeFields(at, value.Elts)
	case *ast.ListLit:
		for i, element := range value.Elts {
			child := at.child(i)
			child.begin(mark{element.Pos().Line(), element.Pos().Column()})
			placeCUEValue(child, element)
		}
	}
}
