# METADATA
# title: Limits below requests
# description: |
#   A limit that is lower than the request: the API refuses the pod, and what
#   should make it, a Deployment for one, waits for ever. Kubernetes, API
#   reference, ResourceRequirements: requests cannot exceed limits.
# custom:
#   id: allocation/limits-below-requests
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Raise the limit to the request or above, or lower the request.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.limits_below_requests

import data.holdfast.lib.quantities
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": array.concat(holder.path, ["resources", "limits", resource])} if {
	some holder in resources.holders
	some resource, quantity in holder.limits
	limit := quantities.milli(quantity)
	requested := quantities.milli(holder.requests[resource])
	limit < requested
	msg := sprintf("%s requests %s %s, more than its limit of %s", [
		holder.label,
		resource,
		quantities.format(resource, requested),
		quantities.format(resource, limit),
	])
}
