# METADATA
# title: GKE nodes with the default service account
# description: |
#   Nodes that name no service account run as the default one of Compute Engine,
#   which is Editor of the project in many. CIS Google Kubernetes Engine
#   Benchmark 1.4.0, 5.2.1.
# custom:
#   id: security/google-gke-node-service-account
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gke/5.2.1]
#   remediation: >-
#     Make a service account with roles/container.defaultNodeServiceAccount and name it in
#     node_config.service_account.
#   scope: resource
#   kinds: [terraform/google_container_node_pool, terraform/google_container_cluster]
package holdfast.security.google_gke_node_service_account

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _named
	not _pool_removed
	not _autopilot
	msg := sprintf("%s has nodes that run as the default service account", [attributes.title])
	path := attributes.place(
		["node_config", 0, "service_account"],
		[value | value := input.resource.spec.node_config[0].service_account],
	)
}

# A cluster whose default pool is removed has its nodes elsewhere.
_pool_removed if attributes.maybe_on(input.resource.spec.remove_default_node_pool)

_pool_removed if input.resource.spec.node_pool[0]

_named if {
	account := input.resource.spec.node_config[0].service_account
	not account in {"", "default"}
}

# Autopilot decides for itself.
_autopilot if attributes.maybe_on(input.resource.spec.enable_autopilot)
