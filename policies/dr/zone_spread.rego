# METADATA
# title: Replicas that may all run in one zone
# description: |
#   A workload that has to outlive the loss of a zone needs a spread constraint
#   or an anti-affinity by topology.kubernetes.io/zone that counts its own pods;
#   the scheduler's own preference is weak (kubernetes.io, "Running in multiple
#   zones"). Asked of Deployments and StatefulSets of two replicas or more that
#   are not tied to a zone or a node.
# custom:
#   id: dr/zone-spread
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add a topologySpreadConstraint with topologyKey topology.kubernetes.io/zone whose labelSelector
#     matches the pods' own labels.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.zone_spread

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests
import data.holdfast.lib.spread

warn contains {"msg": msg, "path": ["spec", "template", "spec"], "resource": names.identity(input.target.name, workload)} if {
	some key, workload in disruption.workloads
	replicas := autoscaling.most_replicas(key, requests.replicas(workload))
	replicas > 1
	pod := spread.template(workload)
	pod.spec != {}
	spread.keys(pod) & spread.zones == set()
	{tie.key | some tie in spread.ties(pod.spec)} & (spread.zones | {spread.host}) == set()
	msg := sprintf("nothing keeps the %d replicas of %s in different zones", [replicas, names.title(workload)])
}
