# METADATA
# title: Machines of Google Cloud that forward packets
# description: |
#   A machine that may forward packets can pass on traffic that is not its own,
#   around the network's rules. Only gateways need it. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 4.6.
# custom:
#   id: security/google-ip-forwarding
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-gcp/4.6]
#   remediation: >-
#     Set can_ip_forward to false, or leave it out.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_ip_forwarding

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s forwards packets that are not its own", [attributes.title])
}

_on contains ["can_ip_forward"] if attributes.on(input.resource.spec.can_ip_forward)
