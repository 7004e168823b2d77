# METADATA
# title: Load balancers that are open to every address
# description: |
#   A Service of type LoadBalancer is reached from everywhere unless
#   loadBalancerSourceRanges, an annotation of the cloud provider or a private
#   address says otherwise. Well for a website; each should be meant. Databases
#   and the like are security/load-balancer-sensitive-port. Kubernetes
#   documentation, "Service", internal load balancer.
# custom:
#   id: security/load-balancer-open
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     List in spec.loadBalancerSourceRanges who may come, make it internal by the provider's
#     annotation, or waive the rule for what is for everyone.
#   scope: resource
#   kinds: [core/Service]
package holdfast.security.load_balancer_open

import data.holdfast.lib.exposure
import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "type"]} if {
	exposure.open(input.resource)
	msg := sprintf("%s is a load balancer that every address reaches", [names.title(input.resource)])
}
