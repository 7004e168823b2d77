# METADATA
# title: GKE clusters whose Secrets are encrypted by Google alone
# description: |
#   With application-layer encryption the Secrets of a cluster are encrypted
#   with a key of Cloud KMS that its owner can withdraw. CIS Google Kubernetes
#   Engine Benchmark 1.4.0, 5.3.1.
# custom:
#   id: security/google-gke-secrets-encryption
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-gke/5.3.1]
#   remediation: >-
#     Add database_encryption with state ENCRYPTED and a key_name.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_secrets_encryption

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _encrypted
	msg := sprintf("%s does not encrypt its Secrets with a key of its owner", [attributes.title])
	path := attributes.place(
		["database_encryption", 0, "state"],
		[value | value := input.resource.spec.database_encryption[0].state],
	)
}

_encrypted if input.resource.spec.database_encryption[0].state != "DECRYPTED"
