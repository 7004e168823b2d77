# METADATA
# title: GKE clusters without network policies
# description: |
#   Without an engine for them a GKE cluster accepts NetworkPolicies and
#   enforces none: each pod may talk to every other one. Dataplane V2 and
#   Autopilot enforce them. CIS Google Kubernetes Engine Benchmark 1.4.0, 5.6.7.
# custom:
#   id: security/google-gke-network-policy
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gke/5.6.7]
#   remediation: >-
#     Set datapath_provider to ADVANCED_DATAPATH, or network_policy.enabled to true with its add-on.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_network_policy

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _enforced
	not _autopilot
	msg := sprintf("%s enforces no network policies", [attributes.title])
	path := attributes.place(
		["network_policy", 0, "enabled"],
		[value | value := input.resource.spec.network_policy[0].enabled],
	)
}

_enforced if attributes.maybe_on(input.resource.spec.network_policy[0].enabled)

_enforced if input.resource.spec.datapath_provider == "ADVANCED_DATAPATH"

_enforced if attributes.later(input.resource.spec.datapath_provider)

# Autopilot decides for itself.
_autopilot if attributes.maybe_on(input.resource.spec.enable_autopilot)
