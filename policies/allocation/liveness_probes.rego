# METADATA
# title: Liveness probes
# description: |
#   A process that hangs goes on running; only a liveness probe has it restarted.
#   Not every program needs one: what exits when it fails is restarted without.
#   Asked of the containers and sidecars of Deployments, StatefulSets and
#   DaemonSets, whose pods are to run for ever. Kubernetes, "Liveness, Readiness,
#   and Startup Probes".
# custom:
#   id: allocation/liveness-probes
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Add a livenessProbe to the container that fails only where a restart helps.
#   scope: resource
#   kinds: [apps/Deployment, apps/StatefulSet, apps/DaemonSet]
package holdfast.allocation.liveness_probes

import data.holdfast.lib.probes

warn contains {"msg": msg, "path": entry.path} if {
	some entry in probes.lasting
	not is_object(object.get(entry.container, "livenessProbe", null))
	msg := sprintf("%s has no livenessProbe", [entry.label])
}
