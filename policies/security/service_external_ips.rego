# METADATA
# title: Services that take an address
# description: |
#   Whoever may set externalIPs draws the cluster's traffic for any address to
#   pods of their own (CVE-2020-8554); nothing checks whose the address is.
#   Kubernetes documentation, admission controller DenyServiceExternalIPs.
# custom:
#   id: security/service-external-ips
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Use type LoadBalancer (with MetalLB or Cilium on own hardware) or a Gateway, and remove
#     spec.externalIPs.
#   scope: resource
#   kinds: [core/Service]
package holdfast.security.service_external_ips

import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["spec", "externalIPs"]} if {
	addresses := [address | some address in input.resource.spec.externalIPs; is_string(address)]
	_ := addresses[0]
	msg := sprintf("%s takes %s", [names.title(input.resource), concat(", ", addresses)])
}
