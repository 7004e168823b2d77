# METADATA
# title: Keys of service accounts
# description: |
#   A key of a service account does not expire, can be copied, and its private
#   half is in the state of Terraform. Workload identity federation and attached
#   service accounts need none. CIS Google Cloud Platform Foundation Benchmark
#   2.0.0, 1.4.
# custom:
#   id: security/google-service-account-key
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/1.4]
#   remediation: >-
#     Attach the service account to the workload, or use workload identity federation, and drop the
#     key.
#   scope: resource
#   kinds: [terraform/google_service_account_key]
package holdfast.security.google_service_account_key

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.public_key_data
	msg := sprintf("%s makes a key of a service account that does not expire", [attributes.title])
}
