# METADATA
# title: Hosts and paths that are claimed twice
# description: |
#   Two rules for one host and path of one Ingress class: which of them gets the
#   requests depends on the controller and on age, and so one application takes
#   another's. Canaries of ingress-nginx, rules with conditions of the AWS load
#   balancer and rules without a host are left alone, as are classes that make a
#   load balancer for each Ingress. Kubernetes documentation, "Ingress".
# custom:
#   id: security/ingress-conflict
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Give one of them another host or path, or merge the two.
#   scope: target
#   kinds: [networking.k8s.io/Ingress]
package holdfast.security.ingress_conflict

import data.holdfast.lib.names

deny contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, claim.ingress)} if {
	some i, entry in _claims
	previous := _claims[i - 1]
	previous[0] == entry[0]
	claim := _places[entry[1]]
	msg := sprintf("%s claims %s%s, as %s does", [
		_title(claim.ingress),
		entry[0][1],
		entry[0][2],
		_title(_places[previous[1]].ingress),
	])
	path := ["spec", "rules", entry[1][2], "http", "paths", entry[1][3]]
}

_title(ingress) := sprintf("%s of namespace %q", [names.title(ingress), ingress.metadata.namespace]) if {
	is_string(ingress.metadata.namespace)
} else := names.title(ingress)

# What a path is, by the place where it is claimed.
_places := {[namespace, name, i, j]: {"key": key, "ingress": ingress} |
	some namespace, by_name in data.holdfast.resources[input.target.name]["networking.k8s.io/Ingress"]
	some name, ingress in by_name
	not _left_alone(ingress)
	some i, rule in ingress.spec.rules
	is_string(rule.host)
	rule.host != ""
	some j, path in rule.http.paths
	is_object(path)
	key := [_class(ingress), lower(rule.host), _path(path), _exact(path)]
}

# In the sorted list those of one key are neighbours.
_claims := sort([[claim.key, place] | some place, claim in _places])

_class(ingress) := ingress.spec.ingressClassName if {
	is_string(ingress.spec.ingressClassName)
} else := ingress.metadata.annotations["kubernetes.io/ingress.class"] if {
	is_string(ingress.metadata.annotations["kubernetes.io/ingress.class"])
} else := ""

# All but Exact are prefixes, or taken as such.
_exact(path) if {
	path.pathType == "Exact"
} else := false

_path(path) := path.path if {
	_exact(path)
} else := concat("", ["/", trim(path.path, "/")]) if {
	is_string(path.path)
} else := "/"

_left_alone(ingress) if ingress.metadata.annotations["nginx.ingress.kubernetes.io/canary"] == "true"

_left_alone(ingress) if {
	some annotation, _ in ingress.metadata.annotations
	is_string(annotation)
	startswith(annotation, "alb.ingress.kubernetes.io/conditions.")
}

_left_alone(ingress) if _class(ingress) in {"gce", "gce-internal"}

# Without a group the AWS controller makes a load balancer for each Ingress.
_left_alone(ingress) if {
	_class(ingress) == "alb"
	not names.reason(ingress, "alb.ingress.kubernetes.io/group.name")
}
