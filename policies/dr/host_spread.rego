# METADATA
# title: Replicas that may all run on one node
# description: |
#   Without a spread constraint or an anti-affinity that counts its own pods,
#   nothing but chance keeps the replicas of a workload on different nodes, and
#   one node may take all of them along (kubernetes.io, "Pod Topology Spread
#   Constraints"). Asked of Deployments and StatefulSets of two replicas or more;
#   one by zone will do, and so will a port of the host, which one pod alone can
#   have.
# custom:
#   id: dr/host-spread
#   category: dr
#   severity: low
#   profile: recommended
#   remediation: >-
#     Add a topologySpreadConstraint with topologyKey kubernetes.io/hostname whose labelSelector
#     matches the pods' own labels.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.host_spread

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
	spread.keys(pod) == set()
	not _has_host_port(pod.spec)
	msg := sprintf("nothing keeps the %d replicas of %s on different nodes", [replicas, names.title(workload)])
}

_has_host_port(spec) if {
	some container in spec.containers
	some port in container.ports
	_takes_host_port(spec, port)
}

_takes_host_port(_, port) if {
	port.hostPort > 0
}

_takes_host_port(spec, _) if spec.hostNetwork == true
