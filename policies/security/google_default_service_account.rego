# METADATA
# title: Machines with the default service account
# description: |
#   The default service account of Compute Engine is shared by all machines that
#   name no other, and is Editor of the project in many. A machine without a
#   service_account block has none. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 4.1 and 4.2.
# custom:
#   id: security/google-default-service-account
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-gcp/4.1, cis-gcp/4.2]
#   remediation: >-
#     Make a service account for the workload and name it in service_account.email.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_default_service_account

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "service_account", i]} if {
	scopes := input.resource.spec.service_account[i].scopes
	not _emails[i]
	msg := sprintf("%s runs as the default service account%s", [attributes.title, _reach(scopes)])
}

deny contains {"msg": msg, "path": ["spec", "service_account", i, "email"]} if {
	scopes := input.resource.spec.service_account[i].scopes
	email := _emails[i]
	regex.match(`-compute@developer\.gserviceaccount\.com$|google_compute_default_service_account\.`, email)
	msg := sprintf("%s runs as the default service account%s", [attributes.title, _reach(scopes)])
}

_emails[i] := email if {
	email := input.resource.spec.service_account[i].email
	is_string(email)
}

_reach(scopes) := ", with full access to all APIs" if {
	some scope in scopes
	scope in {"cloud-platform", "https://www.googleapis.com/auth/cloud-platform"}
} else := ""
