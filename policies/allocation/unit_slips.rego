# METADATA
# title: Slips of units
# description: |
#   Amounts that are surely meant otherwise: memory or storage of less than a
#   kibibyte, as "512m" is (half a byte) and "512" (bytes), and CPU with a suffix
#   for bytes ("1Gi" is a thousand million cores) block. Memory and storage of
#   less than a mebibyte, and a hundred cores or more without a unit ("500" where
#   "500m" is meant), are warned of. Kubernetes, "Resource units in Kubernetes",
#   on this very mistake.
# custom:
#   id: allocation/unit-slips
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: >-
#     Write memory and storage with Ki, Mi or Gi (or k, M, G), and CPU in cores ("2") or thousandths of one ("500m").
#   scope: resource
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
package holdfast.allocation.unit_slips

import data.holdfast.lib.claims
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.resources

deny contains {"msg": _few(value), "path": value.path} if {
	some value in _bytes
	value.amount > 0
	value.amount < 1024 * 1000
}

deny contains {"msg": msg, "path": value.path} if {
	some value in resources.values
	value.resource == "cpu"
	regex.match(`^(?:[kMGTPE]|[KMGTPE]i)$`, quantities.suffix(value.quantity))
	quantities.milli(value.quantity) > 0
	msg := sprintf("cpu %v of %s is in the units of memory: %s cores", [
		value.quantity,
		value.label,
		quantities.format_cpu(quantities.milli(value.quantity)),
	])
}

warn contains {"msg": _few(value), "path": value.path} if {
	some value in _bytes
	value.amount >= 1024 * 1000
	value.amount < 1048576 * 1000
}

warn contains {"msg": msg, "path": value.path} if {
	some value in resources.values
	value.resource == "cpu"
	regex.match(`^[0-9.]+$`, sprintf("%v", [value.quantity]))
	quantities.milli(value.quantity) >= 100 * 1000
	msg := sprintf("cpu %v of %s is %v whole cores", [value.quantity, value.label, value.quantity])
}

_few(value) := sprintf("%s %v of %s is %s", [value.resource, value.quantity, value.label, _bytes_of(value.amount)])

_bytes_of(amount) := sprintf("%d bytes", [amount / 1000]) if amount % 1000 == 0

_bytes_of(amount) := sprintf("%d thousandths of a byte", [amount]) if amount % 1000 != 0

_bytes contains object.union(value, {"amount": quantities.milli(value.quantity)}) if {
	some value in resources.values
	quantities.in_bytes(value.resource)
}

_bytes contains {
	"label": claim.label,
	"resource": "storage",
	"path": array.concat(claim.path, ["resources", "requests", "storage"]),
	"quantity": quantity,
	"amount": quantities.milli(quantity),
} if {
	some claim in claims.of(input.resource)
	quantity := claim.spec.resources.requests.storage
}

_bytes contains {
	"label": sprintf("volume %q", [volume.name]),
	"resource": "sizeLimit",
	"path": array.concat(pods.spec_path(input.resource), ["volumes", i, "emptyDir", "sizeLimit"]),
	"quantity": quantity,
	"amount": quantities.milli(quantity),
} if {
	some i, volume in pods.spec(input.resource).volumes
	quantity := volume.emptyDir.sizeLimit
}
