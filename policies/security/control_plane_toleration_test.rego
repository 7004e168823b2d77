package holdfast.security.control_plane_toleration_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.control_plane_toleration

_warn(spec) := found if {
	found := control_plane_toleration.warn with input as samples.of(samples.deployment(spec))
}

_found(toleration) := count(_warn({"tolerations": [{"key": "gpu", "operator": "Exists"}, toleration]}))

test_it_is_found if {
	_warn({"tolerations": [{"key": "gpu"}, {
		"key": "node-role.kubernetes.io/control-plane",
		"operator": "Exists",
		"effect": "NoSchedule",
	}]}) == {{
		"msg": `Deployment "web" tolerates the nodes of the control plane`,
		"path": samples.in_pod(["tolerations", 1]),
	}}
	_found({"key": "node-role.kubernetes.io/master", "effect": ""}) == 1
	_found({"operator": "Exists"}) == 1
	_found({"operator": "Exists", "key": ""}) == 1
}

test_others_pass if {
	_found({"key": "node-role.kubernetes.io/control-plane", "effect": "NoExecute"}) == 0
	_found({"operator": "Exists", "effect": "NoExecute"}) == 0
	_found({"key": "node-role.kubernetes.io/worker"}) == 0
	_found({"operator": "Equal"}) == 0
	_found(null) == 0
	_warn({"tolerations": null}) == set()
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
      tolerations: [{key: gpu, operator: Exists}]
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
      tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}]
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
