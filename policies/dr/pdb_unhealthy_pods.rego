# METADATA
# title: PodDisruptionBudgets that hold on to broken pods
# description: |
#   By default a pod that runs but is not ready counts against its budget, so
#   that a workload whose pods crash cannot be moved off a node, not even to
#   mend it. Kubernetes recommends unhealthyPodEvictionPolicy AlwaysAllow, by
#   which such pods may always be evicted (kubernetes.io, "Specifying a Disruption
#   Budget for your Application", unhealthy pod eviction policy).
# custom:
#   id: dr/pdb-unhealthy-pods
#   category: dr
#   severity: low
#   profile: strict
#   remediation: Set spec.unhealthyPodEvictionPolicy to AlwaysAllow.
#   scope: resource
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_unhealthy_pods

import data.holdfast.lib.names

warn contains {"msg": msg, "path": path} if {
	not input.resource.spec.unhealthyPodEvictionPolicy == "AlwaysAllow"
	msg := sprintf("%s keeps pods that are not ready from being evicted", [names.title(input.resource)])
	path := _path(input.resource.spec)
}

_path(spec) := ["spec", "unhealthyPodEvictionPolicy"] if {
	is_string(spec.unhealthyPodEvictionPolicy)
} else := ["spec"]
