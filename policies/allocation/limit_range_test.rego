package holdfast.allocation.limit_range_test

import data.holdfast.allocation.limit_range
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: LimitRange
metadata:
  name: bounds
  namespace: shop
spec:
  limits:
    - type: Container
      max: {memory: 2Gi}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        limits: {memory: 2Gi}
`

bad_example := `apiVersion: v1
kind: LimitRange
metadata:
  name: bounds
  namespace: shop
spec:
  limits:
    - type: Container
      max: {memory: 2Gi}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        limits: {memory: 4Gi}
`

_range(limit) := samples.stored({["core/LimitRange", {
	"kind": "LimitRange",
	"metadata": {"name": "bounds", "namespace": "shop"},
	"spec": {"limits": [limit]},
}]})

_deny(resource, limit) := found if {
	found := limit_range.deny with input as samples.of(resource) with data.holdfast.resources as _range(limit)
}

_web(requests, limits) := samples.deployment({"containers": [{"name": "web", "resources": {"requests": requests, "limits": limits}}]})

_at := samples.in_pod(["containers", 0])

test_above_the_maximum_is_found if {
	limit := {"type": "Container", "max": {"cpu": "2"}}
	_deny(_web({"cpu": "1"}, {"cpu": "2001m"}), limit) == {{
		"msg": `container "web" is limited to cpu 2001m, more than the 2 in LimitRange "bounds"`,
		"path": _at,
	}}
	_deny(_web({"cpu": "1"}, {"cpu": "2"}), limit) == set()

	# One finding, though the request is above it too.
	count(_deny(_web({"cpu": "3"}, {"cpu": "4"}), limit)) == 1
}

test_below_the_minimum_is_found if {
	limit := {"type": "Container", "min": {"memory": "64Mi"}}
	_deny(_web({"memory": "63Mi"}, {"memory": "1Gi"}), limit) == {{
		"msg": `container "web" requests memory 63Mi, less than the 64Mi in LimitRange "bounds"`,
		"path": _at,
	}}
	_deny(_web({"memory": "64Mi"}, {"memory": "1Gi"}), limit) == set()

	# What is left out is the minimum by default.
	_deny(_web({}, {}), limit) == set()
}

test_beyond_the_ratio_is_found if {
	limit := {"type": "Container", "maxLimitRequestRatio": {"cpu": "1.5"}}
	_deny(_web({"cpu": "1"}, {"cpu": "1501m"}), limit) == {{
		"msg": `container "web" is limited to cpu 1501m, more than 1.5 times its request of 1, the most in LimitRange "bounds"`,
		"path": _at,
	}}
	_deny(_web({"cpu": "1"}, {"cpu": "1500m"}), limit) == set()
}

test_a_request_above_the_default_limit_is_found if {
	limit := {"type": "Container", "default": {"memory": "1Gi"}}
	_deny(_web({"memory": "1025Mi"}, {}), limit) == {{
		"msg": `container "web" requests memory 1025Mi, more than the default limit of 1Gi in its namespace`,
		"path": _at,
	}}
	_deny(_web({"memory": "1025Mi"}, null), limit) != set()
	_deny(_web({"memory": "1Gi"}, {}), limit) == set()
	_deny(_web({"memory": "2Gi"}, {"memory": "2Gi"}), limit) == set()
	_deny(_web({"cpu": "2Gi"}, {}), limit) == set()

	# The maximum is the default limit; that is one fault.
	count(_deny(_web({"memory": "2Gi"}, {}), {"type": "Container", "max": {"memory": "1Gi"}})) == 1
}

test_pods if {
	two := samples.deployment({"containers": [
		{"name": "a", "resources": {"limits": {"cpu": "1"}}},
		{"name": "b", "resources": {"limits": {"cpu": "1"}}},
	]})
	_deny(two, {"type": "Pod", "max": {"cpu": "1999m"}}) == {{
		"msg": `the pod is limited to cpu 2, more than the 1999m in LimitRange "bounds"`,
		"path": samples.template,
	}}
	_deny(two, {"type": "Pod", "max": {"cpu": "2"}}) == set()
	_deny(two, {"type": "Pod", "min": {"cpu": "2001m"}}) == {{
		"msg": `the pod requests cpu 2, less than the 2001m in LimitRange "bounds"`,
		"path": samples.template,
	}}

	# Nothing to say of a pod of which a part is not known.
	open := samples.deployment({"containers": [{"name": "a", "resources": {"requests": {"cpu": "3"}}}, {"name": "b"}]})
	_deny(open, {"type": "Pod", "max": {"cpu": "2"}}) == set()
	_deny(open, {"type": "Pod", "min": {"cpu": "4"}}) == set()
}

test_requests_of_pods_without_limits if {
	open := samples.deployment({"containers": [{"name": "a", "resources": {"requests": {"cpu": "3"}}}]})
	[f.msg | some f in _deny(open, {"type": "Pod", "max": {"cpu": "2"}})] == [
		`the pod requests cpu 3, more than the 2 in LimitRange "bounds"`,
	]
}

_claim(storage) := {
	"kind": "PersistentVolumeClaim",
	"metadata": {"name": "data", "namespace": "shop"},
	"spec": {"resources": {"requests": {"storage": storage}}},
}

test_claims if {
	limit := {"type": "PersistentVolumeClaim", "max": {"storage": "10Gi"}, "min": {"storage": "1Gi"}}
	_deny(_claim("11Gi"), limit) == {{
		"msg": `the claim requests storage 11Gi, more than the 10Gi in LimitRange "bounds"`,
		"path": ["spec"],
	}}
	[f.msg | some f in _deny(_claim("1023Mi"), limit)] == [
		`the claim requests storage 1023Mi, less than the 1Gi in LimitRange "bounds"`,
	]
	_deny(_claim("10Gi"), limit) == set()
	_deny(_claim("1Gi"), limit) == set()
}

test_other_types_and_namespaces_pass if {
	beyond := _web({"cpu": "9"}, {"cpu": "9"})
	_deny(beyond, {"type": "Node", "max": {"cpu": "1"}}) == set()
	_deny(beyond, {"type": "Container", "max": null, "min": "x"}) == set()
	_deny(beyond, null) == set()
	elsewhere := object.union(beyond, {"metadata": {"namespace": "other"}})
	_deny(elsewhere, {"type": "Container", "max": {"cpu": "1"}}) == set()
}

test_each_container_counts if {
	spec := {"initContainers": [{"name": "init", "resources": {"limits": {"cpu": "3"}}}]}
	[f.path | some f in _deny(samples.deployment(spec), {"type": "Container", "max": {"cpu": "2"}})] == [samples.in_pod(["initContainers", 0])]
}

test_what_is_no_bounds_passes if {
	beyond := _web([9], [9])
	every bounds in [["1"], 7, null] {
		_deny(beyond, {"type": "Container", "max": bounds}) == set()
	}
	_deny(_web({"cpu": 9}, {"cpu": 9}), {"type": 7, "max": {"cpu": 1}}) == set()
}

# Two containers with a default limit of one each.
test_pods_by_defaults if {
	two := samples.deployment({"containers": [{"name": "a"}, {"name": "b"}]})
	stored := samples.stored({["core/LimitRange", {
		"kind": "LimitRange",
		"metadata": {"name": "bounds", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}, {"type": "Pod", "max": {"cpu": "1500m"}}]},
	}]})
	found := limit_range.deny with input as samples.of(two) with data.holdfast.resources as stored
	{f.msg | some f in found} == {`the pod is limited to cpu 2, more than the 1500m in LimitRange "bounds"`}
}
