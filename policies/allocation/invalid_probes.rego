# METADATA
# title: Probes that cannot work
# description: |
#   A probe needs exactly one of exec, grpc, httpGet and tcpSocket; successThreshold
#   of a liveness or startup probe must be 1; init containers that end, and
#   ephemeral containers, cannot have probes: the API refuses these. A probe of a
#   port by a name that the container does not have never succeeds. Kubernetes,
#   API reference, Probe.
# custom:
#   id: allocation/invalid-probes
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: >-
#     Give the probe one handler, leave successThreshold out, name the port under ports, or remove the probe.
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
package holdfast.allocation.invalid_probes

import data.holdfast.lib.placeholders
import data.holdfast.lib.pods
import data.holdfast.lib.probes

deny contains {"msg": msg, "path": array.concat(entry.path, [field])} if {
	some entry in pods.containers(input.resource)
	some field in probes.fields
	probe := entry.container[field]
	is_object(probe)
	phrase := _fault(entry, field, probe)
	msg := sprintf("%s of %s %s", [field, entry.label, phrase])
}

_fault(entry, field, probe) := "is refused, as it is not one that keeps running" if {
	not entry in probes.lasting
} else := sprintf("has %d handlers, not 1", [number]) if {
	number := count(probes.handlers(probe))
	number != 1
} else := sprintf("has a successThreshold of %v, not 1", [probes.number(probe, "successThreshold")]) if {
	field in {"livenessProbe", "startupProbe"}
	probes.number(probe, "successThreshold") != 1
} else := sprintf("asks port %q, which the container does not name", [port]) if {
	some handler in ["httpGet", "tcpSocket"]
	port := probe[handler].port
	is_string(port)
	not regex.match(`^[0-9]+$`, port)
	not placeholders.within(port)
	not _named(entry.container, port)
}

_named(container, port) if {
	some declared in container.ports
	declared.name == port
}
