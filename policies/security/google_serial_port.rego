# METADATA
# title: Machines of Google Cloud with an open serial console
# description: |
#   The interactive serial console can be reached from every address of the
#   Internet, whatever the firewall says. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 4.5.
# custom:
#   id: security/google-serial-port
#   category: security
#   severity: medium
#   profile: starter
#   controls: [cis-gcp/4.5]
#   remediation: >-
#     Set serial-port-enable to false in the metadata, or leave it out.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
#     - terraform/google_compute_project_metadata
#     - terraform/google_compute_project_metadata_item
package holdfast.security.google_serial_port

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "metadata", "serial-port-enable"]} if {
	attributes.yes(input.resource.spec.metadata["serial-port-enable"])
	msg := sprintf("%s opens the serial console to the Internet", [attributes.title])
}

deny contains {"msg": msg, "path": ["spec", "value"]} if {
	input.resource.spec.key == "serial-port-enable"
	attributes.yes(input.resource.spec.value)
	msg := sprintf("%s opens the serial console to the Internet", [attributes.title])
}
