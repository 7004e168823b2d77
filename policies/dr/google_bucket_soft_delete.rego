# METADATA
# title: Buckets without soft delete
# description: |
#   Soft delete keeps what is deleted for seven days by default, and survives
#   even the deletion of the bucket. With 0 seconds it is off. Google Cloud
#   documentation, "Soft delete".
# custom:
#   id: dr/google-bucket-soft-delete
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set soft_delete_policy.retention_duration_seconds to 604800 or more, or leave it out.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.dr.google_bucket_soft_delete

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "soft_delete_policy", i, "retention_duration_seconds"]} if {
	input.resource.spec.soft_delete_policy[i].retention_duration_seconds in {0, "0"}
	not _versioned
	msg := sprintf("%s switches soft delete off", [attributes.title])
}

_versioned if attributes.maybe_on(input.resource.spec.versioning[0].enabled)
