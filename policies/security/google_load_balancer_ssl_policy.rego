# METADATA
# title: Load balancers without an SSL policy
# description: |
#   Without a policy of its own an HTTPS proxy has the default one, which
#   accepts TLS 1.0 and weak ciphers. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 3.9.
# custom:
#   id: security/google-load-balancer-ssl-policy
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-gcp/3.9]
#   remediation: >-
#     Set ssl_policy to a policy with min_tls_version TLS_1_2.
#   scope: resource
#   kinds:
#     - terraform/google_compute_target_https_proxy
#     - terraform/google_compute_region_target_https_proxy
#     - terraform/google_compute_target_ssl_proxy
package holdfast.security.google_load_balancer_ssl_policy

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not _policy
	msg := sprintf("%s has no SSL policy, and so accepts TLS 1.0", [attributes.title])
}

_policy if input.resource.spec.ssl_policy != ""
