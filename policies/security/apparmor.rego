# METADATA
# title: AppArmor switched off
# description: |
#   Where nodes have AppArmor, the runtime's default profile keeps containers
#   from mounting and from writing to the kernel's files. Only RuntimeDefault
#   and Localhost profiles may take its place, by field or by the older
#   annotation. Pod Security Standards, baseline, "AppArmor".
# custom:
#   id: security/apparmor
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove appArmorProfile (or the annotation
#     container.apparmor.security.beta.kubernetes.io/…) or give it the type RuntimeDefault, or
#     Localhost with a profile of your own.
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
package holdfast.security.apparmor

import data.holdfast.lib.names
import data.holdfast.lib.pods

_allowed := {"RuntimeDefault", "Localhost"}

_annotation := "container.apparmor.security.beta.kubernetes.io/"

_field := ["securityContext", "appArmorProfile"]

deny contains {"msg": msg, "path": path} if {
	profile := pods.judged.securityContext.appArmorProfile
	is_object(profile)
	not _type(profile) in _allowed
	msg := sprintf("%s has the AppArmor profile %v", [names.title(input.resource), _type(profile)])
	path := pods.nearest(_field, ["type"])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	profile := container.securityContext.appArmorProfile
	is_object(profile)
	not _type(profile) in _allowed
	msg := sprintf("%s has the AppArmor profile %v", [pods.label(sort, container, i), _type(profile)])
	path := pods.nearest(array.concat([list, i], _field), ["type"])
}

deny contains {"msg": msg, "path": path} if {
	some key, profile in pods.annotations
	startswith(key, _annotation)
	is_string(profile)
	not profile in {"", "runtime/default"}
	not startswith(profile, "localhost/")
	msg := sprintf("%s has the AppArmor profile %s for its container %q", [
		names.title(input.resource),
		profile,
		trim_prefix(key, _annotation),
	])
	path := array.concat(pods.annotations_path, [key])
}

_type(profile) := profile.type if {
	not profile.type in {"", null}
} else := "without a type"
