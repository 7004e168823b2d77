package holdfast.security.ingress_conflict_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ingress_conflict

_paths(paths) := [{"host": "shop.example.com", "http": {"paths": paths}}]

_prefix(path) := {"path": path, "pathType": "Prefix"}

_ingress(namespace, name, changes) := ["networking.k8s.io/Ingress", object.union(
	{
		"apiVersion": "networking.k8s.io/v1",
		"kind": "Ingress",
		"metadata": {"name": name, "namespace": namespace},
		"spec": {"ingressClassName": "nginx", "rules": _paths([_prefix("/")])},
	},
	changes,
)]

_a := _ingress("shop", "a", {})

_deny(pairs) := found if {
	found := ingress_conflict.deny with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

test_one_path_in_two_namespaces_is_found if {
	_deny({_a, _ingress("other", "b", {"spec": {"rules": _paths([_prefix("/x"), _prefix("/")])}})}) == {{
		"msg": `Ingress "a" of namespace "shop" claims shop.example.com/, as Ingress "b" of namespace "other" does`,
		"path": ["spec", "rules", 0, "http", "paths", 0],
		"resource": {
			"target": "prod",
			"apiVersion": "networking.k8s.io/v1",
			"kind": "Ingress",
			"namespace": "shop",
			"name": "a",
		},
	}}
}

test_what_is_alike_is_found if {
	every rules in [
		[{"host": "SHOP.example.com", "http": {"paths": [{"path": "/"}]}}],
		_paths([{"pathType": "Prefix"}]),
		_paths([{"path": 7, "pathType": "Prefix"}]),
		_paths([{"path": "/", "pathType": "ImplementationSpecific"}]),
	] {
		count(_deny({_a, _ingress("shop", "b", {"spec": {"rules": rules}})})) == 1
	}
	count(_deny({_ingress("shop", "a", {"spec": {"rules": _paths([_prefix("/x"), _prefix("/x/")])}})})) == 1
	twice := array.concat(_paths([_prefix("/x")]), _paths([_prefix("/x/")]))
	{f.path | some f in _deny({_ingress("shop", "a", {"spec": {"rules": twice}})})} == {["spec", "rules", 1, "http", "paths", 0]}
}

test_one_finding_for_each_but_the_first if {
	{f.resource.name | some f in _deny({_a, _ingress("shop", "b", {}), _ingress("shop", "c", {})})} == {"b", "c"}
}

test_a_class_in_the_annotation_counts if {
	by_annotation := {"metadata": {"annotations": {"kubernetes.io/ingress.class": "nginx"}}, "spec": {"ingressClassName": null}}
	count(_deny({_a, _ingress("shop", "b", by_annotation)})) == 1
	no_class := {"spec": {"ingressClassName": null}}
	every none in [no_class, {"spec": {"ingressClassName": ""}}, object.union(no_class, {"metadata": {"annotations": {"kubernetes.io/ingress.class": 7}}})] {
		count(_deny({_ingress("shop", "b", no_class), _ingress("shop", "c", none)})) == 1
	}
}

test_without_a_namespace_too if {
	bare := {name: object.remove(_a[1], ["metadata"]) | some name in ["a", "b"]}
	resources := {"prod": {"networking.k8s.io/Ingress": {"": {name: object.union(ingress, {"metadata": {"name": name, "namespace": null}}) |
		some name, ingress in bare
	}}}}
	found := ingress_conflict.deny with data.holdfast.resources as resources with input as samples.of(null)
	{f.msg | some f in found} == {`Ingress "b" claims shop.example.com/, as Ingress "a" does`}
}

test_others_pass if {
	every changes in [
		{"spec": {"rules": _paths([_prefix("/api")])}},
		{"spec": {"rules": _paths([{"path": "/", "pathType": "Exact"}])}},
		{"spec": {"ingressClassName": "internal"}},
		{"spec": {"rules": [{"host": "api.example.com", "http": {"paths": [_prefix("/")]}}]}},
		{"spec": {"rules": [{"host": "shop.example.com"}, null]}},
		{"spec": {"rules": _paths([null])}},
		{"spec": {"rules": null}},
		{"metadata": {"annotations": {"nginx.ingress.kubernetes.io/canary": "true"}}},
		{"metadata": {"annotations": {"alb.ingress.kubernetes.io/conditions.web": "[]"}}},
	] {
		_deny({_a, _ingress("shop", "b", changes)}) == set()
	}
	count(_deny({_a, _ingress("shop", "b", {"metadata": {"annotations": {"nginx.ingress.kubernetes.io/canary": "false"}}})})) == 1
}

test_exact_paths_are_taken_as_they_are if {
	exact := {path: {"spec": {"rules": _paths([{"path": path, "pathType": "Exact"}])}} | some path in ["/x", "/x/"]}
	_deny({_ingress("shop", "a", exact["/x"]), _ingress("shop", "b", exact["/x/"])}) == set()
	count(_deny({_ingress("shop", "a", exact["/x"]), _ingress("shop", "b", exact["/x"])})) == 1
}

test_annotations_of_the_wrong_type_excuse_nothing if {
	count(_deny({_a, _ingress("shop", "b", {"metadata": {"annotations": ["a"]}})})) == 1
}

test_rules_without_a_host_pass if {
	every host in ["", null] {
		rules := {"spec": {"rules": [{"host": host, "http": {"paths": [_prefix("/")]}}]}}
		_deny({_ingress("shop", "a", rules), _ingress("shop", "b", rules)}) == set()
	}
}

test_a_load_balancer_for_each_passes if {
	every class in ["gce", "gce-internal", "alb"] {
		of_class := {"spec": {"ingressClassName": class}}
		_deny({_ingress("shop", "a", of_class), _ingress("shop", "b", of_class)}) == set()
	}
	grouped := {
		"metadata": {"annotations": {"alb.ingress.kubernetes.io/group.name": "shop"}},
		"spec": {"ingressClassName": "alb"},
	}
	count(_deny({_ingress("shop", "a", grouped), _ingress("shop", "b", grouped)})) == 1
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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
    - host: api.example.com
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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
`
