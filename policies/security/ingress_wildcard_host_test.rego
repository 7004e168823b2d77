package holdfast.security.ingress_wildcard_host_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ingress_wildcard_host

_ingress(annotations, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_annotated(annotations, spec) := found if {
	found := ingress_wildcard_host.warn with input as samples.of(_ingress(annotations, spec))
}

_warn(spec) := _annotated({}, spec)

test_it_is_found if {
	_warn({"rules": [{"host": "shop.example.com"}, {"host": "*.example.com"}]}) == {{
		"msg": `Ingress "web" takes every host of example.com`,
		"path": ["spec", "rules", 1],
	}}
	every rule in [{}, {"host": ""}, {"host": null}, {"host": "*"}] {
		_warn({"rules": [rule]}) == {{"msg": `Ingress "web" takes every host`, "path": ["spec", "rules", 0]}}
	}
}

test_a_default_backend_is_found if {
	_warn({"defaultBackend": {"service": {"name": "web"}}}) == {{
		"msg": `Ingress "web" takes every host, by its default backend`,
		"path": ["spec", "defaultBackend"],
	}}
}

test_others_pass if {
	_warn({"rules": [{"host": "shop.example.com"}, null, {"host": 1}], "defaultBackend": null}) == set()
	_warn({"rules": null}) == set()
	_warn(null) == set()
}

good_example := `apiVersion: networking.k8s.io/v1
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

bad_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
    - host: "*.example.com"
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`
