package holdfast.security.host_ports_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.host_ports

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      ports:
        - containerPort: 8080
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      ports:
        - containerPort: 8080
          hostPort: 80
`

_deny(spec) := found if {
	found := host_ports.deny with input as samples.of(samples.deployment(spec))
}

test_a_port_is_found if {
	_deny({"containers": [{"name": "web", "ports": [{"containerPort": 8080}, {"containerPort": 8443, "hostPort": 443}]}]}) == {{
		"msg": `container "web" takes port 443 of the node`,
		"path": samples.in_pod(["containers", 0, "ports", 1, "hostPort"]),
	}}
}

test_other_sorts_of_containers_count if {
	found := _deny({"initContainers": [{"name": "a", "ports": [{"containerPort": 1, "hostPort": 1}]}]})
	{f.msg | some f in found} == {`init container "a" takes port 1 of the node`}
}

test_zero_or_nothing_passes if {
	every port in [0, null, "80"] {
		_deny({"containers": [{"name": "web", "ports": [{"containerPort": 80, "hostPort": port}]}]}) == set()
	}
	every ports in [[{"containerPort": 80}], [], null, "80", ["80"]] {
		_deny({"containers": [{"name": "web", "ports": ports}]}) == set()
	}
}
