# METADATA
# title: Credentials in Secrets in plain text
# description: |
#   The data of a Secret's manifest is base64, which hides nothing: whoever
#   reads the repository, or a copy or a backup of it, has the credential. Found
#   by its form or by its key's name, such as password, token or tls.key. Values
#   that are encrypted by SOPS, templates and references pass. A live Secret is
#   none of this rule's. Kubernetes documentation, "Good practices for
#   Kubernetes Secrets"; CWE-312.
# custom:
#   id: security/secret-in-git
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ia-5.7]
#   remediation: >-
#     Keep a SealedSecret, an ExternalSecret or a file encrypted by SOPS in Git instead; then revoke
#     the credential, since Git keeps its history.
#   pointsAt: secrets
#   judges: written
#   scope: resource
#   kinds: [core/Secret]
package holdfast.security.secret_in_git

import data.holdfast.lib.names
import data.holdfast.lib.secrets

deny contains {"msg": msg, "path": entry.path} if {
	input.phase != "live"
	some entry in secrets.given_away(input.resource)
	msg := sprintf("%s holds %s in plain text, under %q", [names.title(input.resource), entry.what, entry.key])
}

# What kubectl apply left of the manifest.
deny contains {"msg": msg, "path": ["metadata", "annotations", _last_applied]} if {
	input.phase != "live"
	text := input.resource.metadata.annotations[_last_applied]
	json.is_valid(text)
	some entry in secrets.given_away(json.unmarshal(text))
	msg := sprintf("%s holds %s in annotation %s, under %q", [
		names.title(input.resource),
		entry.what,
		_last_applied,
		entry.key,
	])
}

_last_applied := "kubectl.kubernetes.io/last-applied-configuration"
