package holdfast.allocation.cpu_limits_test

import data.holdfast.allocation.cpu_limits
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        limits: {cpu: "1"}
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        requests: {cpu: "1"}
`

_warn(spec) := found if {
	found := cpu_limits.warn with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as {}
}

_limited := {"name": "web", "resources": {"limits": {"cpu": "1"}}}

test_without_a_limit_is_found if {
	every container in [{"name": "web"}, {"name": "web", "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi", "cpu": null}}}] {
		_warn({"containers": [_limited], "initContainers": [container]}) == {{
			"msg": `init container "web" has no CPU limit`,
			"path": samples.in_pod(["initContainers", 0]),
		}}
	}
}

test_a_limit_passes if {
	_warn({"containers": [_limited]}) == set()
	_warn({"containers": [{"name": "web"}], "resources": {"limits": {"cpu": "1"}}}) == set()
}

test_ephemeral_containers_pass if {
	_warn({"containers": [_limited], "ephemeralContainers": [{"name": "debug"}]}) == set()
}

_defaults(limits) := samples.stored({["core/LimitRange", {
	"metadata": {"name": "a", "namespace": "shop"},
	"spec": {"limits": [{"type": "Container", "default": limits}]},
}]})

test_a_default_passes if {
	found := cpu_limits.warn with input as samples.of(samples.deployment({"containers": [{"name": "web"}]}))
		with data.holdfast.resources as _defaults({"cpu": "1"})
	found == set()
}
