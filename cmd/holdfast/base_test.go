package main

import (
	"path/filepath"
	"testing"
)

// Before merge a change does not loosen what it is judged by, whether the
// configuration or a flag names it.
func TestAChangeDoesNotLoosenWhatItIsJudgedBy(t *testing.T) {
	allow := "package holdfast.acme.bad\nallow if data.allowed == input.resource.spec.content\n"
	byData := `# METADATA
# custom: {id: acme/allowed, kinds: [host.holdfast.dev/File]}
package holdfast.acme.allowed
deny contains {"msg": "not allowed"} if not input.resource.spec.content in data.allowed
`
	tests := map[string]struct {
		base, head map[string]string
		args       []string
	}{
		"a policy of --policy is taken away": {
			map[string]string{"policies/bad.rego": denyBad}, map[string]string{"policies/bad.rego": "", "policies/other.rego": allow},
			[]string{"--policy", "policies"},
		},
		"a policy of --policy is emptied": {
			map[string]string{"policies/bad.rego": denyBad}, map[string]string{"policies/bad.rego": "package holdfast.acme.bad\ndeny contains {\"msg\": \"never\"} if false\n"},
			[]string{"--policy", "policies/bad.rego"},
		},
		"data of --data is extended": {
			map[string]string{"policies/a.rego": byData, "data/a.yaml": "allowed: [good]\n"}, map[string]string{"data/a.yaml": "allowed: [good, bad]\n"},
			[]string{"--policy", "policies", "--data", "data"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, oneTarget)
			test.base["web/a.yaml"], test.head["web/a.yaml"] = aFile("a", "good"), aFile("a", "bad")
			s.commit(test.base)
			s.git("checkout", "-q", "-b", "change")
			s.commit(test.head)
			for _, folder := range []string{".", "web"} {
				args := []string{"check", "--base", "main", "--no-builtin", "--allow-empty"}
				for i, arg := range test.args {
					if i%2 == 1 {
						arg = filepath.Join(s.repo, arg)
					}
					args = append(args, arg)
				}
				if code, output := cli(t, filepath.Join(s.repo, folder), append(args, ".")...); code != exitBlocked {
					t.Errorf("in %s: exit code %d:\n%s", folder, code, output)
				}
			}
		})
	}
}
