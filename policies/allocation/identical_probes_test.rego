package holdfast.allocation.identical_probes_test

import data.holdfast.allocation.identical_probes
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
          livenessProbe: {httpGet: {path: /ready, port: 8080}, failureThreshold: 6}
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
          livenessProbe: {httpGet: {path: /ready, port: 8080}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
`

_warn(liveness, readiness) := found if {
	found := identical_probes.warn with input as samples.of(samples.deployment({"containers": [
		{"name": "bare"},
		{"name": "web", "livenessProbe": liveness, "readinessProbe": readiness},
	]}))
}

_get := {"httpGet": {"path": "/ready", "port": 8080}}

_with(fields) := object.union(_get, fields)

test_the_same_check_is_found if {
	_warn(_get, _get) == {{
		"msg": `container "web" is restarted by the check that takes it out of service, after 30 s and 30 s`,
		"path": samples.in_pod(["containers", 1, "livenessProbe"]),
	}}
}

test_what_else_differs_does_not_excuse if {
	count(_warn(_with({"initialDelaySeconds": 9, "periodSeconds": 5, "failureThreshold": 6}), _get)) == 1
	count(_warn(_with({"periodSeconds": 5}), _get)) == 1
}

test_more_patience_passes if {
	_warn(_with({"failureThreshold": 4}), _get) == set()
	_warn(_with({"periodSeconds": 11}), _get) == set()
	_warn(_with({"periodSeconds": 31, "failureThreshold": 1}), _get) == set()
}

test_another_check_passes if {
	_warn({"httpGet": {"path": "/alive", "port": 8080}}, _get) == set()
	_warn({"tcpSocket": {"port": 8080}}, _get) == set()
	_warn({}, {}) == set()
	_warn(null, _get) == set()
	_warn(_get, null) == set()
}
