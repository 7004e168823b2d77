# METADATA
# title: Readiness probes
# description: |
#   A Service sends requests to a pod as soon as its containers run, ready or
#   not, unless they have a readiness probe. Asked of containers that declare a
#   port, in Deployments and StatefulSets.
# custom:
#   id: allocation/probes
#   category: allocation
#   severity: low
#   profile: recommended
#   remediation: Add a readinessProbe to the container that fails until it can serve requests.
#   scope: resource
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.allocation.probes

import data.holdfast.lib.probes

warn contains {"msg": msg, "path": entry.path} if {
	some entry in probes.lasting
	not is_object(object.get(entry.container, "readinessProbe", null))
	msg := sprintf("%s serves port %v but has no readinessProbe", [entry.label, _first_port(entry.container)])
}

_first_port(container) := container.ports[0].containerPort
