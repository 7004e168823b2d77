# METADATA
# title: Replicas tied to one zone
# description: |
#   A nodeSelector or required nodeAffinity that names one zone only takes all
#   replicas down with that zone (kubernetes.io, "Running in multiple zones").
#   Asked of Deployments and StatefulSets of two replicas or more. Passed over
#   are namespaces that have workloads tied to several zones, as where a workload
#   is made once for each of them.
# custom:
#   id: dr/tied-to-one-zone
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Let the pods run in several zones, and spread them by topology.kubernetes.io/zone.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.tied_to_one_zone

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.requests
import data.holdfast.lib.spread

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, workload)} if {
	some key, tie in _tied
	count(_zones[key[0]]) == 1
	workload := disruption.workloads[key]
	replicas := autoscaling.most_replicas(key, requests.replicas(workload))
	replicas > 1
	msg := sprintf("the %d replicas of %s can run in zone %q only", [replicas, names.title(workload), tie.value])
	path := array.concat(["spec", "template", "spec"], tie.path)
}

_tied := {key: ties[0] |
	some key, workload in disruption.workloads
	ties := [tie |
		some tie in spread.ties(spread.template(workload).spec)
		tie.key in spread.zones
	]
}

# The zones to which something in a namespace is tied.
_zones := groups.distinct_by_first([[key[0], tie.value] | some key, tie in _tied])
