# METADATA
# title: Probes of other hosts
# description: |
#   A host in a probe or lifecycle hook lets whoever writes the manifest send
#   requests from the kubelet's place in the network to any address. Pod
#   Security Standards, baseline, "Host Probes / Lifecycle Hooks", from v1.34
#   on.
# custom:
#   id: security/host-probes
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove host from the httpGet or tcpSocket, so that the pod itself is asked; for a name
#     that the program insists on, set the Host header in httpHeaders.
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
#   params: {pod_security_version: latest}
package holdfast.security.host_probes

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

_probes := {
	"livenessProbe": "liveness probe",
	"readinessProbe": "readiness probe",
	"startupProbe": "startup probe",
}

_actions := ["httpGet", "tcpSocket"]

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	some field, what in _probes
	some action in _actions
	host := container[field][action].host
	not host in {"", null}
	pod_security.since(34)
	msg := sprintf("the %s of %s asks the host %v", [what, pods.label(sort, container, i), host])
	path := pods.path([list, i, field, action, "host"])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	some hook, handler in container.lifecycle
	some action in _actions
	host := handler[action].host
	not host in {"", null}
	pod_security.since(34)
	msg := sprintf("the %s hook of %s asks the host %v", [hook, pods.label(sort, container, i), host])
	path := pods.path([list, i, "lifecycle", hook, action, "host"])
}
