# METADATA
# title: Certificates of an issuer that does not exist
# description: |
#   A Certificate whose issuerRef names an issuer of the wrong kind is never
#   issued, or never again once it ends: kind is Issuer if left out, and an Issuer
#   serves its own namespace only (cert-manager.io, "Certificate resource" and
#   "Issuer"). Found are references to an Issuer that the namespace does not have,
#   where a ClusterIssuer of that name, or an Issuer in another namespace, is
#   known; and the reverse. Issuers from elsewhere pass, as do those of other
#   groups.
# custom:
#   id: dr/certificate-issuer
#   category: dr
#   severity: high
#   profile: recommended
#   remediation: Set spec.issuerRef.kind to the kind of the issuer that is meant, or add an Issuer to the namespace.
#   scope: snapshot
#   kinds: [cert-manager.io/Certificate]
package holdfast.dr.certificate_issuer

import data.holdfast.lib.groups
import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["spec", "issuerRef"], "resource": names.identity(asked.target, asked.certificate)} if {
	some asked in _asked
	what := _of_the_wrong_kind(asked.kind, asked.namespace, asked.name)
	msg := sprintf("%s asks for %s", [names.title(asked.certificate), what])
}

# A chart that is not read may install an Issuer of the same name here too.
warn contains {"msg": msg, "path": ["spec", "issuerRef"], "resource": names.identity(asked.target, asked.certificate)} if {
	some asked in _asked
	asked.kind in {"Issuer", "", null}
	not [asked.namespace, asked.name] in _issuers
	not asked.name in _cluster_issuers
	msg := sprintf("%s asks for Issuer %q, which is in another namespace (%s)", [
		names.title(asked.certificate),
		asked.name,
		min(_others[asked.name]),
	])
}

_asked := [asked |
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["cert-manager.io/Certificate"]
	some certificate in by_name
	ref := certificate.spec.issuerRef
	is_object(ref)
	object.get(ref, "group", "cert-manager.io") in {"cert-manager.io", "", null}
	asked := {
		"target": target,
		"namespace": namespace,
		"certificate": certificate,
		"kind": object.get(ref, "kind", "Issuer"),
		"name": ref.name,
	}
]

_of_the_wrong_kind(kind, namespace, name) := sprintf("Issuer %q, which is a ClusterIssuer", [name]) if {
	kind in {"Issuer", "", null}
	not [namespace, name] in _issuers
	name in _cluster_issuers
}

_of_the_wrong_kind("ClusterIssuer", _, name) := sprintf("ClusterIssuer %q, which is an Issuer (of namespace %s)", [name, min(_others[name])]) if {
	not name in _cluster_issuers
}

# Issuers of all targets, since one may install what another uses.
_issuers := {[namespace, name] |
	some namespace, by_name in data.holdfast.resources[_]["cert-manager.io/Issuer"]
	some name, _ in by_name
}

_others := groups.distinct_by_first([[name, namespace] | some [namespace, name] in _issuers])

_cluster_issuers := {name |
	some name, _ in data.holdfast.resources[_]["cert-manager.io/ClusterIssuer"][""]
}
