# METADATA
# title: Secrets in the configuration of Google resources
# description: |
#   A password or key that stands in the configuration is known to everyone who
#   may read the repository, and stays in its history. A variable's default and
#   a tfvars file count as the configuration. CWE-798.
# custom:
#   id: security/google-literal-secret
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Give the value by a sensitive variable without a default, by random_password or from Secret
#     Manager, and change it.
#   scope: resource
#   kinds:
#     - terraform/google_sql_database_instance
#     - terraform/google_sql_user
#     - terraform/google_alloydb_cluster
#     - terraform/google_alloydb_user
#     - terraform/google_container_cluster
#     - terraform/google_compute_disk
#     - terraform/google_compute_instance
#     - terraform/google_compute_image
#     - terraform/google_compute_snapshot
#     - terraform/google_secret_manager_secret_version
#     - terraform/google_compute_vpn_tunnel
package holdfast.security.google_literal_secret

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, value] in _secrets
	attributes.literal(value)
	msg := sprintf("%s has its %s in the configuration", [attributes.title, path[count(path) - 1]])
}

_secrets contains [["root_password"], input.resource.spec.root_password]

_secrets contains [["password"], input.resource.spec.password]

_secrets contains [["secret_data"], input.resource.spec.secret_data]

_secrets contains [["shared_secret"], input.resource.spec.shared_secret]

_secrets contains [["initial_user", i, "password"], value] if {
	value := input.resource.spec.initial_user[i].password
}

_secrets contains [["master_auth", i, "password"], value] if {
	value := input.resource.spec.master_auth[i].password
}

_secrets contains [["disk_encryption_key", i, "raw_key"], value] if {
	value := input.resource.spec.disk_encryption_key[i].raw_key
}

_secrets contains [["boot_disk", i, "disk_encryption_key_raw"], value] if {
	value := input.resource.spec.boot_disk[i].disk_encryption_key_raw
}

_secrets contains [["attached_disk", i, "disk_encryption_key_raw"], value] if {
	value := input.resource.spec.attached_disk[i].disk_encryption_key_raw
}
