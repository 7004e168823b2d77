package gatekeeper

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	apicel "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// celSource is the source of the engine K8sNativeValidation. The name
// matchCondition, without an s, is Gatekeeper's.
type celSource struct {
	FailurePolicy   string          `json:"failurePolicy"`
	MatchConditions []celNamed      `json:"matchCondition"`
	Misnamed        []celNamed      `json:"matchConditions,omitempty"`
	Variables       []celNamed      `json:"variables"`
	Validations     []celValidation `json:"validations"`
}

type celNamed struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

type celValidation struct {
	Expression        string `json:"expression"`
	Message           string `json:"message"`
	MessageExpression string `json:"messageExpression"`
}

// celProgram is a template's CEL, compiled.
type celProgram struct {
	source         celSource
	compiler       *apicel.CompositedCompiler // knows the variables
	conditions     apicel.ConditionEvaluator
	validations    apicel.ConditionEvaluator
	messages       apicel.ConditionEvaluator // one for each validation, empty for those without
	ignore         bool                      // failurePolicy: Ignore
	readsNamespace bool
}

// expression is CEL as the API server's compiler takes it.
type expression struct {
	name, text string
	returns    *cel.Type
}

func (e *expression) GetName() string          { return e.name }
func (e *expression) GetExpression() string    { return e.text }
func (e *expression) ReturnTypes() []*cel.Type { return []*cel.Type{e.returns} }

// The variables that each template has, as Gatekeeper binds them.
var (
	anyObject = expression{"anyObject", `has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object`, cel.AnyType}
	params    = expression{"params", "!has(params.spec) ? null : !has(params.spec.parameters) ? null : params.spec.parameters", cel.AnyType}
)

// reservedPrefix may begin no name of a variable or condition.
const reservedPrefix = "gatekeeper_internal_"

// compileCEL compiles a template's expressions, or is nil if they are mistaken.
func (l *loader) compileCEL(t *template, source celSource, steps []any) *celProgram {
	before := len(l.found.list)
	envs := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	compiler, err := apicel.NewCompositedCompiler(envs)
	if err != nil {
		l.found.add(t.doc.at(steps...), "preparing CEL: %s", err)
		return nil
	}
	c := expressionCompiler{doc: t.doc, steps: steps, found: l.found,
		program: &celProgram{source: source, compiler: compiler, ignore: source.FailurePolicy == "Ignore"}}
	if p := source.FailurePolicy; p != "" && p != "Ignore" && p != "Fail" {
		l.found.add(c.at("failurePolicy"), "the failurePolicy is %q; there are Fail and Ignore", p)
	}
	if len(source.Misnamed) > 0 {
		l.found.add(c.at("matchConditions"), "Gatekeeper does not read matchConditions; it calls them matchCondition")
	}
	if len(source.Validations) == 0 {
		l.found.add(c.at("validations"), "the template has no validations")
	}
	c.variables(source.Variables)
	c.conditions(source.MatchConditions)
	c.validations(source.Validations)
	if len(l.found.list) > before {
		return nil
	}
	return c.program
}

// expressionCompiler compiles the parts of one program.
type expressionCompiler struct {
	program *celProgram
	doc     *document
	steps   []any // where the source stands
	found   *problems
}

// variables come first, since each may use those before it.
func (c *expressionCompiler) variables(named []celNamed) {
	options := apicel.OptionalVariableDeclarations{HasParams: true}
	for _, e := range []expression{anyObject, params} {
		if r := c.program.compiler.CompileAndStoreVariable(&e, options, environment.StoredExpressions); r.Error != nil {
			c.found.add(c.doc.at(c.steps...), "preparing CEL: %s", r.Error)
		}
	}
	for i, v := range named {
		at := []any{"variables", i, "name"}
		switch {
		case v.Name == "":
			c.found.add(c.at("variables", i), "the variable has no name")
		case v.Name == anyObject.name || v.Name == params.name || strings.HasPrefix(v.Name, reservedPrefix):
			c.found.add(c.at(at...), "%s cannot be the name of a variable: it is Gatekeeper's own", v.Name)
		default:
			e := &expression{v.Name, v.Expression, cel.AnyType}
			result := c.program.compiler.CompileAndStoreVariable(e, options, environment.StoredExpressions)
			c.look(result, "variables", i, "expression")
		}
	}
}

func (c *expressionCompiler) conditions(named []celNamed) {
	results := make([]apicel.CompilationResult, len(named))
	for i, m := range named {
		if strings.HasPrefix(m.Name, reservedPrefix) {
			c.found.add(c.at("matchCondition", i, "name"), "%s cannot be the name of a condition: it is Gatekeeper's own", m.Name)
		}
		results[i] = c.compile(&expression{m.Name, m.Expression, cel.BoolType}, "matchCondition", i, "expression")
	}
	c.program.conditions = apicel.NewCondition(results)
}

func (c *expressionCompiler) validations(validations []celValidation) {
	results := make([]apicel.CompilationResult, len(validations))
	messages := make([]apicel.CompilationResult, len(validations))
	for i, v := range validations {
		results[i] = c.compile(&expression{"", v.Expression, cel.BoolType}, "validations", i, "expression")
		if v.MessageExpression != "" {
			messages[i] = c.compile(&expression{"", v.MessageExpression, cel.StringType}, "validations", i, "messageExpression")
		}
	}
	c.program.validations, c.program.messages = apicel.NewCondition(results), apicel.NewCondition(messages)
}

// compile compiles an expression, which sees the parameters only as
// variables.params.
func (c *expressionCompiler) compile(e *expression, steps ...any) apicel.CompilationResult {
	result := c.program.compiler.CompileCELExpression(e, apicel.OptionalVariableDeclarations{}, environment.StoredExpressions)
	c.look(result, steps...)
	return result
}

func (c *expressionCompiler) at(steps ...any) resource.Location {
	return c.doc.at(slices.Concat(c.steps, steps)...)
}

// look tells of a mistake in an expression, at its place, and finds out
// whether it reads the namespace.
func (c *expressionCompiler) look(result apicel.CompilationResult, steps ...any) {
	snippet := c.doc.snippet(result.ExpressionAccessor.GetExpression(), slices.Concat(c.steps, steps)...)
	if result.Error == nil {
		c.program.readsNamespace = c.program.readsNamespace || strings.Contains(result.ExpressionAccessor.GetExpression(), "namespaceObject")
		return
	}
	var compilation *apiservercel.CompilationError
	if !errors.As(result.Error.Cause, &compilation) {
		c.found.add(snippet.place(1, 1), "not valid CEL: %s", result.Error.Detail)
		return
	}
	for _, issue := range compilation.Issues.Errors() {
		c.found.add(snippet.place(issue.Location.Line(), issue.Location.Column()+1), "not valid CEL: %s", issue.Message)
	}
}
