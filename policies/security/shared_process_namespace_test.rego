package holdfast.security.shared_process_namespace_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.shared_process_namespace

_warn(spec) := found if {
	found := shared_process_namespace.warn with input as samples.of(samples.deployment(spec))
}

test_it_is_found if {
	_warn({"shareProcessNamespace": true}) == {{
		"msg": `the containers of Deployment "web" share their processes`,
		"path": samples.in_pod(["shareProcessNamespace"]),
	}}
}

test_it_is_found_in_a_pod if {
	pod := {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"shareProcessNamespace": true}}
	found := shared_process_namespace.warn with input as samples.of(pod)
	{f.path | some f in found} == {["spec", "shareProcessNamespace"]}
}

test_others_pass if {
	_warn({"shareProcessNamespace": false}) == set()
	_warn({"shareProcessNamespace": null}) == set()
	_warn({}) == set()
	_warn(null) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
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
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      shareProcessNamespace: true
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
