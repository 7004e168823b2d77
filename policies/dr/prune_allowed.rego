# METADATA
# title: Data that may be deleted by a commit
# description: |
#   holdfast prunes what holds data only with the annotation holdfast.dev/prune
#   allow on the last applied object. It is meant for the commit before the one
#   that removes the manifest; left in place, a mistaken removal or rename deletes
#   the data without asking anyone.
# custom:
#   id: dr/prune-allowed
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Remove the annotation until the data are to be deleted, or set it to never.
#   scope: resource
#   kinds:
#     - core/Namespace
#     - core/PersistentVolume
#     - core/PersistentVolumeClaim
#     - apps/StatefulSet
#     - apiextensions.k8s.io/CustomResourceDefinition
#     - postgresql.cnpg.io/Cluster
package holdfast.dr.prune_allowed

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["metadata", "annotations", "holdfast.dev/prune"]} if {
	input.resource.metadata.annotations["holdfast.dev/prune"] == "allow"
	msg := sprintf("%s is deleted with its data as soon as its manifest is gone", [names.title(input.resource)])
}
