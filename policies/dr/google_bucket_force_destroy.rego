# METADATA
# title: Buckets that Terraform empties
# description: |
#   With force_destroy terraform destroy, or a change that replaces the bucket,
#   deletes all that is in it first. Provider documentation,
#   google_storage_bucket, "force_destroy".
# custom:
#   id: dr/google-bucket-force-destroy
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set force_destroy to false, or leave it out.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.dr.google_bucket_force_destroy

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s is emptied by Terraform when it is deleted", [attributes.title])
}

_on contains ["force_destroy"] if attributes.on(input.resource.spec.force_destroy)
