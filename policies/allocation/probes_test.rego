package holdfast.allocation.probes_test

import data.holdfast.allocation.probes
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
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
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
          ports: [{containerPort: 8080}]
`

_warn(spec) := found if {
	found := probes.warn with input as samples.of(samples.deployment(spec))
}

_web := {"name": "web", "ports": [{"containerPort": 8080}, {"containerPort": 9090}]}

_probe := {"readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}}}

test_a_container_that_serves_is_found if {
	_warn({"containers": [_web]}) == {{
		"msg": `container "web" serves port 8080 but has no readinessProbe`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

# Liveness says when to restart, not when to send requests.
test_another_probe_does_not_excuse if {
	count(_warn({"containers": [object.union(_web, {"livenessProbe": {"tcpSocket": {"port": 8080}}})]})) == 1
	count(_warn({"containers": [object.union(_web, {"readinessProbe": null})]})) == 1
}

test_a_sidecar_counts_and_an_init_container_does_not if {
	_warn({"containers": [], "initContainers": [object.union(_web, {"restartPolicy": "Always"})]}) == {{
		"msg": `init container "web" serves port 8080 but has no readinessProbe`,
		"path": samples.in_pod(["initContainers", 0]),
	}}
	_warn({"containers": [], "initContainers": [_web]}) == set()
}

test_a_probe_passes if {
	_warn({"containers": [object.union(_web, _probe)]}) == set()
}

test_a_container_without_ports_passes if {
	_warn({"containers": [{"name": "worker"}, {"name": "other", "ports": []}]}) == set()
}
