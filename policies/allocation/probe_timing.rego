# METADATA
# title: Probes that take longer than their period
# description: |
#   A probe whose timeoutSeconds is above its periodSeconds is still waiting when
#   the next is due, so that it runs less often than it says. Kubernetes, API
#   reference, Probe.
# custom:
#   id: allocation/probe-timing
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Raise periodSeconds to timeoutSeconds or above.
#   scope: resource
#   kinds: [core/Pod, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet]
package holdfast.allocation.probe_timing

import data.holdfast.lib.probes

warn contains {"msg": msg, "path": array.concat(entry.path, [field])} if {
	some entry in probes.lasting
	some field in probes.fields
	probe := entry.container[field]
	timeout := probes.number(probe, "timeoutSeconds")
	timeout > probes.number(probe, "periodSeconds")
	msg := sprintf("%s of %s may take %v s every %v s", [field, entry.label, timeout, probes.number(probe, "periodSeconds")])
}
