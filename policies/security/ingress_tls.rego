# METADATA
# title: Ingresses without TLS
# description: |
#   What an Ingress serves without TLS is read and changed on the way, session
#   cookies and passwords included. Each host of the rules must be among the
#   hosts of spec.tls; an entry without hosts is for all. TLS that the
#   annotations of AWS, Google Cloud, Azure, Traefik, OpenShift or ingress-nginx
#   (SSL passthrough) set up passes. Kubernetes documentation, "Ingress", TLS;
#   OWASP Kubernetes Security Cheat Sheet.
# custom:
#   id: security/ingress-tls
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-8]
#   remediation: >-
#     Add the host to spec.tls with the Secret of its certificate; cert-manager can issue it.
#   scope: resource
#   kinds: [networking.k8s.io/Ingress]
package holdfast.security.ingress_tls

import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["spec"]} if {
	is_object(input.resource.spec)
	not _has_tls
	not _elsewhere
	msg := sprintf("%s has no TLS", [names.title(input.resource)])
}

deny contains {"msg": msg, "path": ["spec", "rules", i, "host"]} if {
	_has_tls
	some i, rule in input.resource.spec.rules
	is_string(rule.host)
	rule.host != ""
	not _covered(rule.host)
	not _elsewhere
	msg := sprintf("%s has TLS, but not for %s", [names.title(input.resource), rule.host])
}

_has_tls if _ := input.resource.spec.tls[0]

_hosts := {host | some entry in input.resource.spec.tls; some host in entry.hosts}

_for_all if {
	some entry in input.resource.spec.tls
	not _names_hosts(entry)
}

_names_hosts(entry) if _ := entry.hosts[0]

_covered(_) if _for_all

_covered(host) if host in _hosts

_covered(host) if regex.replace(host, `^[^.]+`, "*") in _hosts

# TLS that is set up elsewhere, by the value of an annotation.
_annotations := {
	"alb.ingress.kubernetes.io/certificate-arn": `.`,
	"alb.ingress.kubernetes.io/listen-ports": `HTTPS`,
	"networking.gke.io/managed-certificates": `.`,
	"ingress.gcp.kubernetes.io/pre-shared-cert": `.`,
	"appgw.ingress.kubernetes.io/appgw-ssl-certificate": `.`,
	"traefik.ingress.kubernetes.io/router.tls": `^true$`,
	"route.openshift.io/termination": `^(?:edge|reencrypt|passthrough)$`,
	"nginx.ingress.kubernetes.io/ssl-passthrough": `^true$`,
	"kubernetes.io/ingress.allow-http": `^false$`,
}

_elsewhere if {
	some annotation, pattern in _annotations
	value := input.resource.metadata.annotations[annotation]
	is_string(value)
	regex.match(pattern, value)
}

# A tunnel ends TLS at its provider.
_elsewhere if input.resource.spec.ingressClassName == "cloudflare-tunnel"
