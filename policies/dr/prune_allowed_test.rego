package holdfast.dr.prune_allowed_test

import data.holdfast.dr.prune_allowed
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_claim := clusters.make("v1", "PersistentVolumeClaim", "files", {})

_warn(resource) := found if {
	found := prune_allowed.warn with input as samples.of(resource)
}

test_allow_is_found if {
	_warn(clusters.annotated(_claim, {"holdfast.dev/prune": "allow"})) == {{
		"msg": `PersistentVolumeClaim "files" is deleted with its data as soon as its manifest is gone`,
		"path": ["metadata", "annotations", "holdfast.dev/prune"],
	}}
}

test_any_other_passes if {
	_warn(_claim) == set()
	_warn(clusters.annotated(_claim, {"holdfast.dev/prune": "never"})) == set()
	_warn(clusters.annotated(_claim, {"holdfast.dev/prune": true})) == set()
	_warn(clusters.at(_claim, {"annotations": null})) == set()
}

good_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    holdfast.dev/prune: never
`

bad_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    holdfast.dev/prune: allow
`
