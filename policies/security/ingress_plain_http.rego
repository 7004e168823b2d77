# METADATA
# title: Ingresses that serve plain HTTP beside TLS
# description: |
#   An Ingress with TLS that answers on HTTP as well, instead of redirecting,
#   lets whoever is on the way keep a visitor there. So it is where an
#   annotation turns the redirect of ingress-nginx off, allows HTTP on Google
#   Cloud or names Traefik's entry point web; and on Google Cloud (class gce) by
#   default, unless a FrontendConfig is named. ingress-nginx documentation,
#   server-side HTTPS enforcement; GKE documentation, disabling HTTP; RFC 6797.
# custom:
#   id: security/ingress-plain-http
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-8]
#   remediation: >-
#     Remove the annotation; on Google Cloud set kubernetes.io/ingress.allow-http to "false", or
#     redirect by a FrontendConfig.
#   scope: resource
#   kinds: [networking.k8s.io/Ingress]
package holdfast.security.ingress_plain_http

import data.holdfast.lib.names

warn contains {"msg": msg, "path": path} if {
	_ := input.resource.spec.tls[0]
	some what, path in _open
	msg := sprintf("%s has TLS, but serves plain HTTP too, by %s", [names.title(input.resource), what])
}

_annotations := input.resource.metadata.annotations

# By what it is open, and where that is said.
_open["nginx.ingress.kubernetes.io/ssl-redirect"] := _at("nginx.ingress.kubernetes.io/ssl-redirect") if {
	_annotations["nginx.ingress.kubernetes.io/ssl-redirect"] == "false"
	not _annotations["nginx.ingress.kubernetes.io/force-ssl-redirect"] == "true"
}

_open["kubernetes.io/ingress.allow-http"] := _at("kubernetes.io/ingress.allow-http") if {
	_annotations["kubernetes.io/ingress.allow-http"] == "true"
	not _redirected
}

_open["the default of its class"] := ["spec"] if {
	_class == "gce"
	not _decided
	not _redirected
}

_open["traefik.ingress.kubernetes.io/router.entrypoints"] := _at("traefik.ingress.kubernetes.io/router.entrypoints") if {
	entry_points := _annotations["traefik.ingress.kubernetes.io/router.entrypoints"]
	is_string(entry_points)
	regex.match(`(?:^|,)\s*web\s*(?:,|$)`, entry_points)
}

_decided if _annotations["kubernetes.io/ingress.allow-http"] in {"true", "false"}

_redirected if names.reason(input.resource, "networking.gke.io/v1beta1.FrontendConfig")

_class := input.resource.spec.ingressClassName if {
	is_string(input.resource.spec.ingressClassName)
} else := _annotations["kubernetes.io/ingress.class"]

_at(annotation) := ["metadata", "annotations", annotation]
