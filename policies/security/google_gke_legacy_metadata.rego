# METADATA
# title: GKE nodes with the legacy metadata server
# description: |
#   The old endpoints of the metadata server answer without the header that
#   keeps a tricked program from asking for the credentials of the node. They
#   are off from GKE 1.12 unless disable-legacy-endpoints is false. GKE
#   documentation, "Protecting cluster metadata".
# custom:
#   id: security/google-gke-legacy-metadata
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set disable-legacy-endpoints to "true" in the metadata of node_config, or leave it out.
#   scope: resource
#   kinds: [terraform/google_container_cluster, terraform/google_container_node_pool]
package holdfast.security.google_gke_legacy_metadata

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "node_config", i, "metadata", "disable-legacy-endpoints"]} if {
	attributes.no(input.resource.spec.node_config[i].metadata["disable-legacy-endpoints"])
	msg := sprintf("%s keeps the legacy metadata server", [attributes.title])
}
