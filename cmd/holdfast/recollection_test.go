package main

import (
	"fmt"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const denyTaken = `package holdfast.taken
deny contains {"msg": sprintf("%s of %s says the same", [name, target])} if {
	some target, name
	data.holdfast.resources[target]["host.holdfast.dev/File"][""][name].spec.content == input.resource.spec.content
	target != input.target.name
}
`

// What a rule said of a target is remembered from pass to pass, and asked anew when
// what it looked at in another target is not as it was.
func TestWhatChangesInOneTargetIsSeenByAnother(t *testing.T) {
	s := newSite(t, "policies: {builtin: false, paths: [policies/]}\n"+dependent)
	s.folders("app", "base")
	p := s.open()
	defer p.close()
	for _, step := range []struct{ base, want string }{
		{"two", "[]"},
		{"one", "[b of base says the same]"},
		{"one", "[b of base says the same]"}, // nothing changed
		{"three", "[]"},
	} {
		s.commit(map[string]string{"policies/taken.rego": denyTaken, "app/a.yaml": aFile("a", "one"), "base/b.yaml": aFile("b", step.base)})
		result, err := p.Pass(t.Context(), reconcile.PassOptions{DryRun: true}) // else app waits for what is blocked in base
		if err != nil {
			t.Fatal(err)
		}
		msgs := []string{}
		for _, finding := range only(t, result, "app").Findings {
			msgs = append(msgs, finding.Msg)
		}
		if got := fmt.Sprint(msgs); got != step.want {
			t.Errorf("when base says %s: %s, want %s", step.base, got, step.want)
		}
	}
}
