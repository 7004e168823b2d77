# METADATA
# title: Containers with a terminal
# description: |
#   A container with stdin or tty waits for someone to attach to it, which a
#   service has no need of; whoever attaches acts as the pod without a trace of
#   what was typed.
# custom:
#   id: security/interactive-container
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Remove stdin and tty.
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
package holdfast.security.interactive_container

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": array.concat(entry.path, [field])} if {
	some entry in pods.containers(input.resource)
	some field in ["stdin", "tty"]
	entry.container[field] == true
	entry.field != "ephemeralContainers"
	msg := sprintf("%s has %s", [entry.label, field])
}
