package rego

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
)

// The constants of a rule's tests that are examples for its documentation.
const (
	goodExample   = "good_example"
	badExample    = "bad_example"
	exampleParams = "example_params"
)

// AddExamples gives the rules the examples that tests beside them define:
// good_example and bad_example, whole documents, in the rule's package with
// _test after it. The files are the team's own; those of the library are known.
func (c *Compiler) AddExamples(rules []policy.Rule, files []policy.File) error {
	if c.opts.Library != nil {
		library, err := regoFiles(c.opts.Library)
		if err != nil {
			return err
		}
		files = append(library, files...)
	}
	found := map[string]*policy.Example{}
	var mistakes problems
	for _, f := range files {
		// Parsing is what costs; most files have none.
		if !isTest(f.Name) || !strings.Contains(string(f.Content), goodExample) && !strings.Contains(string(f.Content), badExample) {
			continue
		}
		for _, m := range parseFiles([]policy.File{f}, &mistakes) {
			if name, ok := strings.CutSuffix(m.pkg(), "_test"); ok {
				if found[name] == nil {
					found[name] = &policy.Example{}
				}
				readExample(m, found[name])
			}
		}
	}
	for i := range rules {
		if example := found[rules[i].Policy]; example != nil && (example.Good != "" || example.Bad != "") {
			rules[i].Example = example
		}
	}
	return mistakes.err()
}

// readExample reads constants only: what is computed would have to be evaluated.
func readExample(m *module, example *policy.Example) {
	for _, rule := range m.parsed.Rules {
		if rule.Head.Value == nil || len(rule.Head.Args) > 0 || rule.Else != nil || !ast.IsConstant(rule.Head.Value.Value) {
			continue
		}
		value, err := ast.JSON(rule.Head.Value.Value)
		if err != nil {
			continue
		}
		switch text, _ := value.(string); rule.Head.Name.String() {
		case goodExample:
			example.Good = text
		case badExample:
			example.Bad = text
		case exampleParams:
			example.Params, _ = value.(map[string]any)
		}
	}
}
