# METADATA
# title: Pods that are killed at once
# description: |
#   With terminationGracePeriodSeconds 0 a pod is taken for gone while it may
#   still run. For a StatefulSet a second pod of the same name may then start
#   and write to the same data; Kubernetes calls that unsafe and strongly
#   discourages it (kubernetes.io, "StatefulSets", deployment and scaling
#   guarantees). Elsewhere it breaks off what the pod was doing, unless that is
#   to wait: a pause container, or a sleep without end.
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
	not _idle
	msg := sprintf("%s has a grace period of 0, so that its pods are killed at work", [names.title(input.resource)])
}

_idle if {
	some _ in pods.spec(input.resource).containers
	every container in pods.spec(input.resource).containers {
		_waits(container)
	}
}

_waits(container) if {
	is_string(container.image)
	regex.match(`(?:^|/)pause(?:-[a-z0-9]+)?(?:[:@][^/]*)?$`, container.image)
}

_waits(container) if {
	words := array.concat(_words(container, "command"), _words(container, "args"))
	regex.match(`(?:^|[/ ])(?:sleep (?:inf|infinity|[0-9]{4,}|[0-9]+d)|tail -f /dev/null)$`, concat(" ", words))
}

_words(container, field) := [word | some word in container[field]; is_string(word)]
