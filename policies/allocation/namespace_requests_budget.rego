# METADATA
# title: Requests within the namespace's quota
# description: |
#   The pods that a namespace's workloads ask for, taken together, must fit its
#   ResourceQuota; else the last to start never do, and the rollout or the
#   failover hangs. Counted are Pods, Deployments, StatefulSets, ReplicaSets,
#   ReplicationControllers, Jobs and one run of each CronJob, each by its
#   replicas as written; not DaemonSets, nor what another workload owns. Quotas
#   with scopes, which are for some of the pods only, are passed over.
#   Workloads of all targets count, if a single target has the namespace's
#   Namespace or ResourceQuota; if several have, as where each is a cluster,
#   each target is taken by itself.
# custom:
#   id: allocation/namespace-requests-budget
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: >-
#     Raise spec.hard of the ResourceQuota (requests.cpu, requests.memory), or lower
#     resources.requests or spec.replicas of the namespace's workloads.
#   scope: snapshot
#   kinds: [core/ResourceQuota]
package holdfast.allocation.namespace_requests_budget

import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests

# The quotas' keys; "cpu" is short for "requests.cpu".
_keys := {
	"requests.cpu": "cpu",
	"cpu": "cpu",
	"requests.memory": "memory",
	"memory": "memory",
}

_workloads := {
	"core/Pod",
	"core/ReplicationController",
	"apps/Deployment",
	"apps/StatefulSet",
	"apps/ReplicaSet",
	"batch/Job",
	"batch/CronJob",
}

deny contains {"msg": msg, "path": path, "resource": names.identity(place.target, excesses[0].quota)} if {
	some place in _places
	excesses := _excesses(place)
	msg := sprintf("the workloads of %s request more than its quota allows: %s", [
		_title(place.namespace),
		concat(", ", [excess.phrase | some excess in excesses]),
	])
	path := ["spec", "hard", excesses[0].key]
}

_title("") := "the default namespace"

_title(namespace) := sprintf("namespace %q", [namespace]) if namespace != ""

# The places that have a quota.
_places contains {"target": target, "namespace": namespace} if {
	some target, kinds in data.holdfast.resources
	some namespace, _ in kinds["core/ResourceQuota"]
}

# The parts of a place's quotas that are exceeded, in the order of their names.
_excesses(place) := [excess |
	some quota in data.holdfast.resources[place.target]["core/ResourceQuota"][place.namespace]
	not _scoped(quota)
	some key, resource in _keys
	hard := quantities.milli(quota.spec.hard[key])
	requested := _requested[place][resource]
	requested > hard
	excess := {"quota": quota, "key": key, "phrase": _phrase(resource, requested, hard, quota)}
]

_scoped(quota) if count(quota.spec.scopes) > 0

_scoped(quota) if is_object(quota.spec.scopeSelector)

_phrase("cpu", requested, hard, quota) := sprintf("CPU %s of %s in %s", [
	quantities.format_cpu(requested),
	quantities.format_cpu(hard),
	names.title(quota),
])

_phrase("memory", requested, hard, quota) := sprintf("memory %s of %s in %s", [
	quantities.format_memory(requested),
	quantities.format_memory(hard),
	names.title(quota),
])

# What the workloads of each place request, in thousandths.
_requested := {place: sums |
	some place in _places
	workloads := [workload |
		some target in _targets_of(place)
		some kind in _workloads
		some workload in data.holdfast.resources[target][kind][place.namespace]
		not _owned(workload)
	]
	sums := {resource: total |
		some resource in ["cpu", "memory"]
		total := sum([all_pods |
			some workload in workloads
			all_pods := requests.pod(pods.spec(workload), resource) * requests.replicas(workload)
		])
	}
}

# A ReplicaSet of a Deployment, a Job of a CronJob: counted with their owner.
_owned(workload) if {
	some owner in workload.metadata.ownerReferences
	owner.controller == true
}

_targets_of(place) := {target | some target, _ in data.holdfast.resources} if {
	count(_holders(place.namespace)) == 1
} else := {place.target}

# The targets that have the namespace, or a quota of it.
_holders(namespace) := {target |
	some target, kinds in data.holdfast.resources
	_has(kinds, namespace)
}

_has(kinds, namespace) if _ := kinds["core/Namespace"][""][namespace]

_has(kinds, namespace) if _ := kinds["core/ResourceQuota"][namespace]
