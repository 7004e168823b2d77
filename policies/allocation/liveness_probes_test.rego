package holdfast.allocation.liveness_probes_test

import data.holdfast.allocation.liveness_probes
import data.holdfast.lib.samples_test as samples

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
          image: example.com/web:1.4.2
          livenessProbe: {httpGet: {path: /alive, port: 8080}}
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
          image: example.com/web:1.4.2
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
`

_warn(spec) := found if {
	found := liveness_probes.warn with input as samples.of(samples.deployment(spec))
}

_probe := {"livenessProbe": {"exec": {"command": ["true"]}}}

test_without_a_probe_is_found if {
	every container in [{"name": "web"}, {"name": "web", "livenessProbe": null, "readinessProbe": {}}] {
		_warn({"containers": [object.union(_probe, {"name": "a"}), container]}) == {{
			"msg": `container "web" has no livenessProbe`,
			"path": samples.in_pod(["containers", 1]),
		}}
	}
}

test_sidecars_count_and_init_containers_do_not if {
	_warn({"initContainers": [{"name": "a"}, {"name": "proxy", "restartPolicy": "Always"}]}) == {{
		"msg": `init container "proxy" has no livenessProbe`,
		"path": samples.in_pod(["initContainers", 1]),
	}}
}

test_a_probe_passes if {
	_warn({"containers": [_probe]}) == set()
	_warn(null) == set()
}
