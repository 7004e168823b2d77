# METADATA
# title: Claims that are deleted with their StatefulSet
# description: |
#   With persistentVolumeClaimRetentionPolicy whenDeleted Delete the claims go
#   when the StatefulSet goes, and with whenScaled Delete those of the pods that
#   a scaling down removes; a reclaim policy of Delete then destroys the data. A
#   rename in Git or a mistaken replica count is enough. Retain is the default
#   (kubernetes.io, "StatefulSets", PersistentVolumeClaim retention).
# custom:
#   id: dr/claims-deleted
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Leave spec.persistentVolumeClaimRetentionPolicy out, or set its fields to Retain.
#   scope: resource
#   kinds: [apps/StatefulSet]
package holdfast.dr.claims_deleted

import data.holdfast.lib.names

_events := {"whenDeleted": "it is deleted", "whenScaled": "it is scaled down"}

warn contains {"msg": msg, "path": ["spec", "persistentVolumeClaimRetentionPolicy", fields[0]]} if {
	policy := input.resource.spec.persistentVolumeClaimRetentionPolicy
	fields := [field | some field in ["whenDeleted", "whenScaled"]; policy[field] == "Delete"]
	is_object(input.resource.spec.volumeClaimTemplates[0])
	msg := sprintf("the volume claims of %s are deleted when %s", [
		names.title(input.resource),
		concat(" or ", [_events[field] | some field in fields]),
	])
}
