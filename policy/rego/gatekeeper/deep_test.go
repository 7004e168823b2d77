package gatekeeper_test

import (
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// What is nested without end is refused, and ends nothing else.
func TestNestedWithoutEnd(t *testing.T) {
	deep := func(open, inner, shut string) string {
		return strings.Repeat(open, 60_000) + inner + strings.Repeat(shut, 60_000)
	}
	tests := map[string]string{
		"Rego":        template("", rego("package a\nviolation[{\"msg\": m}] { m := "+deep("[", "1", "]")+" }")),
		"CEL":         template("", cel("validations:\n  - expression: "+deep("(", "true", ")"))),
		"YAML":        "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: AcmeAny\nspec: " + deep("[", "", "]"),
		"the schema":  template(deep("{items: ", "{type: string}", "}"), rego(always)),
		"an anchor":   "apiVersion: constraints.gatekeeper.sh/v1beta1\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\nh: [*g, *g, *g, *g, *g, *g, *g, *g, *g]\n",
		"one too big": "# gatekeeper.sh\na: " + strings.Repeat("x", 3<<20),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			library, problems := gatekeeper.Load([]policy.File{{Name: "f.yaml", Content: []byte(file)}}, gatekeeper.Options{})
			if len(problems) == 0 || len(library.Rules()) > 0 {
				t.Errorf("there are %d rules, and the problems %v", len(library.Rules()), problems)
			}
			for _, p := range problems {
				if len(p.Msg) > 1000 {
					t.Errorf("a message of %d bytes: %.100s", len(p.Msg), p.Msg)
				}
				t.Logf("%.150s", p.Error())
			}
		})
	}
}
