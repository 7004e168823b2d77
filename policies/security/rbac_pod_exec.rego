# METADATA
# title: Roles that run commands in pods
# description: |
#   Whoever may use pods/exec, pods/attach or pods/ephemeralcontainers acts as
#   the pod: with its service account, its Secrets and its volumes. The API
#   server takes exec and attach by create and by get. Kubernetes documentation,
#   "Role Based Access Control Good Practices", privilege escalation risks.
# custom:
#   id: security/rbac-pod-exec
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Remove the subresource from the role, or grant it in a Role of one namespace to people, for the
#     time of an incident.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_pod_exec

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"pods/exec", "pods/attach", "pods/ephemeralcontainers"}

_verbs := {"create", "get", "update", "patch", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
