package holdfast.security.ingress_plain_http_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ingress_plain_http

_ingress(annotations, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_annotated(annotations, spec) := found if {
	found := ingress_plain_http.warn with input as samples.of(_ingress(annotations, spec))
}

_warn(spec) := _annotated({}, spec)

_tls := {"tls": [{"hosts": ["shop.example.com"]}]}

test_no_redirect_is_found if {
	_annotated({"nginx.ingress.kubernetes.io/ssl-redirect": "false"}, _tls) == {{
		"msg": `Ingress "web" has TLS, but serves plain HTTP too, by nginx.ingress.kubernetes.io/ssl-redirect`,
		"path": ["metadata", "annotations", "nginx.ingress.kubernetes.io/ssl-redirect"],
	}}
	_annotated({"kubernetes.io/ingress.allow-http": "true"}, _tls) == {{
		"msg": `Ingress "web" has TLS, but serves plain HTTP too, by kubernetes.io/ingress.allow-http`,
		"path": ["metadata", "annotations", "kubernetes.io/ingress.allow-http"],
	}}
	every entry_points in ["web", "websecure,web", "web , websecure"] {
		_annotated({"traefik.ingress.kubernetes.io/router.entrypoints": entry_points}, _tls) == {{
			"msg": `Ingress "web" has TLS, but serves plain HTTP too, by traefik.ingress.kubernetes.io/router.entrypoints`,
			"path": ["metadata", "annotations", "traefik.ingress.kubernetes.io/router.entrypoints"],
		}}
	}
}

test_the_default_of_google_cloud_is_found if {
	_warn(object.union(_tls, {"ingressClassName": "gce"})) == {{
		"msg": `Ingress "web" has TLS, but serves plain HTTP too, by the default of its class`,
		"path": ["spec"],
	}}
	count(_annotated({"kubernetes.io/ingress.class": "gce"}, object.union(_tls, {"ingressClassName": null}))) == 1
	count(_annotated({"kubernetes.io/ingress.class": "gce", "kubernetes.io/ingress.allow-http": "true"}, _tls)) == 1
}

test_a_redirect_passes if {
	every annotations in [
		{"nginx.ingress.kubernetes.io/ssl-redirect": "true"},
		{
			"nginx.ingress.kubernetes.io/ssl-redirect": "false",
			"nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
		},
		{"kubernetes.io/ingress.class": "gce", "kubernetes.io/ingress.allow-http": "false"},
		{"kubernetes.io/ingress.class": "gce", "networking.gke.io/v1beta1.FrontendConfig": "redirect"},
		{"kubernetes.io/ingress.allow-http": "true", "networking.gke.io/v1beta1.FrontendConfig": "redirect"},
		{"traefik.ingress.kubernetes.io/router.entrypoints": "websecure"},
		{"traefik.ingress.kubernetes.io/router.entrypoints": null},
		{},
		null,
	] {
		_annotated(annotations, _tls) == set()
	}
	_annotated({"kubernetes.io/ingress.class": "gce"}, object.union(_tls, {"ingressClassName": "nginx"})) == set()
}

test_no_tls_is_of_another_rule if {
	every spec in [{}, {"tls": []}, null] {
		_annotated({"nginx.ingress.kubernetes.io/ssl-redirect": "false"}, spec) == set()
	}
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
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: "false"
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`
