# METADATA
# title: Secrets in Git that are not encrypted
# description: |
#   A Secret in Git whose values are written out has no secret, even if nothing
#   shows that they are credentials; those that are found to be some are
#   security/secret-in-git. Values that are encrypted by SOPS, templates and
#   references pass. Kubernetes documentation, "Good practices for Kubernetes
#   Secrets".
# custom:
#   id: security/secret-manifest
#   category: security
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/ia-5.7]
#   remediation: >-
#     Keep a SealedSecret, an ExternalSecret or a file encrypted by SOPS in Git instead; what is no
#     secret belongs in a ConfigMap.
#   pointsAt: secrets
#   judges: written
#   scope: resource
#   kinds: [core/Secret]
package holdfast.security.secret_manifest

import data.holdfast.lib.names
import data.holdfast.lib.secrets

warn contains {"msg": msg, "path": path} if {
	input.phase != "live"
	count(secrets.given_away(input.resource)) == 0
	paths := sort([entry.path | some entry in secrets.entries(input.resource)])
	path := array.slice(paths[0], 0, 1)
	msg := sprintf("%s is written out, with %d values", [names.title(input.resource), count(paths)])
}
