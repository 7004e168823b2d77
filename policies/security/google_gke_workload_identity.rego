# METADATA
# title: GKE clusters without Workload Identity
# description: |
#   Without Workload Identity Federation pods reach the APIs of Google with the
#   service account of their node, all with the same rights. Autopilot has it.
#   CIS Google Kubernetes Engine Benchmark 1.4.0, 5.2.2.
# custom:
#   id: security/google-gke-workload-identity
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gke/5.2.2]
#   remediation: >-
#     Add workload_identity_config with workload_pool, and workload_metadata_config with mode
#     GKE_METADATA.
#   scope: resource
#   kinds: [terraform/google_container_cluster, terraform/google_container_node_pool]
package holdfast.security.google_gke_workload_identity

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "google_container_cluster"
	not input.resource.spec.workload_identity_config[0]
	not _autopilot
	msg := sprintf("%s is without Workload Identity", [attributes.title])
}

deny contains {"msg": msg, "path": ["spec", "node_config", i, "workload_metadata_config", j, attribute]} if {
	some [i, j, attribute, mode] in _modes
	mode in {"GCE_METADATA", "EXPOSE", "UNSPECIFIED", "MODE_UNSPECIFIED"}
	msg := sprintf("%s shows pods the metadata of their node: %s is %s", [attributes.title, attribute, mode])
}

_modes contains [i, j, "mode", mode] if {
	mode := input.resource.spec.node_config[i].workload_metadata_config[j].mode
}

_modes contains [i, j, "node_metadata", mode] if {
	mode := input.resource.spec.node_config[i].workload_metadata_config[j].node_metadata
}

# Autopilot decides for itself.
_autopilot if attributes.maybe_on(input.resource.spec.enable_autopilot)
