package holdfast.security.host_probes_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.host_probes

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      livenessProbe:
        httpGet:
          path: /healthz
          port: 8080
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      livenessProbe:
        httpGet:
          host: 169.254.169.254
          path: /latest/meta-data
          port: 80
`

_deny(spec) := found if {
	found := host_probes.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_get(host) := {"httpGet": {"port": 80, "host": host}}

_connect(host) := {"tcpSocket": {"port": 80, "host": host}}

test_each_handler_is_found if {
	_deny({"containers": [{
		"name": "web",
		"livenessProbe": _get("10.0.0.1"),
		"readinessProbe": _connect("db"),
		"startupProbe": _get("127.0.0.1"),
		"lifecycle": {"postStart": _get("a"), "preStop": _connect("b")},
	}]}) == {
		{
			"msg": `the liveness probe of container "web" asks the host 10.0.0.1`,
			"path": samples.in_pod(["containers", 0, "livenessProbe", "httpGet", "host"]),
		},
		{
			"msg": `the readiness probe of container "web" asks the host db`,
			"path": samples.in_pod(["containers", 0, "readinessProbe", "tcpSocket", "host"]),
		},
		{
			"msg": `the startup probe of container "web" asks the host 127.0.0.1`,
			"path": samples.in_pod(["containers", 0, "startupProbe", "httpGet", "host"]),
		},
		{
			"msg": `the postStart hook of container "web" asks the host a`,
			"path": samples.in_pod(["containers", 0, "lifecycle", "postStart", "httpGet", "host"]),
		},
		{
			"msg": `the preStop hook of container "web" asks the host b`,
			"path": samples.in_pod(["containers", 0, "lifecycle", "preStop", "tcpSocket", "host"]),
		},
	}
}

test_init_containers_count if {
	count(_deny({"initContainers": [{"name": "sidecar", "startupProbe": _get("a")}]})) == 1
}

test_no_host_passes if {
	every probe in [
		_get(""), _connect(null), {"httpGet": {"port": 80, "httpHeaders": [{"name": "Host", "value": "a"}]}},
		{"exec": {"command": ["true"]}}, {"grpc": {"port": 80, "service": "a"}}, {}, null, "text", {"httpGet": "text"}, {"other": {"host": "a"}},
	] {
		_deny({"containers": [{"name": "web", "livenessProbe": probe, "lifecycle": {"preStop": probe}}]}) == set()
	}
	_deny({"containers": ["text", null]}) == set()
}

test_versions if {
	every container in [{"name": "web", "livenessProbe": _get("a")}, {"name": "web", "lifecycle": {"preStop": _get("a")}}] {
		_deny_at("v1.33", {"containers": [container]}) == set()
		count(_deny_at("v1.34", {"containers": [container]})) == 1
	}
}
