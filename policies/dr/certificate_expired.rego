# METADATA
# title: Certificates that have ended
# description: |
#   A certificate in the repository that has ended makes every connection by it
#   fail, and one that ends within cert_expiry_days will. Looked at are the
#   certificates of Secrets and ConfigMaps, and the caBundle of webhooks, of a
#   CustomResourceDefinition's conversion and of APIServices, without which the
#   API server refuses what they watch (RFC 5280, validity; kubernetes.io,
#   "Dynamic Admission Control"). A caBundle is only warned of, since many
#   controllers put their own in its place. Of tls.crt the first to end counts; of other
#   texts, which may hold many roots, the last.
# custom:
#   id: dr/certificate-expired
#   category: dr
#   severity: high
#   profile: starter
#   remediation: Replace the certificate, or let cert-manager make and renew it (for a caBundle, its CA injector).
#   scope: resource
#   kinds:
#     - core/Secret
#     - core/ConfigMap
#     - admissionregistration.k8s.io/ValidatingWebhookConfiguration
#     - admissionregistration.k8s.io/MutatingWebhookConfiguration
#     - apiextensions.k8s.io/CustomResourceDefinition
#     - apiregistration.k8s.io/APIService
#   params:
#     cert_expiry_days: 30
package holdfast.dr.certificate_expired

import data.holdfast.lib.certificates
import data.holdfast.lib.names

deny contains {"msg": _ended(found), "path": found.path} if {
	some found in _found
	found.end <= certificates.at(0)
	found.what != "caBundle"
}

warn contains {"msg": _ended(found), "path": found.path} if {
	some found in _found
	found.end <= certificates.at(0)
	found.what == "caBundle"
}

warn contains {"msg": msg, "path": found.path} if {
	some found in _found
	found.end > certificates.at(0)
	found.end <= certificates.at(data.holdfast.params.cert_expiry_days)
	msg := sprintf("the certificate in %s of %s ends on %s", [
		found.what,
		names.title(input.resource),
		certificates.date(found.end),
	])
}

_ended(found) := sprintf("the certificate in %s of %s ended on %s", [
	found.what,
	names.title(input.resource),
	certificates.date(found.end),
])

_found contains {"what": text.what, "path": text.path, "end": end} if {
	some text in _texts
	ends := certificates.ends(text.pem)
	end := _counted(text.what, ends)
}

_counted("tls.crt", ends) := min(ends)

_counted(what, ends) := max(ends) if what != "tls.crt"

_texts contains {"what": key, "path": ["stringData", key], "pem": text} if {
	some key, text in input.resource.stringData
	_is_pem(text)
}

_texts contains {"what": key, "path": ["data", key], "pem": text} if {
	input.resource.kind == "ConfigMap"
	some key, text in input.resource.data
	_is_pem(text)
}

_texts contains {"what": key, "path": ["data", key], "pem": _decoded(text)} if {
	input.resource.kind == "Secret"
	some key, text in input.resource.data
}

_texts contains {"what": "caBundle", "path": ["webhooks", i, "clientConfig", "caBundle"], "pem": pem} if {
	some i, webhook in input.resource.webhooks
	pem := _decoded(webhook.clientConfig.caBundle)
}

_texts contains {"what": "caBundle", "path": array.concat(path, ["caBundle"]), "pem": pem} if {
	is_object(input.resource) # nothing is there for a delete
	some path in [["spec"], ["spec", "conversion", "webhook", "clientConfig"]]
	pem := _decoded(object.get(input.resource, array.concat(path, ["caBundle"]), null))
}

_is_pem(text) if {
	is_string(text)
	contains(text, "-----BEGIN CERTIFICATE-----")
}

# The base64 of a text that begins with "-----BEGIN".
_decoded(text) := pem if {
	is_string(text)
	startswith(text, "LS0tLS1CRUdJTi")
	base64.is_valid(text)
	pem := base64.decode(text)
}
