# METADATA
# title: Volumes without a backup
# description: |
#   The data of a PersistentVolumeClaim that a Deployment, StatefulSet, DaemonSet
#   or ReplicaSet mounts must be in some backup; what counts as one is said under
#   dr/statefulset-backup, which asks the same of the claims that a StatefulSet
#   makes. The annotation holdfast.dev/backup on the claim, which says by what
#   else it is backed up, or why it need not be, excuses it. Claims that can only
#   be read (ReadOnlyMany) are passed over.
# custom:
#   id: dr/claim-backup
#   category: dr
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Add a velero.io/v1 Schedule whose spec.template.includedNamespaces and labelSelector take in
#     the claim, or say how it is backed up in the annotation holdfast.dev/backup.
#   scope: snapshot
#   kinds: [core/PersistentVolumeClaim]
package holdfast.dr.claim_backup

import data.holdfast.lib.backups
import data.holdfast.lib.data_claims
import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["spec"], "resource": names.identity(target, claim)} if {
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["core/PersistentVolumeClaim"]
	some name, claim in by_name
	data_claims.mounted(target, namespace, name)
	claim.spec.accessModes != ["ReadOnlyMany"]
	not backups.held(target, data_claims.of_resource(target, namespace, name, claim))
	not names.reason(claim, "holdfast.dev/backup")
	msg := sprintf("no backup holds the data of %s", [names.title(claim)])
}
