# METADATA
# title: GKE clusters whose logs or metrics go nowhere
# description: |
#   With the services set to none the logs and metrics of a cluster are lost,
#   those of an attack too. Both are on by default. CIS Google Kubernetes Engine
#   Benchmark 1.4.0, 5.7.1.
# custom:
#   id: security/google-gke-logging
#   category: security
#   severity: medium
#   profile: starter
#   controls: [cis-gke/5.7.1]
#   remediation: >-
#     Set logging_service and monitoring_service to their defaults, or leave them out; keep
#     SYSTEM_COMPONENTS in enable_components.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_logging

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	some [path, what] in _off
	msg := sprintf("%s sends its %s nowhere", [attributes.title, what])
}

_off contains [["spec", "logging_service"], "logs"] if input.resource.spec.logging_service == "none"

_off contains [["spec", "monitoring_service"], "metrics"] if input.resource.spec.monitoring_service == "none"

_off contains [["spec", "logging_config", i, "enable_components"], "logs"] if {
	input.resource.spec.logging_config[i].enable_components == []
}

_off contains [["spec", "monitoring_config", i, "enable_components"], "metrics"] if {
	input.resource.spec.monitoring_config[i].enable_components == []
}
