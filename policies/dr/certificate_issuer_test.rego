package holdfast.dr.certificate_issuer_test

import data.holdfast.dr.certificate_issuer
import data.holdfast.lib.clusters_test as clusters

_certificate(ref) := clusters.make("cert-manager.io/v1", "Certificate", "web", {"issuerRef": ref})

_issuer(namespace) := clusters.at(clusters.make("cert-manager.io/v1", "Issuer", "le", {}), {"namespace": namespace})

_cluster_issuer := {"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": {"name": "le"}, "spec": {}}

_deny(resources) := found if {
	found := certificate_issuer.deny with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
}

_warn(resources) := found if {
	found := certificate_issuer.warn with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
}

_none(resources) if {
	_deny(resources) == set()
	_warn(resources) == set()
}

_finding(what) := {{
	"msg": sprintf(`Certificate "web" asks for %s`, [what]),
	"path": ["spec", "issuerRef"],
	"resource": clusters.identity(_certificate({})),
}}

test_a_cluster_issuer_by_the_wrong_kind_is_found if {
	every ref in [
		{"name": "le"},
		{"name": "le", "kind": "Issuer"},
		{"name": "le", "kind": ""},
		{"name": "le", "kind": null},
		{"name": "le", "group": "cert-manager.io"},
		{"name": "le", "group": ""},
		{"name": "le", "group": null},
	] {
		_deny([_certificate(ref), _cluster_issuer]) == _finding(`Issuer "le", which is a ClusterIssuer`)
	}
}

test_an_issuer_of_another_namespace_is_found if {
	every kind in ["Issuer", "", null] {
		_warn([_certificate({"name": "le", "kind": kind}), _issuer("else")]) == _finding(concat("", [
			`Issuer "le", which is in another namespace (else)`,
		]))
	}
	_deny([_certificate({"name": "le"}), _issuer("else")]) == set()
	_warn([_certificate({"name": "le"}), _issuer("else")]) == _finding(`Issuer "le", which is in another namespace (else)`)
	_deny([_certificate({"name": "le", "kind": "ClusterIssuer"}), _issuer("shop")]) == _finding(concat("", [
		`ClusterIssuer "le", which is an Issuer (of namespace shop)`,
	]))
	{f.msg | some f in _warn([_certificate({"name": "le"}), _issuer("b"), _issuer("a")])} == {concat("", [
		`Certificate "web" asks for Issuer "le", which is in another namespace (a)`,
	])}
}

test_both_elsewhere_are_one_finding if {
	count(_deny([_certificate({"name": "le"}), _issuer("else"), _cluster_issuer])) == 1
	_warn([_certificate({"name": "le"}), _issuer("else"), _cluster_issuer]) == set()
}

test_an_issuer_that_is_there_passes if {
	_none([_certificate({"name": "le"}), _issuer("shop")])
	_none([_certificate({"name": "le"}), _issuer("shop"), _cluster_issuer, _issuer("else")])
	_none([_certificate({"name": "le", "kind": "ClusterIssuer"}), _cluster_issuer])
	_none([_certificate({"name": "le", "kind": "ClusterIssuer"}), _cluster_issuer, _issuer("shop")])
}

test_issuers_of_another_target_count if {
	world := object.union(clusters.of([_certificate({"name": "le"})]), clusters.in_target("platform", [_cluster_issuer]))
	found := certificate_issuer.deny with data.holdfast.resources as world with input as clusters.about_all
	count(found) == 1
}

test_issuers_that_are_not_known_pass if {
	_none([_certificate({"name": "le"})])
	_none([_certificate({"name": "other"}), _cluster_issuer, _issuer("else")])
	_none([_certificate({"name": "le", "group": "awspca.cert-manager.io"}), _cluster_issuer])
	_none([_certificate({"name": "le", "kind": "AWSPCAIssuer"}), _cluster_issuer, _issuer("else")])
	_none([_certificate({"name": "le", "kind": "AWSPCAIssuer"}), _issuer("else")])
	_none([_certificate(null), _cluster_issuer])
}

good_example := `apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata:
  name: letsencrypt
spec:
  acme: {server: "https://acme-v02.api.letsencrypt.org/directory"}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: web
  namespace: shop
spec:
  secretName: web-tls
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`

bad_example := `apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata:
  name: letsencrypt
spec:
  acme: {server: "https://acme-v02.api.letsencrypt.org/directory"}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: web
  namespace: shop
spec:
  secretName: web-tls
  issuerRef: {name: letsencrypt}
`
