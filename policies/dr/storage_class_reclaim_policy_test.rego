package holdfast.dr.storage_class_reclaim_policy_test

import data.holdfast.dr.storage_class_reclaim_policy
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_class(more) := object.union(
	{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": "a"},
	more,
)

_claim(spec) := clusters.make("v1", "PersistentVolumeClaim", "data", spec)

_set(spec) := clusters.with_spec(clusters.workload("StatefulSet", "db", 1), {"volumeClaimTemplates": [{"spec": spec}]})

_fast := {"storageClassName": "fast"}

_warn(resources) := found if {
	found := storage_class_reclaim_policy.warn with data.holdfast.resources as clusters.of(resources)
		with input as samples.of(null)
}

test_delete_is_found if {
	_warn([_class({"reclaimPolicy": "Delete"}), _set(_fast)]) == {{
		"msg": `volumes of StorageClass "fast" are deleted with their claims`,
		"path": ["reclaimPolicy"],
		"resource": clusters.identity(_class({})),
	}}
	{f.path | some f in _warn([_class({}), _claim(_fast)])} == {[]}
}

test_retain_passes if {
	_warn([_class({"reclaimPolicy": "Retain"}), _set(_fast)]) == set()
}

test_a_class_that_nothing_uses_passes if {
	_warn([_class({})]) == set()
	_warn([_class({}), _set({"storageClassName": "slow"}), _claim({"storageClassName": ""})]) == set()
}

_default(value) := _class({"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": value}}})

test_the_default_class if {
	every spec in [{}, {"storageClassName": null}] {
		count(_warn([_default("true"), _claim(spec)])) == 1
		_warn([_default("false"), _claim(spec)]) == set()
		_warn([_class({}), _claim(spec)]) == set()
	}
	_warn([_default("true"), _claim({"storageClassName": ""})]) == set()
	_warn([_default("true"), _claim({"storageClassName": "slow"})]) == set()
}

test_wrong_types_pass if {
	_warn([_class({}), _claim(null), _set({"storageClassName": 5})]) == set()
}

good_example := `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: keep
provisioner: ebs.csi.aws.com
reclaimPolicy: Retain
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  storageClassName: keep
`

bad_example := `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: ebs.csi.aws.com
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  storageClassName: fast
`
