package holdfast.dr.claims_deleted_test

import data.holdfast.dr.claims_deleted
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn_of(templates, policy) := found if {
	db := clusters.with_spec(clusters.workload("StatefulSet", "db", 1), {
		"volumeClaimTemplates": templates,
		"persistentVolumeClaimRetentionPolicy": policy,
	})
	found := claims_deleted.warn with input as samples.of(db)
}

_warn(policy) := _warn_of([{"metadata": {"name": "data"}}], policy)

_finding(field, event) := {{
	"msg": sprintf(`the volume claims of StatefulSet "db" are deleted when %s`, [event]),
	"path": ["spec", "persistentVolumeClaimRetentionPolicy", field],
}}

test_delete_is_found if {
	_warn({"whenDeleted": "Delete"}) == _finding("whenDeleted", "it is deleted")
	_warn({"whenDeleted": "Retain", "whenScaled": "Delete"}) == _finding("whenScaled", "it is scaled down")
}

test_both_are_one_finding if {
	_warn({"whenDeleted": "Delete", "whenScaled": "Delete"}) == _finding(
		"whenDeleted",
		"it is deleted or it is scaled down",
	)
}

test_retain_passes if {
	every policy in [{"whenDeleted": "Retain", "whenScaled": "Retain"}, {"whenMoved": "Delete"}, {}, null] {
		_warn(policy) == set()
	}
}

test_no_claims_pass if {
	_warn_of([], {"whenDeleted": "Delete"}) == set()
	_warn_of(null, {"whenDeleted": "Delete"}) == set()
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
  volumeClaimTemplates:
    - metadata: {name: data}
`

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}
  volumeClaimTemplates:
    - metadata: {name: data}
`
