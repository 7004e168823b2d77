package holdfast.security.default_namespace_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.default_namespace

_warn(kind, metadata) := found if {
	found := default_namespace.warn with input as samples.of({"kind": kind, "metadata": metadata})
}

test_it_is_found if {
	_warn("Service", {"name": "web", "namespace": "default"}) == {{
		"msg": `Service "web" is in the namespace default`,
		"path": ["metadata", "namespace"],
	}}
	count(_warn("Deployment", {"name": "kubernetes", "namespace": "default"})) == 1
	count(_warn("ConfigMap", {"name": "kubernetes", "namespace": "default"})) == 1
	count(_warn("Secret", {"name": "kube-root-ca.crt", "namespace": "default"})) == 1
}

test_others_pass if {
	_warn("Service", {"name": "web", "namespace": "shop"}) == set()
	_warn("Service", {"name": "default"}) == set()
	_warn("Service", {"name": "web", "namespace": null}) == set()
}

test_what_the_control_plane_keeps_passes if {
	_warn("Service", {"name": "kubernetes", "namespace": "default"}) == set()
	_warn("ConfigMap", {"name": "kube-root-ca.crt", "namespace": "default"}) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: default
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
