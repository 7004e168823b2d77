# METADATA
# title: GKE clusters with passwords or client certificates
# description: |
#   A user name and password, or a client certificate, of the cluster belongs to
#   nobody and cannot be revoked without a new cluster or a rotation. Neither is
#   issued by default. GKE documentation, "Harden your cluster's security",
#   "Leave legacy client authentication methods disabled".
# custom:
#   id: security/google-gke-basic-auth
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Drop username and password from master_auth, and set
#     client_certificate_config.issue_client_certificate to false.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_basic_auth

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "master_auth", i, "username"]} if {
	user := input.resource.spec.master_auth[i].username
	is_string(user)
	user != ""
	msg := sprintf("%s accepts a user name and a password", [attributes.title])
}

deny contains {"msg": msg, "path": path} if {
	attributes.on(input.resource.spec.master_auth[i].client_certificate_config[j].issue_client_certificate)
	msg := sprintf("%s issues a client certificate", [attributes.title])
	path := ["spec", "master_auth", i, "client_certificate_config", j, "issue_client_certificate"]
}
