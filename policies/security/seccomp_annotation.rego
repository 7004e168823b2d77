# METADATA
# title: Seccomp profiles that have no effect
# description: |
#   The annotations seccomp.security.alpha.kubernetes.io/pod and
#   container.seccomp.security.alpha.kubernetes.io/NAME are not looked at since
#   Kubernetes 1.27, so that the pod runs without the profile that they name. A
#   pod that sets securityContext.seccompProfile too passes. Kubernetes
#   documentation, "Restrict a Container's Syscalls with seccomp".
# custom:
#   id: security/seccomp-annotation
#   category: security
#   severity: medium
#   profile: starter
#   controls: [nist-800-53/cm-7]
#   remediation: >-
#     Set securityContext.seccompProfile in the pod's spec, and remove the annotation.
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
package holdfast.security.seccomp_annotation

import data.holdfast.lib.names
import data.holdfast.lib.pods

_prefixes := ["seccomp.security.alpha.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/"]

warn contains {"msg": msg, "path": array.concat(_path, [annotation])} if {
	some annotation, _ in object.get(input.resource, _path, {})
	is_string(annotation)
	some prefix in _prefixes
	startswith(annotation, prefix)
	not _profile
	msg := sprintf("%s names a seccomp profile in an annotation only", [names.title(input.resource)])
}

# The annotations of the pod lie beside its spec.
_path := array.concat(array.slice(full, 0, count(full) - 1), ["metadata", "annotations"]) if {
	full := pods.spec_path(input.resource)
}

_profile if is_object(pods.spec(input.resource).securityContext.seccompProfile)

_profile if {
	some entry in pods.containers(input.resource)
	is_object(entry.container.securityContext.seccompProfile)
}
