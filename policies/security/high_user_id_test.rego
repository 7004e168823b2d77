package holdfast.security.high_user_id_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.high_user_id

_warn(spec) := found if {
	found := high_user_id.warn with input as samples.of(samples.deployment(spec))
}

_context(container, pod) := _warn({"securityContext": pod, "containers": [{"name": "web", "securityContext": container}]})

test_a_low_user_is_found if {
	_context({"runAsUser": 9999}, {"runAsUser": 20000}) == {{
		"msg": `container "web" runs as user 9999`,
		"path": samples.in_pod(["containers", 0]),
	}}
	count(_context(null, {"runAsUser": 1000})) == 1
	count(_context({"runAsUser": "20000"}, {"runAsUser": 1000})) == 1
}

test_no_user_is_found if {
	_warn({"initContainers": [{"name": "a"}]}) == {{
		"msg": `init container "a" runs as the user of its image`,
		"path": samples.in_pod(["initContainers", 0]),
	}}
	count(_context(null, {"runAsUser": "20000"})) == 1
}

test_a_high_user_passes if {
	_context({"runAsUser": 10000}, null) == set()
	_context(null, {"runAsUser": 10001}) == set()
	_context({"runAsUser": "1"}, {"runAsUser": 10001}) == set()
}

test_other_pods_pass if {
	_warn({"hostUsers": false, "containers": [{"name": "web"}]}) == set()
	_warn({"os": {"name": "windows"}, "containers": [{"name": "web"}]}) == set()
	count(_warn({"hostUsers": true, "os": {"name": "linux"}, "containers": [{"name": "web"}]})) == 1
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
          securityContext:
            runAsUser: 10001
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
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
          securityContext:
            runAsUser: 1000
`
