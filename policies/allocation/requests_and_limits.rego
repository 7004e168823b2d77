# METADATA
# title: Requests and limits
# description: |
#   A container without requests for CPU and memory is placed without regard to
#   what it needs, and without a limit for memory it can starve its node. A
#   limit serves as the request where there is none, as in the API; the pod's
#   own resources, and the defaults of a LimitRange in the same namespace and
#   target, count too. Ephemeral containers cannot have any. A CPU limit is not
#   asked for. Kubernetes, "Resource Management for Pods and Containers".
# custom:
#   id: allocation/requests-and-limits
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set resources.requests.cpu, resources.requests.memory and resources.limits.memory on the container.
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
package holdfast.allocation.requests_and_limits

import data.holdfast.lib.resources

warn contains {"msg": msg, "path": entry.path} if {
	some entry in resources.containers
	missing := [concat(".", want) |
		some want in [["requests", "cpu"], ["requests", "memory"], ["limits", "memory"]]
		not resources.given(entry.container, want[0], want[1])
	]
	count(missing) > 0
	msg := sprintf("%s does not set %s", [entry.label, concat(", ", missing)])
}
