# METADATA
# title: Buckets without access logs
# description: |
#   Usage logs tell who read which object; for reads Cloud Audit Logs are silent
#   unless data access logs are on. Google Cloud documentation, "Usage logs &
#   storage logs".
# custom:
#   id: security/google-bucket-logging
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add logging with a log_bucket, or switch on data access logs for Cloud Storage.
#   scope: resource
#   kinds: [terraform/google_storage_bucket]
package holdfast.security.google_bucket_logging

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.logging[0]
	msg := sprintf("%s keeps no log of who reads it", [attributes.title])
}
