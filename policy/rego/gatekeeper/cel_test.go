package gatekeeper_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// cel is a template's code for the engine K8sNativeValidation.
func cel(source string) string {
	return "code:\n  - engine: K8sNativeValidation\n    source:\n" + indent(source, 6)
}

const anyParameters = "{type: object, x-kubernetes-preserve-unknown-fields: true}"

// What expressions see and what their failure means, after Kubernetes'
// documentation of ValidatingAdmissionPolicy.
func TestCEL(t *testing.T) {
	forever := "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c, [0,1,2,3,4,5,6,7,8,9].all(d, [0,1,2,3,4,5,6,7,8,9].all(e, [0,1,2,3,4,5,6,7,8,9].all(f, a + b + c + d + e + f >= 0))))))"
	tests := []struct {
		name, source string
		want         string // the messages
	}{
		{"holds", `validations: [{expression: "object.kind == 'Pod'"}]`, "[]"},
		{"the message", `validations: [{expression: "false", message: " nope "}]`, "[nope]"},
		{"the expression for want of a message", `validations: [{expression: " false "}]`, "[failed expression: false]"},
		{"a messageExpression", `validations: [{expression: "false", message: nope, messageExpression: "' not ' + string(object.metadata.name)"}]`, "[not web]"},
		{"one that is empty", `validations: [{expression: "false", message: nope, messageExpression: "'  '"}]`, "[nope]"},
		{"one of two lines", `validations: [{expression: "false", message: nope, messageExpression: "'a\\nb'"}]`, "[nope]"},
		{"one that fails", `validations: [{expression: "false", message: nope, messageExpression: "string(object.nothing)"}]`, "[nope]"},
		{"one that is too long", `validations: [{expression: "false", message: nope, messageExpression: "'` + strings.Repeat("x", 5<<10+1) + `'"}]`, "[nope]"},
		{"each validation", `validations: [{expression: "false", message: a}, {expression: "true", message: b}, {expression: "false", message: c}]`, "[a c]"},
		{"an error", `validations: [{expression: "object.nothing == 1", message: a}]`, "[expression 'object.nothing == 1' resulted in error: no such key: nothing]"},
		{"an error that is ignored", "failurePolicy: Ignore\nvalidations: [{expression: 'object.nothing == 1'}, {expression: 'false', message: b}]", "[b]"},
		{"a condition", "matchCondition: [{name: a, expression: 'true'}, {name: b, expression: 'object.kind != \"Pod\"'}]\nvalidations: [{expression: 'false'}]", "[]"},
		{"an error in a condition", "matchCondition: [{name: a, expression: 'object.nothing == 1'}]\nvalidations: [{expression: 'false', message: a}]", "[expression 'object.nothing == 1' resulted in error: no such key: nothing]"},
		{"outweighed by another condition", "matchCondition: [{name: a, expression: 'object.nothing == 1'}, {name: b, expression: 'false'}]\nvalidations: [{expression: 'false'}]", "[]"},
		{"one that is ignored", "failurePolicy: Ignore\nmatchCondition: [{name: a, expression: 'object.nothing == 1'}]\nvalidations: [{expression: 'false'}]", "[]"},
		{"variables", "variables: [{name: a, expression: '1 + 1'}, {name: b, expression: 'variables.a * 2'}]\nvalidations: [{expression: 'variables.b == 5', messageExpression: 'string(variables.b)'}]", "[4]"},
		{"parameters", `validations: [{expression: "variables.params.least > 5", messageExpression: "string(variables.params.least) + ' ' + string(variables.params.list[0])"}]`, "[2 x]"},
		{"the object before", `validations: [{expression: "oldObject == null || oldObject.metadata.name != 'web'", message: there}]`, "[there]"},
		{"the request", `validations: [{expression: "false", messageExpression: "request.operation + ' ' + request.kind.kind + ' ' + request.name + ' ' + request.namespace"}]`, "[UPDATE Pod web shop]"},
		{"the namespace", `validations: [{expression: "namespaceObject.metadata.labels.env != 'prod'", message: in prod}]`, "[in prod]"},
		{"the namespace, which conditions do not know", "matchCondition: [{name: a, expression: 'namespaceObject == null'}]\nvalidations: [{expression: 'false', message: a}]", "[a]"},
		{"Kubernetes' own functions", `validations: [{expression: "quantity('1Gi').isGreaterThan(quantity('900Mi')) && isURL('https://example.com') && !ip.isCanonical('::FFFF')"}]`, "[]"},
		{"too costly", `validations: [{expression: "` + forever + `"}]`, "[validation failed due to running out of cost budget, no further validation rules will be run]"},
		{"too costly, and ignored", "failurePolicy: Ignore\n" + `validations: [{expression: "` + forever + `"}]`, "[]"},
		{"too costly a message", `validations: [{expression: "true", messageExpression: "` + forever + ` ? 'a' : 'b'"}]`,
			"[failed messageExpression: validation failed due to running out of cost budget, no further validation rules will be run]"},
	}
	review := newReview(t, gatekeeper.ReviewRequest{
		Object: pod("shop", "web", "new"), Old: pod("shop", "web", "old"), Namespace: namespace("shop", map[string]any{"env": "prod"}),
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rule := ruleOf(t, anyParameters, cel(test.source), "parameters: {least: 2, list: [x]}")
			if got := fmt.Sprint(ask(t, rule, gatekeeper.Query{Review: review})); got != test.want {
				t.Errorf("the messages are %s, want %s", got, test.want)
			}
		})
	}
}

// Many may ask at once, and of the same review.
func TestAskAtOnce(t *testing.T) {
	rules := []*gatekeeper.Rule{
		ruleOf(t, anyParameters, cel("validations: [{expression: 'object.kind == \"Pod\" && variables.params.list.size() == 2', message: x}]"), "parameters: {list: [x]}"),
		ruleOf(t, "", says("msg := input.review.object.kind"), "match: {}"),
	}
	review := newReview(t, gatekeeper.ReviewRequest{Object: pod("shop", "web", "new"), Old: pod("shop", "web", "old")})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			if violations, err := rules[i%2].Ask(context.Background(), gatekeeper.Query{Review: review}); err != nil || len(violations) != 1 {
				t.Errorf("the violations are %v, %v", violations, err)
			}
		})
	}
	wait.Wait()
}

// The evaluation of CEL ends with the context.
func TestCELEnds(t *testing.T) {
	rule := ruleOf(t, "", cel("validations: [{expression: 'false'}]"), "match: {}")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := rule.Ask(ctx, gatekeeper.Query{Review: newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
