# METADATA
# title: The namespace's quota at the peak
# description: |
#   A quota that holds what is written may still stop an autoscaler short of its
#   maxReplicas, or a rollout, which runs maxSurge pods beside the old ones. Here
#   each Deployment counts with both, at the same time, and all else as in
#   allocation/namespace-requests-budget; what that finds is not said again.
#   Kubernetes, "Resource Quotas" and "Deployments", max surge.
# custom:
#   id: allocation/namespace-peak-budget
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Raise spec.hard of the ResourceQuota, or lower maxReplicas of the autoscalers, maxSurge, or resources of the pods.
#   scope: snapshot
#   kinds: [core/ResourceQuota]
package holdfast.allocation.namespace_peak_budget

import data.holdfast.lib.names
import data.holdfast.lib.quotas

warn contains {"msg": msg, "path": path, "resource": names.identity(place.target, excesses[0].quota)} if {
	some place in quotas.places
	count(quotas.excesses(place, "now")) == 0
	excesses := quotas.excesses(place, "peak")
	msg := sprintf("scaled out and rolled out, the workloads of %s exceed its quota: %s", [
		quotas.title(place.namespace),
		concat(", ", [excess.phrase | some excess in excesses]),
	])
	path := ["spec", "hard", excesses[0].key]
}
