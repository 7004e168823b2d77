# METADATA
# title: GKE clusters without a release channel
# description: |
#   A cluster in no release channel is upgraded late, and to versions that were
#   tried less. CIS Google Kubernetes Engine Benchmark 1.4.0, 5.5.4.
# custom:
#   id: security/google-gke-release-channel
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-gke/5.5.4]
#   remediation: >-
#     Set release_channel.channel to REGULAR or STABLE.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.security.google_gke_release_channel

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _chosen
	not _autopilot
	msg := sprintf("%s is in no release channel", [attributes.title])
	path := attributes.place(
		["release_channel", 0, "channel"],
		[value | value := input.resource.spec.release_channel[0].channel],
	)
}

_chosen if input.resource.spec.release_channel[0].channel != "UNSPECIFIED"

# Autopilot decides for itself.
_autopilot if attributes.maybe_on(input.resource.spec.enable_autopilot)
