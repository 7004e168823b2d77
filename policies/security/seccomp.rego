# METADATA
# title: Seccomp switched off
# description: |
#   The runtime's seccomp profile keeps containers from some 50 system calls
#   that programs do not need and exploits do. Only RuntimeDefault and
#   Localhost may be set; up to v1.18 by the annotations of that time,
#   runtime/default, docker/default and localhost/…. Pod Security Standards,
#   baseline, "Seccomp".
# custom:
#   id: security/seccomp
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Give seccompProfile the type RuntimeDefault, or Localhost with a profile that permits
#     what the program needs.
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
package holdfast.security.seccomp

import data.holdfast.lib.names
import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

_field := ["securityContext", "seccompProfile"]

deny contains {"msg": msg, "path": path} if {
	profile := pods.judged.securityContext.seccompProfile
	_wrong(profile)
	msg := sprintf("%s has the seccomp profile %v", [names.title(input.resource), _type(profile)])
	path := pods.nearest(_field, ["type"])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	profile := container.securityContext.seccompProfile
	_wrong(profile)
	msg := sprintf("%s has the seccomp profile %v", [pods.label(sort, container, i), _type(profile)])
	path := pods.nearest(array.concat([list, i], _field), ["type"])
}

_wrong(profile) if {
	is_object(profile)
	not _type(profile) in {"RuntimeDefault", "Localhost"}
	pod_security.since(19)
}

_type(profile) := profile.type if {
	not profile.type in {"", null}
} else := "without a type"

# Before there was a field, and no longer looked at since.
deny contains {"msg": msg, "path": array.concat(pods.annotations_path, [key])} if {
	not pod_security.since(19)
	some key in _annotations
	profile := pods.annotations[key]
	is_string(profile)
	not profile in {"runtime/default", "docker/default"}
	not startswith(profile, "localhost/")
	msg := sprintf("%s has the seccomp profile %q (%s)", [names.title(input.resource), profile, key])
}

_annotations := {"seccomp.security.alpha.kubernetes.io/pod"} | {key |
	some list, sort in pods.lists
	some container in pods.judged[list]
	is_string(container.name)
	key := concat("", ["container.seccomp.security.alpha.kubernetes.io/", container.name])
}
