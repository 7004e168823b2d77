# METADATA
# title: Memorystore instances without encryption in transit
# description: |
#   Without TLS the password and the data of an instance can be read on the way.
#   It is off by default and can be chosen only when the instance is created.
#   Google Cloud documentation, "In-transit encryption" of Memorystore for
#   Redis.
# custom:
#   id: security/google-redis-tls
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set transit_encryption_mode to SERVER_AUTHENTICATION.
#   scope: resource
#   kinds: [terraform/google_redis_instance]
package holdfast.security.google_redis_tls

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _encrypted
	msg := sprintf("%s accepts unencrypted connections", [attributes.title])
	path := attributes.place(
		["transit_encryption_mode"],
		[value | value := input.resource.spec.transit_encryption_mode],
	)
}

_encrypted if input.resource.spec.transit_encryption_mode != "DISABLED"
