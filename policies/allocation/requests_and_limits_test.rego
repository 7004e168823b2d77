package holdfast.allocation.requests_and_limits_test

import data.holdfast.allocation.requests_and_limits
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
        requests: {cpu: 100m, memory: 128Mi}
        limits: {memory: 128Mi}
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
        requests: {cpu: 100m}
`

_warn_beside(spec, resources) := found if {
	found := requests_and_limits.warn with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as resources
}

_warn(spec) := _warn_beside(spec, {})

_container(resources) := {"name": "web", "resources": resources}

_full := _container({"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}})

_range(limit) := samples.stored({["core/LimitRange", {
	"kind": "LimitRange",
	"metadata": {"name": "defaults", "namespace": "shop"},
	"spec": {"limits": [limit]},
}]})

test_nothing_set_is_found if {
	every container in [{"name": "web"}, _container({}), _container(null)] {
		_warn({"containers": [_full, container]}) == {{
			"msg": `container "web" does not set requests.cpu, requests.memory, limits.memory`,
			"path": samples.in_pod(["containers", 1]),
		}}
	}
}

test_what_is_missing_is_named if {
	_warn({"containers": [_container({"requests": {"cpu": "1", "memory": "1Gi"}})]}) == {{
		"msg": `container "web" does not set limits.memory`,
		"path": samples.in_pod(["containers", 0]),
	}}
	_warn({"initContainers": [_container({"limits": {"memory": "1Gi"}})]}) == {{
		"msg": `init container "web" does not set requests.cpu`,
		"path": samples.in_pod(["initContainers", 0]),
	}}
}

test_all_three_pass_without_a_cpu_limit if {
	_warn({"containers": [_full]}) == set()
}

test_limits_serve_as_requests if {
	_warn({"containers": [_container({"limits": {"cpu": "1", "memory": "1Gi"}})]}) == set()
}

test_the_pods_own_resources_count if {
	_warn({"containers": [{"name": "web"}], "resources": _full.resources}) == set()
	count(_warn({"containers": [{"name": "web"}], "resources": {"requests": {"cpu": "1"}}})) == 1
}

test_ephemeral_containers_pass if {
	_warn({"containers": [_full], "ephemeralContainers": [{"name": "debug"}]}) == set()
}

test_a_limit_range_gives_defaults if {
	spec := {"containers": [{"name": "web"}]}
	defaults := {"type": "Container", "default": {"memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}}
	_warn_beside(spec, _range(defaults)) == set()

	# One for pods gives none to containers.
	count(_warn_beside(spec, _range(object.union(defaults, {"type": "Pod"})))) == 1
	_warn_beside(spec, _range({"type": "Container", "defaultRequest": {"cpu": "1", "memory": "1Gi"}})) == {{
		"msg": `container "web" does not set limits.memory`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

test_a_limit_range_of_another_namespace_does_not_count if {
	elsewhere := samples.stored({["core/LimitRange", {
		"kind": "LimitRange",
		"metadata": {"name": "defaults", "namespace": "other"},
		"spec": {"limits": [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}]},
	}]})
	count(_warn_beside({"containers": [{"name": "web"}]}, elsewhere)) == 1
}

# What is there but empty is not set.
test_null_is_found if {
	_warn({"containers": [_container({"requests": {"cpu": null, "memory": "1Gi"}, "limits": {"memory": "1Gi"}})]}) == {{
		"msg": `container "web" does not set requests.cpu`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

test_the_greatest_of_a_limit_range_is_the_default if {
	_warn_beside({"containers": [{"name": "web"}]}, _range({"type": "Container", "max": {"cpu": "2", "memory": "1Gi"}})) == set()
	count(_warn_beside({"containers": [{"name": "web"}]}, _range({"type": "Container", "min": {"cpu": "2", "memory": "1Gi"}}))) == 1
}
