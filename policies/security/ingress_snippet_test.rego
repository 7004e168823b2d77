package holdfast.security.ingress_snippet_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ingress_snippet

_ingress(annotations, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_annotated(annotations, spec) := found if {
	found := ingress_snippet.deny with input as samples.of(_ingress(annotations, spec))
}

_deny(spec) := _annotated({}, spec)

test_each_snippet_is_found if {
	_annotated({"nginx.ingress.kubernetes.io/configuration-snippet": "return 200;", "a": "b"}, {}) == {{
		"msg": `Ingress "web" writes into the configuration of nginx, by nginx.ingress.kubernetes.io/configuration-snippet`,
		"path": ["metadata", "annotations", "nginx.ingress.kubernetes.io/configuration-snippet"],
	}}
	every annotation in ["nginx.org/server-snippets", "nginx.com/location-snippets", "nginx.org/location-snippet"] {
		count(_annotated({annotation: "a"}, {})) == 1
	}
	every name in ["server", "stream", "auth", "modsecurity"] {
		count(_annotated({sprintf("nginx.ingress.kubernetes.io/%s-snippet", [name]): "a"}, {})) == 1
	}
}

_config(settings) := found if {
	found := ingress_snippet.deny with input as samples.of({"kind": "ConfigMap", "metadata": {"name": "nginx"}, "data": settings})
}

test_the_setting_is_found if {
	_config({"allow-snippet-annotations": "true"}) == {{
		"msg": `ConfigMap "nginx" lets every Ingress write into the configuration of nginx`,
		"path": ["data", "allow-snippet-annotations"],
	}}
}

test_others_pass if {
	_annotated(
		{
			"nginx.ingress.kubernetes.io/rewrite-target": "/",
			"example.com/configuration-snippet": "a",
			"nginx.net/server-snippet": "a",
			"nginx.ingress.kubernetes.io/snippet-x": "a",
		},
		{},
	) == set()
	_annotated(null, {}) == set()
	_annotated(["a"], {}) == set()
	_config({"allow-snippet-annotations": "false"}) == set()
	_config(null) == set()
	secret := {"kind": "Secret", "metadata": {"name": "a"}, "data": {"allow-snippet-annotations": "true"}}
	found := ingress_snippet.deny with input as samples.of(secret)
	found == set()
	annotated := {"kind": "ConfigMap", "metadata": {"annotations": {"nginx.ingress.kubernetes.io/server-snippet": "a"}}}
	none := ingress_snippet.deny with input as samples.of(annotated)
	none == set()
}

good_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
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
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
      more_set_headers "X-Frame-Options: DENY";
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`
