# METADATA
# title: SELinux options of its own
# description: |
#   The type, user and role of an SELinux context say what a process may do on
#   the node; one of another type than those for containers may do more. Pod
#   Security Standards, baseline, "SELinux" (container_engine_t from v1.31 on).
# custom:
#   id: security/selinux
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove user and role from seLinuxOptions, and its type, or make that container_t,
#     container_init_t, container_kvm_t or container_engine_t. A level may be set.
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
package holdfast.security.selinux

import data.holdfast.lib.names
import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

_field := ["securityContext", "seLinuxOptions"]

deny contains {"msg": msg, "path": path} if {
	some field, value in _wrong(pods.judged.securityContext.seLinuxOptions)
	msg := sprintf("%s sets the SELinux %s %v", [names.title(input.resource), field, value])
	path := pods.path(array.concat(_field, [field]))
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	some field, value in _wrong(container.securityContext.seLinuxOptions)
	msg := sprintf("%s sets the SELinux %s %v", [pods.label(sort, container, i), field, value])
	path := pods.path(array.concat([list, i], array.concat(_field, [field])))
}

_wrong(options) := {field: value |
	some field in ["type", "user", "role"]
	value := options[field]
	not _permitted(field, value)
}

# The API server takes null for nothing.
_permitted(_, value) if value in {"", null}

_permitted("type", value) if value in {"container_t", "container_init_t", "container_kvm_t"}

_permitted("type", "container_engine_t") if pod_security.since(31)
