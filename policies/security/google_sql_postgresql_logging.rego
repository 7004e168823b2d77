# METADATA
# title: Cloud SQL for PostgreSQL that logs too little
# description: |
#   log_connections and log_disconnections are off in PostgreSQL unless a flag
#   sets them, and the audit extension as well: who was in the database cannot
#   be told. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 6.2.2, 6.2.3
#   and 6.2.8.
# custom:
#   id: security/google-sql-postgresql-logging
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add database_flags for log_connections, log_disconnections and cloudsql.enable_pgaudit with
#     the value on.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.security.google_sql_postgresql_logging

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	startswith(_version, "POSTGRES")
	missing := [name |
		some name in ["cloudsql.enable_pgaudit", "log_connections", "log_disconnections"]
		not name in _set
	]
	count(missing) > 0
	msg := sprintf("%s does not set %s", [attributes.title, concat(", ", missing)])
	path := attributes.place(
		["settings", 0, "database_flags"],
		[value | value := input.resource.spec.settings[0].database_flags],
	)
}

_version := input.resource.spec.database_version if is_string(input.resource.spec.database_version)

# Flags with a bad value are another rule's.
_set contains name if name := input.resource.spec.settings[_].database_flags[_].name
