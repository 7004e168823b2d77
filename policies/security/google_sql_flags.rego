# METADATA
# title: Cloud SQL instances with flags that the benchmark refuses
# description: |
#   Flags of the database that let it read files, run programs or trust other
#   databases, or that keep it from logging who connects. CIS Google Cloud
#   Platform Foundation Benchmark 2.0.0, 6.1.2, 6.1.3, 6.2.2, 6.2.3, 6.2.8 and
#   6.3.1 to 6.3.7.
# custom:
#   id: security/google-sql-flags
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set the flag to the value that the benchmark asks for, or drop it.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.security.google_sql_flags

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "settings", i, "database_flags", j, "value"]} if {
	some j
	flag := input.resource.spec.settings[i].database_flags[j]
	_bad[flag.name] == attributes.word(flag.value)
	msg := sprintf("%s sets the flag %q to %s", [attributes.title, flag.name, flag.value])
}

_bad := {
	"local_infile": "on",
	"skip_show_database": "off",
	"log_connections": "off",
	"log_disconnections": "off",
	"log_checkpoints": "off",
	"log_lock_waits": "off",
	"cloudsql.enable_pgaudit": "off",
	"external scripts enabled": "on",
	"cross db ownership chaining": "on",
	"contained database authentication": "on",
	"remote access": "on",
	"3625": "off",
}
