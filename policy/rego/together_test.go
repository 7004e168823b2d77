package rego_test

import (
	"slices"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
)

// Rules that are asked together answer as each does alone, whatever their
// bodies are made of.
func TestTogether(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		module string
		want   []string
	}{
		"several definitions, one of which gives what another gave": {`package holdfast.x
			deny contains {"msg": "few"} if input.resource.spec.replicas < 3
			deny contains {"msg": "few"} if input.resource.spec.replicas == 2
			deny contains {"msg": "even"} if input.resource.spec.replicas % 2 == 0
			deny contains {"msg": "many"} if input.resource.spec.replicas > 3`,
			[]string{"x deny Deployment shop/web : even", "x deny Deployment shop/web : few"}},
		"variables without a declaration, named alike in all bodies": {`package holdfast.x
			deny contains x0 if { v0 = input.resource.spec.replicas; x0 = {"msg": sprintf("a%d", [v0])} }
			deny contains x0 if { v0 = input.resource.kind; x0 = {"msg": v0} }
			warn contains v0 if { x0 = input.resource.metadata.name; v0 = {"msg": x0} }`,
			[]string{"x deny Deployment shop/web : Deployment", "x deny Deployment shop/web : a2", "x warn Deployment shop/web : web"}},
		"a rule that another one reads": {`package holdfast.x
			deny contains {"msg": msg} if { count(warn) == 2; msg := "two warnings" }
			warn contains {"msg": letter} if some letter in ["a", "b"]`,
			[]string{"x deny Deployment shop/web : two warnings", "x warn Deployment shop/web : a", "x warn Deployment shop/web : b"}},
		"comprehensions, every, not and with": {`package holdfast.x
			deny contains {"msg": msg} if {
				names := [n | some n, _ in input.resource.metadata]
				every n in names { n != "labels" }
				not input.resource.spec.paused
				one with input.resource.spec.replicas as 1
				msg := concat(" ", sort(names))
			}
			one if input.resource.spec.replicas == 1`,
			[]string{"x deny Deployment shop/web : name namespace"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := `package holdfast.y
				deny contains {"msg": "other"} if { v0 := input.resource.spec.replicas; v0 == 2 }`
			about := policy.Case{Subjects: subjects(deployment("web", 2))}
			want := append(slices.Clone(test.want), "y deny Deployment shop/web : other")
			equal(t, lines(judge(t, own(t, test.module, other), about)), want)
			equal(t, lines(judge(t, own(t, test.module), about)), test.want)
		})
	}
}
