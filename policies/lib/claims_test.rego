package holdfast.lib.claims_test

import data.holdfast.lib.claims
import data.holdfast.lib.samples_test as samples

test_a_claim if {
	claims.of({"kind": "PersistentVolumeClaim", "spec": {"a": 1}}) == [{
		"spec": {"a": 1}, "path": ["spec"], "label": "the claim", "each": false,
	}]
}

_template := {"metadata": {"name": "data"}, "spec": {"a": 1}}

_volumes := [{"name": "x", "emptyDir": {}}, {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {"b": 2}}}}]

_scratch := {
	"spec": {"b": 2},
	"path": samples.in_pod(["volumes", 1, "ephemeral", "volumeClaimTemplate", "spec"]),
	"label": `the claim "scratch"`,
	"each": true,
}

test_templates if {
	stateful := {"kind": "StatefulSet", "spec": {"volumeClaimTemplates": [_template], "template": {"spec": {"volumes": _volumes}}}}
	claims.of(stateful) == [
		{
			"spec": {"a": 1},
			"path": ["spec", "volumeClaimTemplates", 0, "spec"],
			"label": `the claim "data"`,
			"each": true,
		},
		_scratch,
	]

	# A Deployment has none of the first sort.
	claims.of(object.union(stateful, {"kind": "Deployment"})) == [_scratch]
}

test_none if {
	every resource in [
		{"kind": "PersistentVolumeClaim"},
		{"kind": "StatefulSet", "spec": {"volumeClaimTemplates": [null, "text", {"spec": {}}]}},
		{"kind": "ConfigMap"},
		samples.deployment({"volumes": [null, {"name": "a", "ephemeral": {}}, {"name": "b", "emptyDir": {}}]}),
	] {
		claims.of(resource) == []
	}
}
