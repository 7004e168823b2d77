# METADATA
# title: CPU limits
# description: |
#   A container without a CPU limit may use what its node has to spare. Whether it
#   should is disputed: a limit makes neighbours predictable, and throttles where
#   there was room. Needed for the class Guaranteed, and for exclusive CPUs.
#   Kubernetes, "Pod Quality of Service Classes".
# custom:
#   id: allocation/cpu-limits
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set resources.limits.cpu on the container, or a default in a LimitRange of the namespace.
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
package holdfast.allocation.cpu_limits

import data.holdfast.lib.resources

warn contains {"msg": msg, "path": entry.path} if {
	some entry in resources.containers
	not resources.given(entry.container, "limits", "cpu")
	msg := sprintf("%s has no CPU limit", [entry.label])
}
