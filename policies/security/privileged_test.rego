package holdfast.security.privileged_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.privileged

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        capabilities:
          add: [NET_BIND_SERVICE]
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
        privileged: true
`

_deny(spec) := found if {
	found := privileged.deny with input as samples.of(samples.deployment(spec))
}

test_each_sort_of_container_is_found if {
	context := {"privileged": true}
	_deny({
		"containers": [{"name": "proxy"}, {"name": "web", "securityContext": context}],
		"initContainers": [{"name": "sysctl", "securityContext": context}],
		"ephemeralContainers": [{"name": "debug", "securityContext": context}],
	}) == {
		{
			"msg": `container "web" is privileged: it has the node's devices and all capabilities`,
			"path": samples.in_pod(["containers", 1, "securityContext", "privileged"]),
		},
		{
			"msg": `init container "sysctl" is privileged: it has the node's devices and all capabilities`,
			"path": samples.in_pod(["initContainers", 0, "securityContext", "privileged"]),
		},
		{
			"msg": `ephemeral container "debug" is privileged: it has the node's devices and all capabilities`,
			"path": samples.in_pod(["ephemeralContainers", 0, "securityContext", "privileged"]),
		},
	}
}

test_a_cronjob_is_looked_into if {
	spec := {"containers": [{"name": "job", "securityContext": {"privileged": true}}]}
	cronjob := {
		"kind": "CronJob",
		"metadata": {"name": "nightly"},
		"spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}},
	}
	found := privileged.deny with input as samples.of(cronjob)
	{f.path | some f in found} == {[
		"spec", "jobTemplate", "spec", "template", "spec",
		"containers", 0, "securityContext", "privileged",
	]}
}

test_false_null_or_nothing_passes if {
	every context in [{"privileged": false}, {"privileged": null}, {}, null] {
		_deny({"containers": [{"name": "web", "securityContext": context}]}) == set()
	}
	_deny({"containers": [{"name": "web"}]}) == set()
}

test_a_delete_passes if {
	privileged.deny == set() with input as samples.of(null)
}

# A repository may hold anything.
test_wrong_types_pass if {
	every container in ["text", null, {"name": "web", "securityContext": "privileged"}] {
		_deny({"containers": [container]}) == set()
	}
	_deny({"containers": "text"}) == set()
	_deny("text") == set()
}
