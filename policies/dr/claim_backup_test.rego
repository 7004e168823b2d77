package holdfast.dr.claim_backup_test

import data.holdfast.dr.claim_backup
import data.holdfast.lib.clusters_test as clusters

_web := clusters.with_pod(
	clusters.workload("Deployment", "web", 1),
	{"volumes": [{"name": "files", "persistentVolumeClaim": {"claimName": "files"}}]},
)

_claim := clusters.make("v1", "PersistentVolumeClaim", "files", {"accessModes": ["ReadWriteOnce"]})

_schedule(template) := clusters.at(
	clusters.make("velero.io/v1", "Schedule", "nightly", {"schedule": "0 3 * * *", "template": template}),
	{"namespace": "velero"},
)

_deny(resources) := found if {
	found := claim_backup.deny with data.holdfast.resources as clusters.of(resources) with input as clusters.about_all
}

test_no_backup_is_found if {
	_deny([_web, _claim]) == {{
		"msg": `no backup holds the data of PersistentVolumeClaim "files"`,
		"path": ["spec"],
		"resource": clusters.identity(_claim),
	}}
	count(_deny([_web, _claim, _schedule({"includedNamespaces": ["other"]})])) == 1
	count(_deny([_web, clusters.with_spec(_claim, {"accessModes": ["ReadOnlyMany", "ReadWriteOnce"]})])) == 1
}

test_a_backup_passes if {
	_deny([_web, _claim, _schedule({})]) == set()

	# Velero takes the claim along with the pod that mounts it.
	of_pod := {"snapshotVolumes": false, "defaultVolumesToFsBackup": true, "labelSelector": {"matchLabels": {"app": "web"}}}
	_deny([_web, _claim, _schedule(of_pod)]) == set()
}

test_what_nothing_mounts_passes if {
	_deny([_claim]) == set()
	_deny([clusters.at(_web, {"namespace": "else"}), _claim]) == set()
}

test_what_can_only_be_read_passes if {
	_deny([_web, clusters.with_spec(_claim, {"accessModes": ["ReadOnlyMany"]})]) == set()
}

test_a_reason_passes if {
	_deny([_web, clusters.annotated(_claim, {"holdfast.dev/backup": "a cache"})]) == set()
	count(_deny([_web, clusters.annotated(_claim, {"holdfast.dev/backup": ""})])) == 1
}

good_example := `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: files
  namespace: shop
  annotations:
    holdfast.dev/backup: restic of the node, every night to s3://shop-backups
spec:
  accessModes: [ReadWriteOnce]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      volumes:
        - name: files
          persistentVolumeClaim: {claimName: files}
`

bad_example := `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: files
  namespace: shop
spec:
  accessModes: [ReadWriteOnce]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      volumes:
        - name: files
          persistentVolumeClaim: {claimName: files}
`
