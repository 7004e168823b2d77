# METADATA
# title: Dashboards outside of the cluster
# description: |
#   The Kubernetes Dashboard on a load balancer, a node's port or an Ingress is
#   a login to the cluster that everyone can try; it has been archived and gets
#   no fixes. An Ingress with a login of its own (ingress-nginx) passes.
#   Kubernetes documentation, "Deploy and Access the Kubernetes Dashboard".
# custom:
#   id: security/dashboard-exposed
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Make the Service a ClusterIP, remove the Ingress, and reach it by kubectl port-forward.
#   scope: resource
#   kinds: [core/Service, networking.k8s.io/Ingress]
package holdfast.security.dashboard_exposed

import data.holdfast.lib.names

_pattern := `^kubernetes-dashboard(?:-web|-kong-proxy|-auth|-api)?$`

warn contains {"msg": msg, "path": ["spec", "type"]} if {
	input.resource.kind == "Service"
	input.resource.spec.type in {"LoadBalancer", "NodePort"}
	_dashboard(input.resource.metadata.name)
	msg := sprintf("%s is of type %s", [names.title(input.resource), input.resource.spec.type])
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "Ingress"
	not _asks_who_it_is
	some i, rule in input.resource.spec.rules
	some j, path_rule in rule.http.paths
	_dashboard(path_rule.backend.service.name)
	msg := sprintf("%s leads to Service %q", [names.title(input.resource), path_rule.backend.service.name])
	path := ["spec", "rules", i, "http", "paths", j, "backend"]
}

# A login of the Ingress itself stands before it.
_asks_who_it_is if {
	some annotation in ["auth-url", "auth-type", "auth-tls-secret"]
	names.reason(input.resource, concat("/", ["nginx.ingress.kubernetes.io", annotation]))
}

_dashboard(name) if {
	is_string(name)
	regex.match(_pattern, name)
}
