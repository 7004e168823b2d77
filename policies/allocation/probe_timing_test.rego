package holdfast.allocation.probe_timing_test

import data.holdfast.allocation.probe_timing
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
          livenessProbe: {httpGet: {path: /alive, port: 8080}, timeoutSeconds: 5}
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
          livenessProbe: {httpGet: {path: /alive, port: 8080}, timeoutSeconds: 15}
`

_warn(field, probe) := found if {
	found := probe_timing.warn with input as samples.of(samples.deployment({"containers": [{"name": "web", field: probe}]}))
}

test_longer_than_the_period_is_found if {
	every field in ["livenessProbe", "readinessProbe", "startupProbe"] {
		_warn(field, {"timeoutSeconds": 11}) == {{
			"msg": sprintf(`%s of container "web" may take 11 s every 10 s`, [field]),
			"path": samples.in_pod(["containers", 0, field]),
		}}
	}
	count(_warn("livenessProbe", {"timeoutSeconds": 3, "periodSeconds": 2})) == 1
}

test_up_to_the_period_passes if {
	_warn("livenessProbe", {"timeoutSeconds": 10}) == set()
	_warn("livenessProbe", {"timeoutSeconds": 3, "periodSeconds": 3}) == set()
	_warn("livenessProbe", {"periodSeconds": 1}) == set()
	_warn("livenessProbe", null) == set()
}

test_only_probes if {
	_warn("lifecycle", {"timeoutSeconds": 11}) == set()
}
