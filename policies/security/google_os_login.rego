# METADATA
# title: Machines of Google Cloud without OS Login
# description: |
#   With OS Login accounts and roles of IAM decide who may use SSH, and a
#   leaver's key is of no use. It is switched on by enable-oslogin in the
#   metadata of the project; a machine may switch it off again. CIS Google Cloud
#   Platform Foundation Benchmark 2.0.0, 4.4.
# custom:
#   id: security/google-os-login
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/4.4]
#   remediation: >-
#     Set enable-oslogin to TRUE in the metadata of the project, and leave it out of those of
#     machines.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
#     - terraform/google_compute_project_metadata
#     - terraform/google_compute_project_metadata_item
package holdfast.security.google_os_login

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "google_compute_project_metadata"
	not _on
	msg := sprintf("%s leaves OS Login off in the project", [attributes.title])
	path := attributes.place(["metadata"], [value | value := input.resource.spec.metadata])
}

deny contains {"msg": msg, "path": ["spec", "metadata", "enable-oslogin"]} if {
	input.resource.kind != "google_compute_project_metadata"
	attributes.no(input.resource.spec.metadata["enable-oslogin"])
	msg := sprintf("%s switches OS Login off", [attributes.title])
}

deny contains {"msg": msg, "path": ["spec", "value"]} if {
	input.resource.spec.key == "enable-oslogin"
	attributes.no(input.resource.spec.value)
	msg := sprintf("%s switches OS Login off", [attributes.title])
}

_on if attributes.yes(input.resource.spec.metadata["enable-oslogin"])

_on if attributes.later(input.resource.spec.metadata["enable-oslogin"])

_on if attributes.later(input.resource.spec.metadata)
