# METADATA
# title: Greatest volumes
# description: |
#   No claim may ask for more storage than the parameter max_volume_size says, a
#   quantity such as "1Ti"; "", the default, leaves it open. Claims are
#   PersistentVolumeClaims, the templates of StatefulSets, and ephemeral volumes.
# custom:
#   id: allocation/volume-size
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Lower resources.requests.storage of the claim.
#   scope: resource
#   params:
#     max_volume_size: ""
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - core/PersistentVolumeClaim
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.volume_size

import data.holdfast.lib.claims
import data.holdfast.lib.quantities

deny contains {"msg": msg, "path": array.concat(claim.path, ["resources", "requests", "storage"])} if {
	most := quantities.milli(data.holdfast.params.max_volume_size)
	some claim in claims.of(input.resource)
	amount := quantities.milli(claim.spec.resources.requests.storage)
	amount > most
	msg := sprintf("%s asks for %s, more than %s", [
		claim.label,
		quantities.format_memory(amount),
		data.holdfast.params.max_volume_size,
	])
}
