# METADATA
# title: Credentials of Google Cloud in the provider block
# description: |
#   A key of a service account or an access token in the configuration of a
#   provider is known to everyone who may read the repository, with all that the
#   account may do. A file beside the configuration that is read counts.
#   Provider documentation, "Google Provider Configuration Reference",
#   "Authentication"; CWE-798.
# custom:
#   id: security/google-provider-credential
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Drop it, revoke it, and give it by GOOGLE_CREDENTIALS or use workload identity federation.
#   scope: resource
#   kinds: [terraform/provider]
package holdfast.security.google_provider_credential

import data.holdfast.lib.attributes
import data.holdfast.lib.credentials

deny contains {"msg": msg, "path": ["spec", "credentials"]} if {
	regex.match(`^google(?:-beta)?(?:\.|$)`, _name)
	credentials.private_key(input.resource.spec.credentials)
	msg := sprintf("provider %s has the key of a service account in the configuration", [_name])
}

deny contains {"msg": msg, "path": ["spec", "access_token"]} if {
	regex.match(`^google(?:-beta)?(?:\.|$)`, _name)
	attributes.literal(input.resource.spec.access_token)
	msg := sprintf("provider %s has its access_token in the configuration", [_name])
}

_name := input.resource.metadata.name if is_string(input.resource.metadata.name)
