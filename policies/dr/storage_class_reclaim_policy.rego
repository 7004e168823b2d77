# METADATA
# title: StorageClasses that delete data with the claim
# description: |
#   Volumes of a StorageClass with reclaimPolicy Delete, which is the default, are
#   destroyed when their claim is deleted, be it by a prune, a kubectl delete of
#   the namespace or a rename (kubernetes.io, "Storage Classes", reclaim policy).
#   Asked of StorageClasses by which a StatefulSet or PersistentVolumeClaim of the
#   target has its volumes, by name or as the default class.
# custom:
#   id: dr/storage-class-reclaim-policy
#   category: dr
#   severity: low
#   profile: strict
#   remediation: Set reclaimPolicy to Retain, or use another class for data that matter.
#   scope: target
#   kinds: [storage.k8s.io/StorageClass]
package holdfast.dr.storage_class_reclaim_policy

import data.holdfast.lib.names

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": _path(class), "resource": names.identity(input.target.name, class)} if {
	some name, class in _resources["storage.k8s.io/StorageClass"][""]
	object.get(class, "reclaimPolicy", "Delete") == "Delete"
	_used(name, class)
	msg := sprintf("volumes of %s are deleted with their claims", [names.title(class)])
}

_path(class) := ["reclaimPolicy"] if {
	_ := class.reclaimPolicy
} else := []

_used(name, _) if name in _asked_for

_used(_, class) if {
	class.metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
	"" in _asked_for
}

# The names of the classes of all claims, "" where a claim takes the default. A
# claim that says "" asks for a volume without a class.
_asked_for := {name |
	some claim in _claims
	name := _class(claim.spec)
}

_class(spec) := spec.storageClassName if {
	is_string(spec.storageClassName)
	spec.storageClassName != ""
}

_class(spec) := "" if {
	is_object(spec)
	object.get(spec, "storageClassName", null) == null
}

_claims contains claim if {
	some claim in _resources["core/PersistentVolumeClaim"][_]
}

_claims contains template if {
	some template in _resources["apps/StatefulSet"][_][_].spec.volumeClaimTemplates
}
