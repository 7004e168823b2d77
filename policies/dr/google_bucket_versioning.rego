# METADATA
# title: Buckets that forget what is overwritten
# description: |
#   Without versioning what is overwritten or deleted, by mistake or by an
#   attacker, is had back for the days of soft delete at best. A retention
#   policy, under which nothing can be overwritten, serves as well. Google Cloud
#   documentation, "Object Versioning".
# custom:
#   id: dr/google-bucket-versioning
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set versioning.enabled to true, with a lifecycle rule that ends old versions.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.dr.google_bucket_versioning

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	not input.resource.spec.retention_policy[0]
	msg := sprintf("%s keeps no old versions", [attributes.title])
	path := attributes.place(
		["versioning", 0, "enabled"],
		[value | value := input.resource.spec.versioning[0].enabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.versioning[0].enabled)
