package rego_test

import (
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
)

const replicas = `# METADATA
# title: Enough replicas
# custom:
#   id: dr/replicas
#   severity: high
#   kinds: [apps/Deployment]
#   params: {min_replicas: 2}
package holdfast.dr.replicas

deny contains {"msg": msg, "path": ["spec", "replicas"]} if {
	n := input.resource.spec.replicas
	n < data.holdfast.params.min_replicas
	msg := sprintf("%d replicas", [n])
}

warn contains "many" if input.resource.spec.replicas > 9
`

func TestJudge(t *testing.T) {
	j := own(t, replicas)
	report := judge(t, j, policy.Case{Subjects: subjects(deployment("a", 1), deployment("b", 3), deployment("c", 10))})
	equal(t, lines(report), []string{
		"dr/replicas deny Deployment shop/a spec.replicas: 1 replicas",
		"dr/replicas warn Deployment shop/c : many",
	})
}
