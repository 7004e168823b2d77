# METADATA
# title: GKE nodes that are not mended or upgraded
# description: |
#   Auto-upgrade brings nodes the patches of their release channel, and auto-
#   repair replaces those that are unwell. Both are on by default. CIS Google
#   Kubernetes Engine Benchmark 1.4.0, 5.5.2 and 5.5.3.
# custom:
#   id: security/google-gke-node-management
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gke/5.5.2, cis-gke/5.5.3]
#   remediation: >-
#     Set auto_repair and auto_upgrade to true in management, or leave them out.
#   scope: resource
#   kinds: [terraform/google_container_node_pool, terraform/google_container_cluster]
package holdfast.security.google_gke_node_management

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s has nodes that are not kept up by themselves", [attributes.title])
}

_off contains ["management", 0, "auto_upgrade"] if {
	attributes.off(input.resource.spec.management[0].auto_upgrade)
}

_off contains ["management", 0, "auto_repair"] if attributes.off(input.resource.spec.management[0].auto_repair)

_off contains ["cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_upgrade"] if {
	attributes.off(input.resource.spec.cluster_autoscaling[0].auto_provisioning_defaults[0].management[0].auto_upgrade)
}

_off contains ["cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_repair"] if {
	attributes.off(input.resource.spec.cluster_autoscaling[0].auto_provisioning_defaults[0].management[0].auto_repair)
}
