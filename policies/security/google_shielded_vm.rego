# METADATA
# title: Machines of Google Cloud without the shields of Shielded VM
# description: |
#   The virtual TPM and the monitoring of integrity tell whether a machine
#   started what it started before. Both are on by default for images that can
#   have them; what switches one off is found. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 4.8.
# custom:
#   id: security/google-shielded-vm
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/4.8]
#   remediation: >-
#     Set enable_vtpm and enable_integrity_monitoring to true in shielded_instance_config, or leave
#     them out.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
#     - terraform/google_container_cluster
#     - terraform/google_container_node_pool
#     - terraform/google_notebooks_instance
package holdfast.security.google_shielded_vm

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(path, [attribute])} if {
	some [path, attribute] in _off
	msg := sprintf("%s switches %s off", [attributes.title, attribute])
}

_off contains [["spec", "shielded_instance_config", i], "enable_vtpm"] if {
	attributes.off(input.resource.spec.shielded_instance_config[i].enable_vtpm)
}

_off contains [["spec", "shielded_instance_config", i], "enable_integrity_monitoring"] if {
	attributes.off(input.resource.spec.shielded_instance_config[i].enable_integrity_monitoring)
}

_off contains [["spec", "node_config", i, "shielded_instance_config", j], "enable_vtpm"] if {
	attributes.off(input.resource.spec.node_config[i].shielded_instance_config[j].enable_vtpm)
}

_off contains [["spec", "node_config", i, "shielded_instance_config", j], "enable_integrity_monitoring"] if {
	attributes.off(input.resource.spec.node_config[i].shielded_instance_config[j].enable_integrity_monitoring)
}
