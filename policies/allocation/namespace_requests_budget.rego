# METADATA
# title: Requests within the namespace's quota
# description: |
#   What a namespace's workloads ask for, taken together, must fit its
#   ResourceQuota; else the last to start never do, and the rollout or the
#   failover hangs. Counted are requests, limits and number of the pods of Pods,
#   Deployments, StatefulSets, ReplicaSets, ReplicationControllers, Jobs and one
#   run of each CronJob, each by its replicas as written or the least that its
#   autoscaler permits, with the defaults of a LimitRange; claims of storage, also
#   by storage class; and objects by kind. Not counted are DaemonSets, and what
#   another workload owns. Quotas with scopes, which are for some of the pods
#   only, are passed over.
#   Workloads of all targets count, if a single target has the namespace's
#   Namespace or ResourceQuota; if several have, as where each is a cluster,
#   each target is taken by itself. Kubernetes, "Resource Quotas".
# custom:
#   id: allocation/namespace-requests-budget
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: >-
#     Raise spec.hard of the ResourceQuota, or lower resources or spec.replicas of the namespace's workloads.
#   scope: snapshot
#   kinds: [core/ResourceQuota]
package holdfast.allocation.namespace_requests_budget

import data.holdfast.lib.names
import data.holdfast.lib.quotas

deny contains {"msg": msg, "path": path, "resource": names.identity(place.target, excesses[0].quota)} if {
	some place in quotas.places
	excesses := quotas.excesses(place, "now")
	msg := sprintf("the workloads of %s request more than its quota allows: %s", [
		quotas.title(place.namespace),
		concat(", ", [excess.phrase | some excess in excesses]),
	])
	path := ["spec", "hard", excesses[0].key]
}
