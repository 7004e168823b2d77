package holdfast.security.host_namespaces_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.host_namespaces

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: false
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostPID: true
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
`

_deny(spec) := found if {
	found := host_namespaces.deny with input as samples.of(samples.deployment(spec))
}

test_each_namespace_is_found if {
	_deny({"hostNetwork": true, "hostPID": true, "hostIPC": true}) == {
		{
			"msg": `Deployment "web" shares the node's network namespace (hostNetwork)`,
			"path": samples.in_pod(["hostNetwork"]),
		},
		{
			"msg": `Deployment "web" shares the node's process namespace (hostPID)`,
			"path": samples.in_pod(["hostPID"]),
		},
		{
			"msg": `Deployment "web" shares the node's IPC namespace (hostIPC)`,
			"path": samples.in_pod(["hostIPC"]),
		},
	}
}

test_one_among_others_is_found if {
	count(_deny({"hostNetwork": false, "hostPID": true})) == 1
}

test_a_pod_itself_is_found if {
	pod := {"kind": "Pod", "metadata": {"generateName": "debug-"}, "spec": {"hostIPC": true}}
	host_namespaces.deny == {{
		"msg": `Pod "debug-" shares the node's IPC namespace (hostIPC)`,
		"path": ["spec", "hostIPC"],
	}} with input as samples.of(pod)
}

test_false_null_or_nothing_passes if {
	_deny({"hostNetwork": false, "hostPID": null}) == set()
	_deny({}) == set()
}

# A user namespace is the opposite of sharing the node's.
test_host_users_is_none_of_them if {
	_deny({"hostUsers": true}) == set()
}
