package gatekeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// template is a ConstraintTemplate of kind AcmeAny with code below its target
// and, unless it is "", a schema of the parameters in one line.
func template(schema, code string) string {
	validation := ""
	if schema != "" {
		validation = "\n      validation:\n        openAPIV3Schema: " + schema
	}
	return `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: acmeany
spec:
  crd:
    spec:
      names:
        kind: AcmeAny` + validation + `
  targets:
    - target: admission.k8s.gatekeeper.sh
` + indent(code, 6)
}

// rego is code for the engine Rego, as it stands below a target.
func rego(code string) string { return "rego: |\n" + indent(code, 2) }

// constraint is an AcmeAny with the spec.
func constraint(spec string) string {
	return `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: AcmeAny
metadata:
  name: any
spec:
` + indent(spec, 2)
}

func indent(text string, by int) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimLeft(text, "\n")) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(strings.Repeat(" ", by))
		}
		b.WriteString(line)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func problemsOf(problems []resource.Problem) string {
	return strings.TrimSpace(resource.Problems(problems).Error())
}

const always = "package a\nviolation[{\"msg\": \"no\"}] { true }"

// What is wrong is told with its place in the file and the way to mend it.
func TestMistakes(t *testing.T) {
	good := template("", rego(always))
	tests := []struct {
		name, file, want string
	}{
		{"no template", constraint("match: {}"),
			"f.yaml:2:1: no ConstraintTemplate defines the kind AcmeAny"},
		{"a template of nearly that name", good + "---\n" + strings.ReplaceAll(constraint("match: {}"), "AcmeAny", "AcmeAnt"),
			"f.yaml:17:1: no ConstraintTemplate defines the kind AcmeAnt; did you mean AcmeAny?"},
		{"another case of the kind", good + "---\n" + strings.ReplaceAll(constraint("match: {}"), "AcmeAny", "AcmeANY"),
			"f.yaml:17:1: the kind is AcmeANY, but the ConstraintTemplate acmeany defines AcmeAny"},
		{"a mistaken template is told of once", template("", rego("package a")) + "---\n" + constraint("match: {}"),
			"f.yaml:13:9: the template has no rule violation"},
		{"another name than the kind", strings.Replace(good, "name: acmeany", "name: any", 1),
			`f.yaml:4:3: the ConstraintTemplate's name is "any", but must be "acmeany", the lowercase of the kind that it defines`},
		{"no kind", strings.Replace(good, "kind: AcmeAny", "{}", 1),
			"f.yaml:8:7: the ConstraintTemplate does not say which kind it defines, in spec.crd.spec.names.kind"},
		{"no name", strings.Replace(good, "name: acmeany", "{}", 1),
			"f.yaml:3:1: the ConstraintTemplate has no metadata.name"},
		{"a version that there is not", strings.Replace(good, "sh/v1", "sh/v2", 1),
			`f.yaml:1:1: a ConstraintTemplate has the version v1, v1beta1 or v1alpha1, not "v2"`},
		{"another target", strings.Replace(good, "admission.k8s", "elsewhere.k8s", 1),
			`f.yaml:11:7: the target is "elsewhere.k8s.gatekeeper.sh"; there is only admission.k8s.gatekeeper.sh`},
		{"two targets", good + "    - target: admission.k8s.gatekeeper.sh\n",
			"f.yaml:10:3: a ConstraintTemplate has one target, this has 2"},
		{"no code", template("", "operations: [CREATE]"),
			"f.yaml:11:7: the target has no code: it needs rego, or code for the engine Rego or K8sNativeValidation"},
		{"another engine", template("", "code:\n  - engine: Python\n    source: {}"),
			"f.yaml:11:7: the target has no code: it needs rego, or code for the engine Rego or K8sNativeValidation"},
		{"a list where text is needed", template("", "rego: [x]"),
			"f.yaml:10:3: targets.rego is of the type array, where string is needed"},
		{"two templates", good + "---\n" + good,
			"f.yaml:19:3: the ConstraintTemplate acmeany is already defined at f.yaml:4:3"},
		{"two constraints", good + "---\n" + constraint("match: {}") + "---\n" + constraint("match: {}"),
			"f.yaml:26:3: the constraint AcmeAny/any is already defined at f.yaml:19:3"},
		{"a constraint without a name", good + "---\n" + strings.Replace(constraint("match: {}"), "name: any", "{}", 1),
			`f.yaml:18:1: "" cannot be the name of a constraint: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
		{"a constraint's version", good + "---\n" + strings.Replace(constraint("match: {}"), "v1beta1", "v1", 1),
			`f.yaml:16:1: a constraint has the version v1beta1 or v1alpha1, not "v1"`},
		{"an unknown field", good + "---\n" + constraint("enforcmentAction: warn\nmatch: {knids: []}"),
			"f.yaml:21:3: spec.enforcmentAction is not known: neither Gatekeeper nor the ConstraintTemplate declares it\n" +
				"f.yaml:22:11: spec.match.knids is not known: neither Gatekeeper nor the ConstraintTemplate declares it"},
		{"parameters without a schema", good + "---\n" + constraint("parameters:\n  a: 1"),
			"f.yaml:21:3: spec.parameters is not known: neither Gatekeeper nor the ConstraintTemplate declares it"},
		{"parameters that the schema refuses",
			template("{type: object, required: [size], properties: {size: {type: integer}, l: {type: array, items: {type: object, properties: {k: {type: string}}}}}}", rego(always)) +
				"---\n" + constraint("parameters:\n  l:\n    - k: x\n    - k: 7"),
			"f.yaml:23:3: spec.parameters.size: Required value\n" +
				`f.yaml:26:9: spec.parameters.l[1].k: Invalid value: "integer": spec.parameters.l[1].k in body must be of type string: "integer"`},
		{"a parameter below a key with dots",
			template("{type: object, properties: {m: {type: object, additionalProperties: {type: string}}}}", rego(always)) +
				"---\n" + constraint("parameters:\n  m:\n    example.com/a.b: 1"),
			`f.yaml:25:7: spec.parameters.m.example.com/a.b: Invalid value: "integer": spec.parameters.m.example.com/a.b in body must be of type string: "integer"`},
		{"a schema that is not structural", template("{properties: {size: {type: integer}}}", rego(always)),
			"f.yaml:11:9: the schema of the parameters: type: Required value: must not be empty for specified object fields"},
		{"a type that there is not", template("{type: object, properties: {size: {type: strnig}}}", rego(always)),
			`f.yaml:11:61: the schema of the parameters: properties[size].type: Unsupported value: "strnig": supported values: "array", "boolean", "integer", "number", "object", "string"`},
		{"a default that does not fit", template("{type: object, properties: {size: {type: integer, default: many}}}", rego(always)),
			`f.yaml:11:76: the schema of the parameters: properties[size].default: Invalid value: "string":  in body must be of type integer: "string"`},
		{"an action", good + "---\n" + constraint("enforcementAction: block"),
			`f.yaml:21:3: the enforcementAction is "block"; there are deny, dryrun, warn, scoped`},
		{"scoped, without actions", good + "---\n" + constraint("enforcementAction: scoped"),
			"f.yaml:21:3: an enforcementAction that is scoped needs spec.scopedEnforcementActions"},
		{"scoped actions", good + "---\n" + constraint(`
enforcementAction: scoped
scopedEnforcementActions:
  - action: block
    enforcementPoints: [{name: "*"}]
  - action: deny
  - action: deny
    enforcementPoints:
      - name: gator`),
			`f.yaml:23:7: the action is "block"; there are deny, dryrun, warn
f.yaml:25:7: the action deny has no enforcementPoints
f.yaml:28:11: the enforcement point is "gator"; there are *, gator.gatekeeper.sh, audit.gatekeeper.sh, validation.gatekeeper.sh, vap.k8s.io`},
		{"a glob in the middle", good + "---\n" + constraint("match:\n  namespaces: [a*b]"),
			`f.yaml:22:18: spec.match.namespaces[0]: Invalid value: "a*b": spec.match.namespaces[0] in body should match '^\*?[-:a-z0-9]*\*?$'`},
		{"a selector", good + "---\n" + constraint("match:\n  labelSelector:\n    matchExpressions:\n      - {key: a, operator: Is}"),
			`f.yaml:24:20: spec.match.labelSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator`},
		{"a severity", good + "---\n" + strings.Replace(constraint("match: {}"), "name: any", "name: any\n  annotations: {holdfast.dev/severity: grave}", 1),
			`f.yaml:20:17: the severity is "grave"; there are low, medium, high, critical`},
		{"not YAML", good + "---\na: [\n",
			"f.yaml:16: not valid YAML: did not find expected node content"},
		{"a key set twice", "# of gatekeeper.sh\na: 1\na: 2\n",
			`f.yaml:3: not valid YAML: key "a" already set in map`},
		{"a tab", "# of gatekeeper.sh\na:\n\tb: 1\n",
			"f.yaml:3: not valid YAML: found character that cannot start any token"},
		{"not YAML, but nothing of Gatekeeper's", "a:\n\tb: 1\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := gatekeeper.Load([]policy.File{{Name: "f.yaml", Content: []byte(test.file)}}, gatekeeper.Options{})
			if got := problemsOf(problems); got != test.want {
				t.Errorf("the problems are\n%s\nwant\n%s\nof\n%s", got, test.want, numbered(test.file))
			}
		})
	}
}

func numbered(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		fmt.Fprintf(&b, "%3d %s\n", i+1, line)
	}
	return b.String()
}

// Mistakes in the code are told with the line of the YAML file, whatever the
// style of the text that holds it.
func TestCodeMistakes(t *testing.T) {
	impure := gatekeeper.Options{Impure: map[string]string{"http.send": "it asks the network", "external_data": "it asks a server"}}
	cel := func(source string) string {
		return template("", "code:\n  - engine: K8sNativeValidation\n    source:\n"+indent(source, 6))
	}
	tests := []struct {
		name, file, want string
	}{
		{"a parse error", template("", rego("package a\n\nviolation[{\"msg\": m}] {\n  m := \n}")),
			"f.yaml:17:9: not valid Rego: unexpected } token"},
		{"an unsafe variable", template("", rego("package a\n\nviolation[{\"msg\": m}] {\n  n := 1\n}")),
			`f.yaml:15:27: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"in a text with an indentation of its own", template("", "rego: |4\n      package a\n\n      violation[{\"msg\": m}] {\n        n := 1\n      }"),
			`f.yaml:15:31: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"in a quoted text", template("", `rego: "package a\n\n\nviolation[{\"msg\": m}] { n := 1 }"`),
			`f.yaml:12:13: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"in a folded text", template("", "rego: >\n  package a\n\n\n  violation[{\"msg\": m}] { n := 1 }"),
			`f.yaml:12:13: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"behind an alias", "x: &code |\n  package a\n  violation[{\"msg\": m}] { n := 1 }\n" + template("", "rego: *code"),
			`f.yaml:3:21: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"with the line ends of Windows", strings.ReplaceAll(template("", rego("package a\n\nviolation[{\"msg\": m}] {\n  n := 1\n}")), "\n", "\r\n"),
			`f.yaml:15:27: m is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"in a lib", template("", rego("package a\nimport data.lib.b\nviolation[{\"msg\": m}] { m := b.f(1) }")+"libs:\n  - |\n    package lib.b\n    f(x) = y { z := x }"),
			`f.yaml:19:18: y is never given a value: it is misspelt, or stands under "not" or in a call before anything binds it`},
		{"a function that there is not", template("", rego("package a\nviolation[{\"msg\": m}] { m := nothing(1) }")),
			"f.yaml:14:38: undefined function nothing"},
		{"a lib that is none", template("", rego(always)+"libs:\n  - package lib\n  - package other.x\n"),
			"f.yaml:16:11: the package of a lib begins with lib., this is lib\nf.yaml:17:11: the package of a lib begins with lib., this is other.x"},
		{"imports", template("", rego("package a\nimport data.lib.b\nimport future.keywords.in\nimport data.inventory\nimport input.review\n"+strings.TrimPrefix(always, "package a\n"))),
			"f.yaml:16:9: data.inventory cannot be imported; a template may import data.lib.… and future.…\n" +
				"f.yaml:17:9: input.review cannot be imported; a template may import data.lib.… and future.…"},
		{"other data", template("", rego("package a\nviolation[{\"msg\": m}] { m := data.secrets.x }\nviolation[{\"msg\": m}] { m := data[\"a\"].b; data.inventory.cluster }")),
			"f.yaml:14:38: data.secrets.x cannot be reached from a template; it may read data.inventory and its libs, data.lib.…\n" +
				"f.yaml:15:38: data.a.b cannot be reached from a template; it may read data.inventory and its libs, data.lib.…"},
		{"what is impure", template("", rego("package a\nviolation[{\"msg\": m}] {\n  m := http.send({}).body\n  external_data({\"provider\": \"x\"})\n}")),
			"f.yaml:15:16: http.send may not be used in a policy: it asks the network\nf.yaml:16:11: external_data may not be used in a policy: it asks a server"},
		{"a violation without msg", template("", rego("package a\nviolation[\"no\"] { true }")),
			`f.yaml:13:9: violation must be a set of objects with msg: write violation[{"msg": …}] { … }, or with version v1 violation contains {"msg": …} if { … }`},
		{"Rego v1 that is not marked as such", template("", rego("package a\nviolation contains {\"msg\": \"x\"} if { true }")),
			"f.yaml:13:9: this is Rego v1, and is read as v0: put it below code, with the engine Rego, and say version: v1 in its source"},
		{"no Rego", template("", "code:\n  - engine: Rego\n    source: {libs: []}"),
			"f.yaml:14:11: not valid Rego: empty module"},
		{"CEL", cel("validations:\n  - expression: object.metadata.name == 'x' &&\n  - expression: |\n      object.x == 1 &&\n      nothing == 2\n  - expression: object.metadata.name + 'x'\n  - expression: params.spec.x == 1\n    messageExpression: '1'"),
			"f.yaml:16:29: not valid CEL: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n" +
				"f.yaml:19:19: not valid CEL: undeclared reference to 'nothing' (in container '')\n" +
				"f.yaml:20:29: not valid CEL: must evaluate to bool but got string\n" +
				"f.yaml:21:29: not valid CEL: undeclared reference to 'params' (in container '')\n" +
				"f.yaml:22:36: not valid CEL: must evaluate to string but got int"},
		{"what CEL is made of", cel("failurePolicy: Maybe\nmatchConditions: [{name: a, expression: 'true'}]\nvariables:\n  - {name: params, expression: '1'}\n  - {name: gatekeeper_internal_x, expression: '1'}\n  - {name: '', expression: '1'}\n  - {name: other, expression: '1 +'}\nvalidations: []"),
			`f.yaml:15:13: the failurePolicy is "Maybe"; there are Fail and Ignore
f.yaml:16:13: Gatekeeper does not read matchConditions; it calls them matchCondition
f.yaml:18:18: params cannot be the name of a variable: it is Gatekeeper's own
f.yaml:19:18: gatekeeper_internal_x cannot be the name of a variable: it is Gatekeeper's own
f.yaml:20:17: the variable has no name
f.yaml:21:43: not valid CEL: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
f.yaml:22:13: the template has no validations`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := gatekeeper.Load([]policy.File{{Name: "f.yaml", Content: []byte(test.file)}}, impure)
			if got := problemsOf(problems); got != test.want {
				t.Errorf("the problems are\n%s\nwant\n%s\nof\n%s", got, test.want, numbered(test.file))
			}
		})
	}
}
