# METADATA
# title: Services on every node's address
# description: |
#   A NodePort is open on all nodes, past the load balancer and its TLS, and
#   stays open wherever a node has a public address. Kubernetes documentation,
#   "Service", type NodePort.
# custom:
#   id: security/node-port
#   category: security
#   severity: low
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Make it a ClusterIP behind an Ingress or a Gateway, or a LoadBalancer.
#   scope: resource
#   kinds: [core/Service]
package holdfast.security.node_port

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "type"]} if {
	input.resource.spec.type == "NodePort"
	msg := sprintf("%s is open on each node", [names.title(input.resource)])
}
