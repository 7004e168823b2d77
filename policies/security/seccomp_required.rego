# METADATA
# title: No seccomp profile
# description: |
#   Unless the kubelet is told otherwise, a pod that names no seccomp profile
#   has none, and may call all of the kernel. Pod Security Standards,
#   restricted, "Seccomp", from v1.19 on: the pod or each container must name
#   RuntimeDefault or Localhost. What names another is found by
#   security/seccomp. Pods that declare os.name windows are exempt from v1.25
#   on.
# custom:
#   id: security/seccomp-required
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: >-
#     Set securityContext.seccompProfile.type to RuntimeDefault in the pod's spec.
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
package holdfast.security.seccomp_required

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

# A profile of the pod's that is a wrong one is found by security/seccomp, once
# for all containers.
deny contains {"msg": msg, "path": pods.path([list, i])} if {
	not _names_one(pods.judged)
	pod_security.since(19)
	not pod_security.windows
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	is_object(container)
	not _names_one(container)
	msg := sprintf("%s has no seccomp profile: neither it nor its pod names one", [pods.label(sort, container, i)])
}

_names_one(object) if is_object(object.securityContext.seccompProfile)
