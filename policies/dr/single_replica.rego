# METADATA
# title: Single replicas
# description: |
#   A Deployment or StatefulSet with one pod is down whenever its node is
#   drained, upgraded or lost. Where a HorizontalPodAutoscaler targets it, the
#   autoscaler's minReplicas counts in place of its own replicas. Replicas of 0
#   mean switched off, and pass. The annotation holdfast.dev/single-replica on
#   the workload, with a reason, excuses it.
# custom:
#   id: dr/single-replica
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set spec.replicas (or minReplicas of its HorizontalPodAutoscaler) to 2 or more, or say why not
#     in the annotation holdfast.dev/single-replica.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
#   params:
#     min_replicas: 2
package holdfast.dr.single_replica

import data.holdfast.lib.autoscaling
import data.holdfast.lib.names
import data.holdfast.lib.requests

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, workload)} if {
	some kind in ["Deployment", "StatefulSet"]
	some namespace, workloads in _resources[concat("/", ["apps", kind])]
	some name, workload in workloads
	not [namespace, kind, name] in _scaled
	replicas := requests.replicas(workload)
	replicas > 0
	replicas < data.holdfast.params.min_replicas
	not _excused(workload)
	msg := sprintf("%s runs %s, fewer than %d", [names.title(workload), _count(replicas), data.holdfast.params.min_replicas])
	path := _path(workload)
}

warn contains {"msg": msg, "path": ["spec"], "resource": names.identity(input.target.name, workload)} if {
	some scaled in autoscaling.targets
	scaled.least < data.holdfast.params.min_replicas
	[namespace, kind, name] := scaled.key
	workload := _resources[concat("/", ["apps", kind])][namespace][name]
	not requests.replicas(workload) == 0
	not _excused(workload)
	msg := sprintf("%s may be scaled down to %s by %s, fewer than %d", [
		names.title(workload),
		_count(scaled.least),
		names.title(scaled.autoscaler),
		data.holdfast.params.min_replicas,
	])
}

_count(1) := "1 replica"

_count(n) := sprintf("%d replicas", [n]) if n != 1

_excused(workload) if names.reason(workload, "holdfast.dev/single-replica")

_path(workload) := ["spec", "replicas"] if {
	is_number(workload.spec.replicas)
} else := ["spec"]

_scaled := {scaled.key | some scaled in autoscaling.targets}
