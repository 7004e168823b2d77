# METADATA
# title: Pods that are killed at once
# description: |
#   With terminationGracePeriodSeconds 0 a pod is taken for gone while it may
#   still run. For a StatefulSet a second pod of the same name may then start
#   and write to the same data; Kubernetes calls that unsafe and strongly
#   discourages it (kubernetes.io, "StatefulSets", deployment and scaling
#   guarantees). Elsewhere it breaks off what the pod was doing.
# custom:
#   id: dr/grace-period
#   category: dr
#   severity: high
#   profile: starter
#   remediation: Leave terminationGracePeriodSeconds out (30 seconds), or set it to what an orderly end takes.
#   scope: resource
#   kinds: [apps/StatefulSet, apps/Deployment]
package holdfast.dr.grace_period

import data.holdfast.lib.names
import data.holdfast.lib.pods

_path := array.concat(pods.spec_path(input.resource), ["terminationGracePeriodSeconds"])

_at_once if pods.spec(input.resource).terminationGracePeriodSeconds == 0

deny contains {"msg": msg, "path": _path} if {
	_at_once
	input.resource.kind == "StatefulSet"
	msg := sprintf("%s has a grace period of 0, so that two pods may write to the same data", [names.title(input.resource)])
}

warn contains {"msg": msg, "path": _path} if {
	_at_once
	input.resource.kind == "Deployment"
	msg := sprintf("%s has a grace period of 0, so that its pods are killed at work", [names.title(input.resource)])
}
