# METADATA
# title: GKE clusters whose API everyone may reach
# description: |
#   The Kubernetes API of a GKE cluster is on the Internet for everyone unless
#   its endpoint is private or it has authorized networks. A network of all
#   addresses is none. CIS Google Kubernetes Engine Benchmark 1.4.0, 5.6.3.
# custom:
#   id: security/google-gke-public-api
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-gke/5.6.3]
#   remediation: >-
#     Add master_authorized_networks_config with the networks of administrators, or set
#     enable_private_endpoint to true.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_public_api

import data.holdfast.lib.attributes
import data.holdfast.lib.ports

deny contains {"msg": msg, "path": ["spec"]} if {
	not _private
	not input.resource.spec.master_authorized_networks_config[0]
	msg := sprintf("%s has its API on the Internet for everyone", [attributes.title])
}

deny contains {"msg": msg, "path": path} if {
	network := input.resource.spec.master_authorized_networks_config[i].cidr_blocks[j].cidr_block
	ports.internet(network)
	not _private
	msg := sprintf("%s has its API on the Internet for everyone: %s is authorized", [attributes.title, network])
	path := ["spec", "master_authorized_networks_config", i, "cidr_blocks", j, "cidr_block"]
}

_private if attributes.maybe_on(input.resource.spec.private_cluster_config[0].enable_private_endpoint)

_private if {
	attributes.off(input.resource.spec.control_plane_endpoints_config[0].ip_endpoints_config[0].enabled)
}
