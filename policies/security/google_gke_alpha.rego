# METADATA
# title: GKE clusters with alpha features
# description: |
#   A cluster with alpha features has no support, cannot be upgraded and is
#   deleted after 30 days. GKE documentation, "Alpha clusters".
# custom:
#   id: security/google-gke-alpha
#   category: security
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set enable_kubernetes_alpha to false, or leave it out.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_alpha

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s has alpha features and is deleted after 30 days", [attributes.title])
}

_on contains ["enable_kubernetes_alpha"] if attributes.on(input.resource.spec.enable_kubernetes_alpha)
