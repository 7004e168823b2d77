# METADATA
# title: Memorystore instances without a password
# description: |
#   Without AUTH everyone in the network may read and change what an instance
#   holds. It is off by default. Google Cloud documentation, "AUTH feature
#   overview" of Memorystore for Redis.
# custom:
#   id: security/google-redis-auth
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set auth_enabled to true.
#   scope: resource
#   kinds: [terraform/google_redis_instance]
package holdfast.security.google_redis_auth

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s lets in everyone in its network without a password", [attributes.title])
	path := attributes.place(["auth_enabled"], [value | value := input.resource.spec.auth_enabled])
}

_on if attributes.maybe_on(input.resource.spec.auth_enabled)
