# METADATA
# title: GKE clusters whose nodes have public addresses
# description: |
#   Nodes with external addresses can be reached from the Internet as soon as
#   one firewall rule lets it. CIS Google Kubernetes Engine Benchmark 1.4.0,
#   5.6.5.
# custom:
#   id: security/google-gke-private-nodes
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gke/5.6.5]
#   remediation: >-
#     Set private_cluster_config.enable_private_nodes to true.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_private_nodes

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _private
	msg := sprintf("%s gives its nodes public addresses", [attributes.title])
	path := attributes.place(
		["private_cluster_config", 0, "enable_private_nodes"],
		[value | value := input.resource.spec.private_cluster_config[0].enable_private_nodes],
	)
}

_private if attributes.maybe_on(input.resource.spec.private_cluster_config[0].enable_private_nodes)
