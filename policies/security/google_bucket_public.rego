# METADATA
# title: Buckets that anyone may read
# description: |
#   A grant to allUsers or allAuthenticatedUsers, or an access control list with
#   them, opens a bucket to the whole Internet: any Google account will do for
#   the latter. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 5.1.
# custom:
#   id: security/google-bucket-public
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-gcp/5.1]
#   remediation: >-
#     Grant the role to named accounts or groups, or put a CDN or a signed URL before the bucket.
#   scope: resource
#   kinds:
#     - terraform/google_storage_bucket_iam_member
#     - terraform/google_storage_bucket_iam_binding
#     - terraform/google_storage_bucket_iam_policy
#     - terraform/google_storage_managed_folder_iam_member
#     - terraform/google_storage_managed_folder_iam_binding
#     - terraform/google_storage_managed_folder_iam_policy
#     - terraform/google_storage_bucket_acl
#     - terraform/google_storage_default_object_acl
#     - terraform/google_storage_object_acl
#     - terraform/google_storage_bucket_access_control
#     - terraform/google_storage_default_object_access_control
#     - terraform/google_storage_object_access_control
#     - terraform/google_storage_bucket
package holdfast.security.google_bucket_public

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.all
	grants.everyone(grant)
	msg := sprintf("%s gives %s to %s", [attributes.title, grant.role, grant.member])
}

deny contains {"msg": msg, "path": ["spec", "predefined_acl"]} if {
	acl := input.resource.spec.predefined_acl
	attributes.word(acl) in {"publicread", "publicreadwrite", "authenticatedread"}
	msg := sprintf("%s opens a bucket to everyone by the access control list %s", [attributes.title, acl])
}

deny contains {"msg": msg, "path": ["spec", "role_entity", i]} if {
	some i, entity in input.resource.spec.role_entity
	regex.match(`:(?:allUsers|allAuthenticatedUsers)$`, _text(entity))
	msg := sprintf("%s opens a bucket to everyone by the access control entry %s", [attributes.title, entity])
}

deny contains {"msg": msg, "path": ["spec", "entity"]} if {
	entity := input.resource.spec.entity
	entity in {"allUsers", "allAuthenticatedUsers"}
	msg := sprintf("%s opens a bucket to everyone by an access control entry for %s", [attributes.title, entity])
}

_text(value) := value if is_string(value)
