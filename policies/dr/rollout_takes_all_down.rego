# METADATA
# title: Rollouts that take all pods down
# description: |
#   A Deployment with several replicas is meant to stay up, but strategy Recreate,
#   or a rollingUpdate.maxUnavailable of all of them, ends every pod before a new
#   one is ready: each release is an outage, and a bad one lasts until it is
#   rolled back (kubernetes.io, "Deployments", strategy). The same holds for
#   rollingUpdate.maxUnavailable of a StatefulSet. Replicas are the most that a
#   HorizontalPodAutoscaler allows.
# custom:
#   id: dr/rollout-takes-all-down
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Use strategy RollingUpdate with a maxUnavailable below the number of replicas (25% is the default);
#     where two versions must not run side by side, run one replica.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.rollout_takes_all_down

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, workload)} if {
	some key, workload in disruption.workloads
	path := _path(workload)
	replicas := autoscaling.most_replicas(key, requests.replicas(workload))
	replicas > 1
	why := _why(workload, replicas)
	msg := sprintf("a rollout of %s ends all of its %d pods at once: %s", [names.title(workload), replicas, why])
}

# Where the strategy says so, if it may.
_path(workload) := ["spec", "strategy", "type"] if workload.spec.strategy.type == "Recreate"

_path(workload) := ["spec", _field(workload), "rollingUpdate", "maxUnavailable"] if {
	not workload.spec.strategy.type == "Recreate"
	_ := workload.spec[_field(workload)].rollingUpdate.maxUnavailable
}

_field(workload) := "strategy" if workload.kind == "Deployment"

_field(workload) := "updateStrategy" if workload.kind == "StatefulSet"

_why(workload, _) := "its strategy is Recreate" if workload.spec.strategy.type == "Recreate"

_why(workload, replicas) := sprintf("maxUnavailable is %v", [value]) if {
	not workload.spec.strategy.type == "Recreate"
	value := workload.spec[_field(workload)].rollingUpdate.maxUnavailable
	_pods(workload.kind, value, replicas) >= replicas
}

_pods("Deployment", value, _) := value if is_number(value)

# A Deployment's percentages are rounded down, a StatefulSet's up.
_pods("Deployment", value, replicas) := floor(_share(value) * replicas)

_pods("StatefulSet", value, replicas) := disruption.scaled(value, replicas)

_share(value) := to_number(trim_suffix(value, "%")) / 100 if {
	is_string(value)
	regex.match(`^(?:0|[1-9][0-9]{0,2})%$`, value)
}
