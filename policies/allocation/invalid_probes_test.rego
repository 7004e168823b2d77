package holdfast.allocation.invalid_probes_test

import data.holdfast.allocation.invalid_probes
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
          ports: [{name: http, containerPort: 8080}]
          livenessProbe: {httpGet: {path: /alive, port: http}}
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
          ports: [{name: web, containerPort: 8080}]
          livenessProbe: {httpGet: {path: /alive, port: http}}
`

_deny_all(spec) := found if {
	found := invalid_probes.deny with input as samples.of(samples.deployment(spec))
}

_deny(container) := _deny_all({"containers": [object.union({"name": "web"}, container)]})

_exec := {"exec": {"command": ["true"]}}

_of_web(field, phrase) := {{
	"msg": sprintf(`%s of container "web" %s`, [field, phrase]),
	"path": samples.in_pod(["containers", 0, field]),
}}

test_the_number_of_handlers if {
	every field in ["livenessProbe", "readinessProbe", "startupProbe"] {
		_deny({field: {"periodSeconds": 3}}) == _of_web(field, "has 0 handlers, not 1")
		_deny({field: object.union(_exec, {"grpc": {"port": 1}})}) == _of_web(field, "has 2 handlers, not 1")
		_deny({field: object.union(_exec, {"grpc": null})}) == set()
		_deny({field: null}) == set()
	}
}

test_the_success_threshold if {
	three := object.union(_exec, {"successThreshold": 3})
	_deny({"livenessProbe": three}) == _of_web("livenessProbe", "has a successThreshold of 3, not 1")
	_deny({"startupProbe": three}) == _of_web("startupProbe", "has a successThreshold of 3, not 1")
	_deny({"readinessProbe": three}) == set()
	_deny({"livenessProbe": object.union(_exec, {"successThreshold": 1})}) == set()
}

test_the_name_of_the_port if {
	get := {"httpGet": {"port": "http"}}
	_deny({"readinessProbe": get}) == _of_web("readinessProbe", `asks port "http", which the container does not name`)
	_deny({"readinessProbe": {"tcpSocket": {"port": "h2"}}, "ports": [{"name": "http", "containerPort": 80}]}) == _of_web(
		"readinessProbe",
		`asks port "h2", which the container does not name`,
	)
	_deny({"readinessProbe": get, "ports": [{"containerPort": 1}, {"name": "http", "containerPort": 80}]}) == set()
	_deny({"readinessProbe": {"httpGet": {"port": 8080}}}) == set()
	_deny({"readinessProbe": {"httpGet": {"port": "8080"}}}) == set()
	_deny({"readinessProbe": {"httpGet": {"port": "${PORT}"}}}) == set()
	_deny({"readinessProbe": {"httpGet": {}}}) == set()
}

test_containers_that_end_have_none if {
	init := {"name": "init", "readinessProbe": _exec}
	_deny_all({"initContainers": [init]}) == {{
		"msg": `readinessProbe of init container "init" is refused, as it is not one that keeps running`,
		"path": samples.in_pod(["initContainers", 0, "readinessProbe"]),
	}}
	_deny_all({"initContainers": [object.union(init, {"restartPolicy": "Always"})]}) == set()
	count(_deny_all({"ephemeralContainers": [{"name": "debug", "livenessProbe": _exec}]})) == 1
	_deny_all({"initContainers": [{"name": "init", "readinessProbe": null}]}) == set()
}

test_other_fields_and_handlers_pass if {
	_deny({"lifecycle": {"preStop": {}}}) == set()
	_deny({"readinessProbe": {"grpc": {"port": "http"}}}) == set()
}
