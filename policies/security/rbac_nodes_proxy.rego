# METADATA
# title: Roles that reach the kubelet
# description: |
#   The subresource nodes/proxy is the kubelet's whole API: it runs commands in
#   all pods of the node, by a mere get too, past audit logs and admission.
#   Kubernetes documentation, "Role Based Access Control Good Practices",
#   privilege escalation risks.
# custom:
#   id: security/rbac-nodes-proxy
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name nodes/metrics, nodes/stats, nodes/log or nodes/healthz instead of nodes/proxy.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_nodes_proxy

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"nodes/proxy"}

_verbs := {"get", "create", "update", "patch", "delete", "*"}

deny contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
