# METADATA
# title: Liveness like readiness
# description: |
#   Where one check serves as livenessProbe and as readinessProbe, and the former
#   gives up no later than the latter, a pod that is busy for a moment is
#   restarted rather than spared: under load one pod after another. The same
#   check with more patience (failureThreshold times periodSeconds) passes.
#   Kubernetes, "Configure Liveness, Readiness and Startup Probes".
# custom:
#   id: allocation/identical-probes
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Raise failureThreshold of the livenessProbe, or let it check less than the readinessProbe does.
#   scope: resource
#   kinds: [core/Pod, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet]
package holdfast.allocation.identical_probes

import data.holdfast.lib.probes

warn contains {"msg": msg, "path": array.concat(entry.path, ["livenessProbe"])} if {
	some entry in probes.lasting
	liveness := entry.container.livenessProbe
	readiness := entry.container.readinessProbe
	handlers := probes.handlers(liveness)
	count(handlers) > 0
	handlers == probes.handlers(readiness)
	_patience(liveness) <= _patience(readiness)
	msg := sprintf("%s is restarted by the check that takes it out of service, after %v s and %v s", [
		entry.label,
		_patience(liveness),
		_patience(readiness),
	])
}

_patience(probe) := probes.number(probe, "periodSeconds") * probes.number(probe, "failureThreshold")
