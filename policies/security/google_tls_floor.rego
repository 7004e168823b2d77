# METADATA
# title: Load balancers that accept TLS before 1.2
# description: |
#   TLS 1.0 and 1.1 are deprecated (RFC 8996). An SSL policy accepts 1.0 unless
#   min_tls_version says otherwise. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 3.9.
# custom:
#   id: security/google-tls-floor
#   category: security
#   severity: medium
#   profile: starter
#   controls: [cis-gcp/3.9]
#   remediation: >-
#     Set min_tls_version to TLS_1_2 or TLS_1_3.
#   scope: resource
#   kinds: [terraform/google_compute_ssl_policy, terraform/google_compute_region_ssl_policy]
package holdfast.security.google_tls_floor

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "min_tls_version"]} if {
	version := input.resource.spec.min_tls_version
	version in {"TLS_1_0", "TLS_1_1"}
	msg := sprintf("%s accepts connections with an old version of TLS: min_tls_version is %s", [
		attributes.title,
		version,
	])
}

deny contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.min_tls_version
	msg := sprintf("%s accepts connections with TLS 1.0, as min_tls_version is not set", [attributes.title])
}
