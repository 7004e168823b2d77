# METADATA
# title: Pods that nothing brings back
# description: |
#   A Pod without a controller is gone when its node is: nothing starts it anew,
#   and a change of it means to delete it. Pods that another object owns, and
#   hooks of Helm or Argo CD, pass. Kubernetes documentation, "Configuration
#   Good Practices", naked Pods.
# custom:
#   id: security/naked-pod
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Make it a Deployment, or a Job if it ends by itself.
#   scope: resource
#   kinds: [core/Pod]
package holdfast.security.naked_pod

import data.holdfast.lib.names

_hooks := {"helm.sh/hook", "argocd.argoproj.io/hook", "kubernetes.io/config.mirror"}

warn contains {"msg": msg, "path": ["kind"]} if {
	not _owned
	not _hook
	msg := sprintf("%s has no controller", [names.title(input.resource)])
}

_owned if some _ in input.resource.metadata.ownerReferences

_hook if {
	some hook in _hooks
	names.reason(input.resource, hook)
}
