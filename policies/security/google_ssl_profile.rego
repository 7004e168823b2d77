# METADATA
# title: SSL policies with weak ciphers
# description: |
#   The profile COMPATIBLE, which is the default, offers cipher suites without
#   forward secrecy and with 3DES. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 3.9.
# custom:
#   id: security/google-ssl-profile
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-gcp/3.9]
#   remediation: >-
#     Set profile to MODERN, RESTRICTED or FIPS_202205.
#   scope: resource
#   kinds: [terraform/google_compute_ssl_policy, terraform/google_compute_region_ssl_policy]
package holdfast.security.google_ssl_profile

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _better
	msg := sprintf("%s offers weak ciphers: its profile is COMPATIBLE", [attributes.title])
	path := attributes.place(["profile"], [value | value := input.resource.spec.profile])
}

_better if input.resource.spec.profile != "COMPATIBLE"
