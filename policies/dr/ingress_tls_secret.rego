# METADATA
# title: Ingresses whose certificate nothing makes
# description: |
#   An Ingress with a tls.secretName that no Certificate, Secret, SealedSecret,
#   ExternalSecret or the like of the target makes serves the controller's own,
#   untrusted certificate, and whoever made the Secret by hand has to renew it by
#   hand (kubernetes.io, "Ingress", TLS). Passed over are Ingresses with
#   annotations of cert-manager or for ACME, and targets that have no certificate
#   or Secret with a certificate at all, since they then come from elsewhere.
# custom:
#   id: dr/ingress-tls-secret
#   category: dr
#   severity: low
#   profile: recommended
#   remediation: >-
#     Add a cert-manager Certificate with that spec.secretName, or the annotation
#     cert-manager.io/cluster-issuer on the Ingress.
#   scope: target
#   kinds: [networking.k8s.io/Ingress]
package holdfast.dr.ingress_tls_secret

import data.holdfast.lib.names
import data.holdfast.lib.placeholders

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": ["spec", "tls", i, "secretName"], "resource": names.identity(input.target.name, ingress)} if {
	some by_name in _resources["networking.k8s.io/Ingress"]
	some ingress in by_name
	some i, tls in ingress.spec.tls
	is_string(tls.secretName)
	tls.secretName != ""
	_made != set()
	not _by_annotation(ingress)
	not tls.secretName in _made
	not placeholders.within(tls.secretName)
	msg := sprintf("nothing makes the Secret %q that %s serves TLS with", [tls.secretName, names.title(ingress)])
}

_by_annotation(ingress) if {
	some annotation, _ in ingress.metadata.annotations
	regex.match(`^cert-manager\.io/(?:cluster-)?issuer$|^kubernetes\.io/tls-acme$|^cert\.gardener\.cloud/`, annotation)
}

# In any namespace, since a certificate may be copied from the one that makes it.
_made contains certificate.spec.secretName if {
	some by_name in _resources["cert-manager.io/Certificate"]
	some certificate in by_name
}

_made contains name if {
	some by_name in _resources["core/Secret"]
	some name, secret in by_name
	secret.type == "kubernetes.io/tls"
}

_made contains name if {
	some kind in ["bitnami.com/SealedSecret", "secrets.hashicorp.com/VaultStaticSecret", "secrets.hashicorp.com/VaultPKISecret"]
	some by_name in _resources[kind]
	some name, _ in by_name
}

_made contains secret.spec.destination.name if {
	some kind in ["secrets.hashicorp.com/VaultStaticSecret", "secrets.hashicorp.com/VaultPKISecret"]
	some by_name in _resources[kind]
	some secret in by_name
}

_made contains object.get(secret, ["spec", "target", "name"], name) if {
	some by_name in _resources["external-secrets.io/ExternalSecret"]
	some name, secret in by_name
}
