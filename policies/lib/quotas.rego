# METADATA
# title: Quotas
# description: |
#   What the ResourceQuotas of a namespace allow against what its resources ask
#   for. Quotas with scopes, which are for some of the pods only, are passed over.
package holdfast.lib.quotas

import data.holdfast.lib.claims
import data.holdfast.lib.demand
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.quantities

# scoped is true for a quota that is for some of the pods only.
scoped(quota) if {
	is_array(quota.spec.scopes)
	count(quota.spec.scopes) > 0
}

scoped(quota) if is_object(quota.spec.scopeSelector)

# places are those that have a quota.
places contains {"target": target, "namespace": namespace} if {
	some target, by_kind in data.holdfast.resources
	some namespace, _ in by_kind["core/ResourceQuota"]
}

# excesses are the parts of a place's quotas that are exceeded at a time, "now" or
# "peak", in the order of their names.
excesses(place, time) := [excess |
	some quota in data.holdfast.resources[place.target]["core/ResourceQuota"][place.namespace]
	not scoped(quota)
	is_object(quota.spec.hard)
	some key, quantity in quota.spec.hard
	hard := quantities.milli(quantity)
	used := _used(place, key, time)
	used > hard
	excess := {"quota": quota, "key": key, "phrase": sprintf("%s %s of %s in %s", [
		object.get(_titles, key, key),
		quantities.format(key, used),
		quantities.format(key, hard),
		names.title(quota),
	])}
]

_titles := {"cpu": "CPU", "requests.cpu": "CPU", "requests.memory": "memory"}

# title names a namespace in messages.
title("") := "the default namespace"

title(namespace) := sprintf("namespace %q", [namespace]) if namespace != ""

_used(place, key, time) := demand.total(_counted(place), time, "requests", _request(key))

_used(place, key, time) := demand.total(_counted(place), time, "limits", trim_prefix(key, "limits.")) if {
	startswith(key, "limits.")
}

_used(place, key, time) := demand.pods_of(_counted(place), time) if key in {"pods", "count/pods"}

_used(place, "requests.storage", time) := sum([claim.amount | some claim in _claims(place, time)])

_used(place, key, time) := sum([claim.number | some claim in _claims(place, time)]) * 1000 if {
	key in {"persistentvolumeclaims", "count/persistentvolumeclaims"}
}

_used(place, key, time) := sum([claim.amount |
	some claim in _claims(place, time)
	claim.class == class
]) if {
	[class, "requests.storage"] = split(key, ".storageclass.storage.k8s.io/")
}

_used(place, key, time) := sum([claim.number |
	some claim in _claims(place, time)
	claim.class == class
]) * 1000 if {
	[class, "persistentvolumeclaims"] = split(key, ".storageclass.storage.k8s.io/")
}

_used(place, key, _) := count([resource |
	some target in _targets_of(place)
	some resource in data.holdfast.resources[target][group_kind][place.namespace]
]) * 1000 if {
	group_kind := _counts[key]
}

_used(place, "services.loadbalancers", _) := count([service |
	some service in _services(place)
	service.spec.type == "LoadBalancer"
]) * 1000

_used(place, "services.nodeports", _) := count([port |
	some service in _services(place)
	_has_node_ports(service.spec)
	some port in service.spec.ports
]) * 1000

_has_node_ports(spec) if spec.type == "NodePort"

_has_node_ports(spec) if {
	spec.type == "LoadBalancer"
	not spec.allocateLoadBalancerNodePorts == false
}

# "cpu" is short for "requests.cpu".
_request(key) := key if key in {"cpu", "memory", "ephemeral-storage"}

_request(key) := key if startswith(key, "hugepages-")

_request(key) := resource if {
	startswith(key, "requests.")
	resource := trim_prefix(key, "requests.")
	resource != "storage"
}

# What is counted as it is written.
_counts := {
	"configmaps": "core/ConfigMap",
	"count/configmaps": "core/ConfigMap",
	"count/cronjobs.batch": "batch/CronJob",
	"count/deployments.apps": "apps/Deployment",
	"count/ingresses.networking.k8s.io": "networking.k8s.io/Ingress",
	"count/jobs.batch": "batch/Job",
	"count/replicasets.apps": "apps/ReplicaSet",
	"count/replicationcontrollers": "core/ReplicationController",
	"count/secrets": "core/Secret",
	"count/services": "core/Service",
	"count/statefulsets.apps": "apps/StatefulSet",
	"replicationcontrollers": "core/ReplicationController",
	"secrets": "core/Secret",
	"services": "core/Service",
}

_services(place) := [service |
	some target in _targets_of(place)
	some service in data.holdfast.resources[target]["core/Service"][place.namespace]
]

# The workloads. A DaemonSet, whose number of pods is not known, adds nothing.
_counted(place) := [row |
	some target in _targets_of(place)
	some row in demand.by_place[[target, place.namespace]]
]

# Claims as they are written, and those that workloads make for each of their
# pods.
_claims(place, time) := array.concat(
	[claim |
		some target in _targets_of(place)
		some written in data.holdfast.resources[target]["core/PersistentVolumeClaim"][place.namespace]
		some its in claims.of(written)
		claim := _claim(its.spec, 1)
	],
	[claim |
		some row in _counted(place)
		some its in claims.of(row.workload)
		claim := _claim(its.spec, row[time])
	],
)

_claim(spec, number) := {
	"class": _class(spec),
	"number": number,
	"amount": number * _storage(spec),
}

_class(spec) := class if {
	class := spec.storageClassName
} else := null

_storage(spec) := amount if {
	amount := quantities.milli(spec.resources.requests.storage)
} else := 0

# Workloads of all targets count, if a single target has the namespace's
# Namespace or a quota of it; else each target is taken by itself.
_targets_of(place) := _targets if {
	count(_holders[place.namespace]) == 1
} else := {place.target}

_targets := {target | some target, _ in data.holdfast.resources}

_holders := groups.by_first([pair | some pair in _holdings])

_holdings contains [namespace, target] if {
	some target, namespace
	_ := data.holdfast.resources[target]["core/Namespace"][""][namespace]
}

_holdings contains [namespace, target] if {
	some target, namespace
	_ := data.holdfast.resources[target]["core/ResourceQuota"][namespace]
}
