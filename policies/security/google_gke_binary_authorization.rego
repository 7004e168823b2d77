# METADATA
# title: GKE clusters that run any image
# description: |
#   Binary Authorization lets a cluster run only images that its policy permits.
#   GKE documentation, "Binary Authorization for GKE".
# custom:
#   id: security/google-gke-binary-authorization
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set binary_authorization.evaluation_mode to PROJECT_SINGLETON_POLICY_ENFORCE.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_binary_authorization

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _enforced
	msg := sprintf("%s is without Binary Authorization", [attributes.title])
	path := attributes.place(
		["binary_authorization", 0, "evaluation_mode"],
		[value | value := input.resource.spec.binary_authorization[0].evaluation_mode],
	)
}

_enforced if attributes.maybe_on(input.resource.spec.enable_binary_authorization)

_enforced if attributes.maybe_on(input.resource.spec.binary_authorization[0].enabled)

_enforced if input.resource.spec.binary_authorization[0].evaluation_mode != "DISABLED"
