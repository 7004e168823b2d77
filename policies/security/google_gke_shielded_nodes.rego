# METADATA
# title: GKE clusters without Shielded GKE Nodes
# description: |
#   Shielded nodes prove who they are when they join; without them a pod that
#   reads the metadata of its node can pose as another node. They are on by
#   default. CIS Google Kubernetes Engine Benchmark 1.4.0, 5.5.5.
# custom:
#   id: security/google-gke-shielded-nodes
#   category: security
#   severity: medium
#   profile: starter
#   controls: [cis-gke/5.5.5]
#   remediation: >-
#     Set enable_shielded_nodes to true, or leave it out.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_shielded_nodes

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s has nodes that do not prove who they are", [attributes.title])
}

_off contains ["enable_shielded_nodes"] if attributes.off(input.resource.spec.enable_shielded_nodes)
