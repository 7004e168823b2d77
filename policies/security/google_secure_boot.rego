# METADATA
# title: Machines of Google Cloud without Secure Boot
# description: |
#   Secure Boot starts nothing that is not signed, and so no rootkit. It is off
#   by default, since drivers that are not signed do not load either. Google
#   Cloud documentation, "Secure Boot" of Shielded VM.
# custom:
#   id: security/google-secure-boot
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set shielded_instance_config.enable_secure_boot to true.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_secure_boot

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s starts without Secure Boot", [attributes.title])
	path := attributes.place(
		["shielded_instance_config", 0, "enable_secure_boot"],
		[value | value := input.resource.spec.shielded_instance_config[0].enable_secure_boot],
	)
}

_on if attributes.maybe_on(input.resource.spec.shielded_instance_config[0].enable_secure_boot)
