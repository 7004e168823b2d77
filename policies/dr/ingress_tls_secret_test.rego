package holdfast.dr.ingress_tls_secret_test

import data.holdfast.dr.ingress_tls_secret
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_ingress(tls) := clusters.make("networking.k8s.io/v1", "Ingress", "web", {"tls": tls})

_web := _ingress([{"hosts": ["a"]}, {"hosts": ["shop.example.com"], "secretName": "web-tls"}])

_certificate(name) := clusters.make("cert-manager.io/v1", "Certificate", "any", {"secretName": name})

_warn(resources) := found if {
	found := ingress_tls_secret.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_a_secret_that_nothing_makes_is_found if {
	_warn([_web, _certificate("other-tls")]) == {{
		"msg": `nothing makes the Secret "web-tls" that Ingress "web" serves TLS with`,
		"path": ["spec", "tls", 1, "secretName"],
		"resource": clusters.identity(_web),
	}}
	opaque := object.union(clusters.make("v1", "Secret", "web-tls", {}), {"type": "Opaque"})
	count(_warn([_web, opaque, _certificate("other-tls")])) == 1
	elsewhere := clusters.make("argoproj.io/v1alpha1", "Application", "a", {"destination": {"name": "web-tls"}})
	count(_warn([_web, elsewhere, _certificate("other-tls")])) == 1
	annotated := clusters.annotated(_web, {"cert-manager.io/revision-history-limit": "1", "nginx.org/cert-manager.io/issuer": "a"})
	count(_warn([annotated, _certificate("other-tls")])) == 1
}

test_each_maker_passes if {
	every maker in [
		_certificate("web-tls"),
		clusters.at(_certificate("web-tls"), {"namespace": "else"}),
		object.union(clusters.make("v1", "Secret", "web-tls", {}), {"type": "kubernetes.io/tls"}),
		clusters.make("bitnami.com/v1alpha1", "SealedSecret", "web-tls", {}),
		clusters.make("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "web-tls", {}),
		clusters.make("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "web-tls", {}),
		clusters.make("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "a", {"destination": {"name": "web-tls"}}),
		clusters.make("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "a", {"destination": {"name": "web-tls"}}),
		clusters.make("external-secrets.io/v1", "ExternalSecret", "web-tls", {}),
		clusters.make("external-secrets.io/v1", "ExternalSecret", "a", {"target": {"name": "web-tls"}}),
	] {
		other := clusters.at(_certificate("other-tls"), {"name": "other"})
		_warn([_web, other, maker]) == set()
		count(_warn([_web, other])) == 1
	}
}

test_annotations_pass if {
	every annotation in [
		"cert-manager.io/issuer",
		"cert-manager.io/cluster-issuer",
		"kubernetes.io/tls-acme",
		"cert.gardener.cloud/purpose",
	] {
		_warn([clusters.annotated(_web, {annotation: "x"}), _certificate("other-tls")]) == set()
	}
}

test_certificates_from_elsewhere_pass if {
	_warn([_web]) == set()
}

test_no_secret_passes if {
	every tls in [[], null, [{"hosts": ["a"]}], [{"secretName": ""}], [{"secretName": 5}], [{"secretName": "${HOST}-tls"}], [null]] {
		_warn([_ingress(tls), _certificate("other-tls")]) == set()
	}
}

good_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  tls:
    - {hosts: [shop.example.com], secretName: web-tls}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: web
spec:
  secretName: web-tls
  dnsNames: [shop.example.com]
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`

bad_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  tls:
    - {hosts: [shop.example.com], secretName: web-tls}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: api
spec:
  secretName: api-tls
  dnsNames: [api.example.com]
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`
