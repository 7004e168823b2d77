# METADATA
# title: Quantities that are none
# description: |
#   What is written for an amount of CPU, memory, storage or the like must be a
#   number with a suffix that the API knows ("500m", "1.5Gi", "1e3"; not "1GB",
#   "1gi" or "500 Mi") and not be negative, or the API refuses the object.
#   Kubernetes, API reference, Quantity.
# custom:
#   id: allocation/quantities
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Write a number followed by nothing, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - core/PersistentVolumeClaim
#     - core/ResourceQuota
#     - core/LimitRange
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.quantities

import data.holdfast.lib.claims
import data.holdfast.lib.placeholders
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": value.path} if {
	some value in _values
	phrase := _fault(value.quantity)
	msg := sprintf("%s of %s %s", [value.field, value.label, phrase])
}

# The API takes null for nothing.
_fault(quantity) := sprintf("is %s, which is not a quantity", [json.marshal(quantity)]) if {
	quantity != null
	not quantities.milli(quantity)
	not placeholders.within(quantity)
}

_fault(quantity) := sprintf("is %v, which is negative", [quantity]) if quantities.milli(quantity) < 0

_values contains object.union(value, {"field": sprintf("%s.%s", [value.part, value.resource])}) if {
	some value in resources.values
}

_values contains {"label": claim.label, "field": sprintf("%s.%s", [part, resource]), "path": path, "quantity": quantity} if {
	some claim in claims.of(input.resource)
	some part in ["requests", "limits"]
	is_object(claim.spec.resources[part])
	some resource, quantity in claim.spec.resources[part]
	path := array.concat(claim.path, ["resources", part, resource])
}

_values contains {"label": sprintf("volume %q", [volume.name]), "field": "sizeLimit", "path": path, "quantity": quantity} if {
	some i, volume in pods.spec(input.resource).volumes
	quantity := volume.emptyDir.sizeLimit
	path := array.concat(pods.spec_path(input.resource), ["volumes", i, "emptyDir", "sizeLimit"])
}

_values contains {"label": "the quota", "field": resource, "path": ["spec", "hard", resource], "quantity": quantity} if {
	input.resource.kind == "ResourceQuota"
	is_object(input.resource.spec.hard)
	some resource, quantity in input.resource.spec.hard
}

_values contains {
	"label": sprintf("limit %d", [i]),
	"field": sprintf("%s.%s", [field, resource]),
	"path": ["spec", "limits", i, field, resource],
	"quantity": quantity,
} if {
	input.resource.kind == "LimitRange"
	some i, limit in input.resource.spec.limits
	some field in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"]
	is_object(limit[field])
	some resource, quantity in limit[field]
}
