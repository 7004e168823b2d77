package holdfast.security.host_process_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.host_process

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        windowsOptions:
          runAsUserName: ContainerUser
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        windowsOptions:
          hostProcess: true
`

_deny(spec) := found if {
	found := host_process.deny with input as samples.of(samples.deployment(spec))
}

_host_process(value) := {"windowsOptions": {"hostProcess": value}}

test_the_pod_is_found if {
	_deny({"securityContext": _host_process(true), "containers": [{"name": "web"}]}) == {{
		"msg": `Deployment "web" runs as processes of its Windows node (hostProcess)`,
		"path": samples.in_pod(["securityContext", "windowsOptions", "hostProcess"]),
	}}
}

test_each_sort_of_container_is_found if {
	_deny({
		"containers": [{"name": "a"}, {"name": "web", "securityContext": _host_process(true)}],
		"initContainers": [{"name": "setup", "securityContext": _host_process(true)}],
	}) == {
		{
			"msg": `container "web" runs as a process of its Windows node (hostProcess)`,
			"path": samples.in_pod(["containers", 1, "securityContext", "windowsOptions", "hostProcess"]),
		},
		{
			"msg": `init container "setup" runs as a process of its Windows node (hostProcess)`,
			"path": samples.in_pod(["initContainers", 0, "securityContext", "windowsOptions", "hostProcess"]),
		},
	}
}

test_false_null_or_nothing_passes if {
	every context in [_host_process(false), _host_process(null), {"windowsOptions": null}, {}, null, "text"] {
		_deny({"securityContext": context, "containers": [{"name": "web", "securityContext": context}]}) == set()
	}
}
