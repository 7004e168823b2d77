# METADATA
# title: Tokens of service accounts that never end
# description: |
#   A Secret of type kubernetes.io/service-account-token holds a token that is
#   valid until the Secret is deleted, for every audience and from everywhere.
#   Since 1.22 pods get tokens that end with them, and others get one by kubectl
#   create token. Kubernetes documentation, "Managing Service Accounts",
#   long-lived API tokens.
# custom:
#   id: security/service-account-token-secret
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ia-5]
#   remediation: >-
#     Delete the Secret, and mount a projected serviceAccountToken volume or use the TokenRequest
#     API.
#   scope: resource
#   kinds: [core/Secret]
package holdfast.security.service_account_token_secret

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["type"]} if {
	input.resource.type == "kubernetes.io/service-account-token"
	msg := sprintf("%s holds a service account's token that does not end", [names.title(input.resource)])
}
