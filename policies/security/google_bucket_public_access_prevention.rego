# METADATA
# title: Buckets that may be made public
# description: |
#   Public access prevention refuses every grant to allUsers and
#   allAuthenticatedUsers, now and later. Unless it is enforced a bucket has
#   what its organization says. Google Cloud documentation, "Public access
#   prevention".
# custom:
#   id: security/google-bucket-public-access-prevention
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set public_access_prevention to enforced.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.security.google_bucket_public_access_prevention

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _enforced
	msg := sprintf("%s does not enforce public access prevention", [attributes.title])
	path := attributes.place(
		["public_access_prevention"],
		[value | value := input.resource.spec.public_access_prevention],
	)
}

_enforced if input.resource.spec.public_access_prevention == "enforced"

_enforced if attributes.later(input.resource.spec.public_access_prevention)
