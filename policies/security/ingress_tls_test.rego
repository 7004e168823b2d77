package holdfast.security.ingress_tls_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ingress_tls

_ingress(annotations, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_annotated(annotations, spec) := found if {
	found := ingress_tls.deny with input as samples.of(_ingress(annotations, spec))
}

_deny(spec) := _annotated({}, spec)

_rules(hosts) := [{"host": host} | some host in hosts]

test_no_tls_is_found if {
	_deny({"rules": _rules(["shop.example.com"])}) == {{"msg": `Ingress "web" has no TLS`, "path": ["spec"]}}
	count(_deny({"tls": []})) == 1
	count(_deny({"tls": null, "defaultBackend": {}})) == 1
}

test_a_host_without_tls_is_found if {
	_deny({
		"tls": [{"hosts": ["shop.example.com"], "secretName": "a"}],
		"rules": _rules(["shop.example.com", "api.example.com"]),
	}) == {{"msg": `Ingress "web" has TLS, but not for api.example.com`, "path": ["spec", "rules", 1, "host"]}}
	count(_deny({"tls": [{"hosts": ["*.example.com"]}], "rules": _rules(["example.com", "a.b.example.com"])})) == 2
}

test_tls_passes if {
	every tls in [
		[{"hosts": ["shop.example.com"]}],
		[{"hosts": ["other.example.com"]}, {"hosts": ["*.example.com"]}],
		[{"secretName": "a"}],
		[{"hosts": []}],
	] {
		_deny({"tls": tls, "rules": _rules(["shop.example.com"])}) == set()
	}
	_deny({"tls": [{"hosts": ["*.example.com"]}], "rules": _rules(["*.example.com", "", null])}) == set()
	_deny(null) == set()
}

test_tls_that_is_set_up_elsewhere_passes if {
	every annotation, value in {
		"alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:eu-west-1:123456789012:certificate/a",
		"alb.ingress.kubernetes.io/listen-ports": `[{"HTTPS":443}]`,
		"networking.gke.io/managed-certificates": "web",
		"ingress.gcp.kubernetes.io/pre-shared-cert": "web",
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate": "web",
		"traefik.ingress.kubernetes.io/router.tls": "true",
		"route.openshift.io/termination": "edge",
		"nginx.ingress.kubernetes.io/ssl-passthrough": "true",
		"kubernetes.io/ingress.allow-http": "false",
	} {
		_annotated({annotation: value}, {}) == set()
		_annotated({annotation: value}, {"tls": [{"hosts": ["a.example.com"]}], "rules": _rules(["b.example.com"])}) == set()
		count(_annotated({annotation: ""}, {})) == 1
		count(_annotated({annotation: true}, {})) == 1
	}
	_deny({"ingressClassName": "cloudflare-tunnel"}) == set()
	count(_deny({"ingressClassName": "nginx"})) == 1
}

good_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`

bad_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`
