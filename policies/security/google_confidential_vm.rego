# METADATA
# title: Machines of Google Cloud that are not confidential
# description: |
#   A Confidential VM keeps its memory encrypted with a key that Google does not
#   have. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 4.11.
# custom:
#   id: security/google-confidential-vm
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-gcp/4.11]
#   remediation: >-
#     Set confidential_instance_config.enable_confidential_compute to true, with a machine type that
#     has it.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_confidential_vm

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s is not a Confidential VM", [attributes.title])
	path := attributes.place(
		["confidential_instance_config", 0, "enable_confidential_compute"],
		[value | value := input.resource.spec.confidential_instance_config[0].enable_confidential_compute],
	)
}

_on if attributes.maybe_on(input.resource.spec.confidential_instance_config[0].enable_confidential_compute)
