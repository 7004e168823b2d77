# METADATA
# title: Cloud SQL instances in one zone
# description: |
#   An instance whose availability_type is not REGIONAL has no standby and is
#   down as long as its zone is. Replicas are left alone. Google Cloud
#   documentation, "About high availability" of Cloud SQL.
# custom:
#   id: dr/google-sql-availability
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set settings.availability_type to REGIONAL.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.dr.google_sql_availability

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _regional
	not _replica
	msg := sprintf("%s has no standby in another zone", [attributes.title])
	path := attributes.place(
		["settings", 0, "availability_type"],
		[value | value := input.resource.spec.settings[0].availability_type],
	)
}

_regional if input.resource.spec.settings[0].availability_type != "ZONAL"

# A replica is backed up by its primary.
_replica if input.resource.spec.master_instance_name != ""

_replica if input.resource.spec.instance_type in {"READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"}
