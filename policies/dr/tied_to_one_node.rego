# METADATA
# title: Workloads tied to one node
# description: |
#   nodeName, a nodeSelector or a required nodeAffinity that names one host only
#   keeps the pods from ever running elsewhere: when the node is lost, so is the
#   service (kubernetes.io, "Assigning Pods to Nodes", which gives more of the
#   limits of nodeName). Workloads scaled to 0 are passed over.
# custom:
#   id: dr/tied-to-one-node
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Select nodes by a label that several have, and keep the data on a volume that can be attached
#     to each of them.
#   scope: resource
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.tied_to_one_node

import data.holdfast.lib.names
import data.holdfast.lib.requests
import data.holdfast.lib.spread

warn contains {"msg": msg, "path": path} if {
	requests.replicas(input.resource) != 0
	pod := spread.template(input.resource)
	ties := [tie | some tie in spread.ties(pod.spec); tie.key == spread.host]
	msg := sprintf("%s can run on node %q only", [names.title(input.resource), ties[0].value])
	path := array.concat(["spec", "template", "spec"], ties[0].path)
}
