# METADATA
# title: Pods whose containers share their processes
# description: |
#   With shareProcessNamespace each container sees the processes of the others,
#   their command lines and environment, and through /proc/PID/root their files.
#   Kubernetes documentation, "Share Process Namespace between Containers in a
#   Pod".
# custom:
#   id: security/shared-process-namespace
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Remove shareProcessNamespace.
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
package holdfast.security.shared_process_namespace

import data.holdfast.lib.names
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": array.concat(pods.spec_path(input.resource), ["shareProcessNamespace"])} if {
	pods.spec(input.resource).shareProcessNamespace == true
	msg := sprintf("the containers of %s share their processes", [names.title(input.resource)])
}
