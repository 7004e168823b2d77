# METADATA
# title: Endpoints that users may write
# description: |
#   Whoever writes Endpoints or EndpointSlices sends what a Service or Ingress
#   receives to any address, past NetworkPolicies (CVE-2021-25740). Asked of
#   ClusterRoles that add to the roles edit or admin, and of those roles
#   themselves, from which Kubernetes removed the right in 1.22.
# custom:
#   id: security/rbac-endpoints
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Remove endpoints and endpointslices from the role, or leave reading.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_endpoints

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_verbs := {"create", "update", "patch", "*"}

deny contains {"msg": msg, "path": grant.path} if {
	_for_users
	some grant in _grants
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}

_for_users if input.resource.metadata.name in {"edit", "admin", "system:aggregate-to-edit", "system:aggregate-to-admin"}

_for_users if {
	some role in ["edit", "admin"]
	input.resource.metadata.labels[concat("", ["rbac.authorization.k8s.io/aggregate-to-", role])] == "true"
}

# The default roles too: from before 1.22 they have it until someone takes it.
_grants := union({rbac.grants(_role, group, {"endpoints", "endpointslices"}, _verbs) | some group in _groups})

# A group that has neither is a common mistake, and the name says what is meant.
_groups := ["", "discovery.k8s.io", "apps"]

_role := {"rules": object.get(input.resource, "rules", [])}
