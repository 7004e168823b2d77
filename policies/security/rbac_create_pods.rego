# METADATA
# title: ClusterRoles that create pods
# description: |
#   Whoever may create pods in all namespaces, or what makes them, reads all
#   Secrets and volumes there and runs as any of their service accounts.
#   Controllers need it; people and pipelines seldom. Kubernetes documentation,
#   "Role Based Access Control Good Practices", privilege escalation risks. CIS
#   Kubernetes Benchmark 5.1.4.
# custom:
#   id: security/rbac-create-pods
#   category: security
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Grant it in a Role of the namespaces concerned.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_create_pods

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"pods", "replicationcontrollers", "podtemplates"}

_verbs := {"create", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
