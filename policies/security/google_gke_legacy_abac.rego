# METADATA
# title: GKE clusters with legacy authorization
# description: |
#   The old authorizer grants accounts fixed rights beyond those of RBAC, and no
#   role takes them away. It is off by default. GKE documentation, "Harden your
#   cluster's security".
# custom:
#   id: security/google-gke-legacy-abac
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set enable_legacy_abac to false, or leave it out.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_legacy_abac

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s goes by legacy authorization", [attributes.title])
}

_on contains ["enable_legacy_abac"] if attributes.on(input.resource.spec.enable_legacy_abac)
