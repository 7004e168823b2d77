# METADATA
# title: Recovery objectives
# description: |
#   How much of a resource's data may be lost, as somebody declared it. The rules
#   that ask have the parameter dr_objectives.
package holdfast.lib.objectives

import data.holdfast.lib.durations

# rpo is the recovery point objective of a resource in a target's namespace, as
# {"minutes", "from"}: its own annotation or label holdfast.dev/rpo, else that of
# its Namespace, else what the parameter says of the namespace, else of all. It
# is undefined where nobody said anything.
rpo(target, namespace, resource) := objective if {
	objective := _declared(resource)
} else := objective if {
	objective := _declared(data.holdfast.resources[target]["core/Namespace"][""][namespace])
} else := {"minutes": minutes, "from": sprintf("dr_objectives.namespaces.%s", [namespace])} if {
	minutes := durations.length(data.holdfast.params.dr_objectives.namespaces[namespace].rpo)
} else := {"minutes": minutes, "from": "dr_objectives.default"} if {
	minutes := durations.length(data.holdfast.params.dr_objectives["default"].rpo)
}

_declared(resource) := {"minutes": minutes, "from": "holdfast.dev/rpo"} if {
	minutes := durations.length(resource.metadata.annotations["holdfast.dev/rpo"])
} else := {"minutes": minutes, "from": "holdfast.dev/rpo"} if {
	minutes := durations.length(resource.metadata.labels["holdfast.dev/rpo"])
}
