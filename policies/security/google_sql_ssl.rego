# METADATA
# title: Cloud SQL instances that accept unencrypted connections
# description: |
#   Without TLS the passwords and the data of a database can be read on the way.
#   An instance accepts both unless ssl_mode, or require_ssl of older providers,
#   says otherwise. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 6.4.
# custom:
#   id: security/google-sql-ssl
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-gcp/6.4]
#   remediation: >-
#     Set ip_configuration.ssl_mode to ENCRYPTED_ONLY or TRUSTED_CLIENT_CERTIFICATE_REQUIRED.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.security.google_sql_ssl

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _encrypted
	msg := sprintf("%s accepts unencrypted connections", [attributes.title])
	path := attributes.place(
		["settings", 0, "ip_configuration", 0, "ssl_mode"],
		[value | value := input.resource.spec.settings[0].ip_configuration[0].ssl_mode],
	)
}

_encrypted if input.resource.spec.settings[0].ip_configuration[0].ssl_mode != "ALLOW_UNENCRYPTED_AND_ENCRYPTED"

_encrypted if attributes.maybe_on(input.resource.spec.settings[0].ip_configuration[0].require_ssl)
