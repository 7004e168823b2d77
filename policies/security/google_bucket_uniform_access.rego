# METADATA
# title: Buckets with access control lists
# description: |
#   Without uniform bucket-level access each object has a list of its own, which
#   no IAM policy shows and which may make it public. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 5.2.
# custom:
#   id: security/google-bucket-uniform-access
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/5.2]
#   remediation: >-
#     Set uniform_bucket_level_access to true.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.security.google_bucket_uniform_access

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s lets each object have a list of its own", [attributes.title])
	path := attributes.place(
		["uniform_bucket_level_access"],
		[value | value := input.resource.spec.uniform_bucket_level_access],
	)
}

_on if attributes.maybe_on(input.resource.spec.uniform_bucket_level_access)
