# METADATA
# title: Machines that accept the SSH keys of the project
# description: |
#   Each SSH key in the metadata of a project opens all of its machines but
#   those that block them. With OS Login they count for nothing. CIS Google
#   Cloud Platform Foundation Benchmark 2.0.0, 4.3.
# custom:
#   id: security/google-project-ssh-keys
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-gcp/4.3]
#   remediation: >-
#     Set block-project-ssh-keys to true in the metadata, or enable-oslogin to TRUE.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_project_ssh_keys

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _blocked
	msg := sprintf("%s accepts the SSH keys of the project", [attributes.title])
	path := attributes.place(["metadata"], [value | value := input.resource.spec.metadata])
}

_blocked if attributes.yes(input.resource.spec.metadata["block-project-ssh-keys"])

_blocked if attributes.yes(input.resource.spec.metadata["enable-oslogin"])

_blocked if attributes.later(input.resource.spec.metadata)
