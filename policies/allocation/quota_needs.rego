# METADATA
# title: What a quota demands
# description: |
#   In a namespace whose ResourceQuota has cpu, memory or their requests.… and
#   limits.…, a pod is refused unless each of its containers says that amount, or
#   the pod does for all. Defaults of a LimitRange and a limit in place of a
#   request count. Quotas with scopes, which are for some of the pods only, are
#   passed over. Kubernetes, "Resource Quotas".
# custom:
#   id: allocation/quota-needs
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Set the missing amounts on the container, or give defaults in a LimitRange of the namespace.
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
package holdfast.allocation.quota_needs

import data.holdfast.lib.names
import data.holdfast.lib.quotas
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": entry.path} if {
	some entry in resources.containers
	missing := [key |
		some key, quota in _demands
		[part, resource] := _keys[key]
		not resources.given(entry.container, part, resource)
	]
	msg := sprintf("%s does not set %s, which %s demands", [entry.label, concat(", ", missing), names.title(_demands[missing[0]])])
}

_keys := {
	"cpu": ["requests", "cpu"],
	"memory": ["requests", "memory"],
	"requests.cpu": ["requests", "cpu"],
	"requests.memory": ["requests", "memory"],
	"limits.cpu": ["limits", "cpu"],
	"limits.memory": ["limits", "memory"],
}

# A quota for each amount that one demands.
_demands := object.union_n([{key: quota} |
	namespace := names.namespace(input.resource)
	some quota in data.holdfast.resources[input.target.name]["core/ResourceQuota"][namespace]
	not quotas.scoped(quota)
	some key, _ in quota.spec.hard
])
