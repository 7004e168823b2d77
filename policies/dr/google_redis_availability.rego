# METADATA
# title: Memorystore instances without a standby
# description: |
#   An instance of the tier BASIC, the default, has no replica: it is down with
#   its zone, and empty after each restart. Google Cloud documentation, "Redis
#   tier capabilities".
# custom:
#   id: dr/google-redis-availability
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set tier to STANDARD_HA.
#   scope: resource
#   kinds: [terraform/google_redis_instance]
package holdfast.dr.google_redis_availability

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _standby
	msg := sprintf("%s has no standby: its tier is BASIC", [attributes.title])
	path := attributes.place(["tier"], [value | value := input.resource.spec.tier])
}

_standby if input.resource.spec.tier != "BASIC"
