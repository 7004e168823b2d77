# METADATA
# title: Spanner databases that can be dropped
# description: |
#   Drop protection keeps a database from being dropped by any tool, not by
#   Terraform alone, and its instance with it. It is off by default. Google
#   Cloud documentation, "Prevent accidental database deletion" of Spanner.
# custom:
#   id: dr/google-spanner-drop-protection
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set enable_drop_protection to true.
#   scope: resource
#   kinds: [terraform/google_spanner_database]
package holdfast.dr.google_spanner_drop_protection

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s can be dropped", [attributes.title])
	path := attributes.place(
		["enable_drop_protection"],
		[value | value := input.resource.spec.enable_drop_protection],
	)
}

_on if attributes.maybe_on(input.resource.spec.enable_drop_protection)
