package holdfast.lib.requests_test

import data.holdfast.lib.requests

_of(cpu) := {"resources": {"requests": {"cpu": cpu}}}

_sidecar(cpu) := object.union(_of(cpu), {"restartPolicy": "Always"})

test_containers_add_up if {
	requests.pod({"containers": [_of("100m"), _of("1"), {}]}, "cpu") == 1100
	requests.pod({"containers": [_of("100m")]}, "memory") == 0
}

test_an_init_container_counts_only_if_it_is_greater if {
	requests.pod({"containers": [_of("500m")], "initContainers": [_of("400m")]}, "cpu") == 500
	requests.pod({"containers": [_of("500m")], "initContainers": [_of("600m"), _of("700m")]}, "cpu") == 700
}

# As in the documentation of sidecar containers: those before an init container
# run beside it, those after it do not.
test_sidecars if {
	requests.pod({"containers": [_of("500m")], "initContainers": [_sidecar("100m")]}, "cpu") == 600
	requests.pod({"containers": [_of("500m")], "initContainers": [_sidecar("100m"), _of("550m")]}, "cpu") == 650
	requests.pod({"containers": [_of("500m")], "initContainers": [_of("550m"), _sidecar("100m")]}, "cpu") == 600
}

test_a_limit_is_the_request_where_there_is_none if {
	limited := {"resources": {"limits": {"cpu": "2"}}}
	requests.pod({"containers": [limited]}, "cpu") == 2000
	requests.pod({"containers": [object.union(limited, _of("1"))]}, "cpu") == 1000
}

test_overhead_and_the_pods_own_requests if {
	requests.pod({"containers": [_of("1")], "overhead": {"cpu": "250m"}}, "cpu") == 1250
	requests.pod({"containers": [_of("1")], "resources": {"requests": {"cpu": "3"}}}, "cpu") == 3000
}

test_what_is_no_quantity_counts_nothing if {
	requests.pod({"containers": [_of("lots"), _of("1")]}, "cpu") == 1000
	requests.pod({}, "cpu") == 0
}

test_replicas if {
	cases := [
		[1, {"kind": "Pod", "spec": {}}],
		[1, {"kind": "Deployment", "spec": {}}],
		[1, {"kind": "Deployment", "spec": {"replicas": null}}],
		[3, {"kind": "Deployment", "spec": {"replicas": 3}}],
		[0, {"kind": "StatefulSet", "spec": {"replicas": 0}}],
		[1, {"kind": "Job", "spec": {}}],
		[4, {"kind": "Job", "spec": {"parallelism": 4}}],
		[2, {"kind": "Job", "spec": {"parallelism": 4, "completions": 2}}],
		[0, {"kind": "Job", "spec": {"parallelism": 4, "suspend": true}}],
		[4, {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"parallelism": 4}}}}],
		[0, {"kind": "CronJob", "spec": {"suspend": true, "jobTemplate": {"spec": {}}}}],
	]
	every case in cases {
		requests.replicas(case[1]) == case[0]
	}
	not requests.replicas({"kind": "DaemonSet", "spec": {}})
	not requests.replicas({"kind": "Deployment", "spec": {"replicas": "${REPLICAS}"}})
}

test_surge if {
	cases := [
		[1, {}, 1], [1, {}, 4], [2, {}, 5], [0, {}, 0],
		[0, {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 3}}}, 4],
		[3, {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3}}}, 4],
		[0, {"strategy": {"rollingUpdate": {"maxSurge": 0}}}, 4],
		[2, {"strategy": {"rollingUpdate": {"maxSurge": "50%"}}}, 3],
		[0, {"strategy": {"rollingUpdate": {"maxSurge": "0%"}}}, 3],
		[1, {"strategy": {"rollingUpdate": {"maxSurge": null}}}, 4],
		[1, {"strategy": {"rollingUpdate": {"maxSurge": "lots"}}}, 4],
	]
	every case in cases {
		requests.surge({"kind": "Deployment", "spec": case[1]}, case[2]) == case[0]
	}
	requests.surge({"kind": "StatefulSet", "spec": {}}, 8) == 0
}

_limited(cpu) := {"resources": {"limits": {"cpu": cpu}}}

test_limits if {
	requests.amount({"containers": [_limited("1"), _limited("2")]}, "limits", "cpu", {}) == 3000
	requests.amount({"containers": [_of("1")]}, "limits", "cpu", {}) == 0

	# Overhead is added where there is a limit.
	requests.amount({"containers": [_of("1")], "overhead": {"cpu": "1"}}, "limits", "cpu", {}) == 0
	requests.amount({"containers": [_limited("1")], "overhead": {"cpu": "1"}}, "limits", "cpu", {}) == 2000
	requests.amount({"containers": [{}], "overhead": {"cpu": "1"}}, "requests", "cpu", {}) == 1000
	requests.of_pod({"containers": [_of("1")], "overhead": {"cpu": "1"}}, "requests", "cpu", {}) == 1000
}

test_the_pods_own_limit if {
	# It is the request only where no container requests any.
	requests.pod({"containers": [{}], "resources": {"limits": {"cpu": "3"}}}, "cpu") == 3000
	requests.pod({"containers": [_of("1")], "resources": {"limits": {"cpu": "3"}}}, "cpu") == 1000
	requests.amount({"containers": [_limited("1")], "resources": {"requests": {"cpu": "3"}}}, "limits", "cpu", {}) == 1000
	requests.amount({"containers": [_limited("1")], "resources": {"limits": {"cpu": "3"}}}, "limits", "cpu", {}) == 3000
}

test_what_a_pod_may_have_itself if {
	every resource in ["cpu", "memory", "hugepages-2Mi"] {
		requests.pod_level(resource)
		requests.pod({"containers": [], "resources": {"requests": {resource: "3"}}}, resource) == 3000
		requests.pod({"containers": [], "resources": {"limits": {resource: "3"}}}, resource) == 3000
	}
	every resource in ["ephemeral-storage", "nvidia.com/gpu"] {
		not requests.pod_level(resource)
		requests.pod({"containers": [], "resources": {"requests": {resource: "3"}, "limits": {resource: "3"}}}, resource) == 0
	}
}

_defaults := {"requests": {"cpu": "200m"}, "limits": {"cpu": "1"}}

test_defaults_fill_what_is_left_out if {
	requests.amount({"containers": [{}, _of("1")]}, "requests", "cpu", _defaults) == 1200
	requests.amount({"containers": [{}, _limited("2")]}, "limits", "cpu", _defaults) == 3000

	# A limit is the request before a default is.
	requests.container(_limited("2"), "requests", "cpu", _defaults) == 2000
	requests.container({}, "requests", "cpu", _defaults) == 200
	requests.container(_of("2"), "requests", "cpu", _defaults) == 2000
	not requests.container(_of("2"), "limits", "cpu", {})
	not requests.container({}, "requests", "memory", _defaults)
	requests.amount({"containers": [], "initContainers": [{}]}, "requests", "cpu", _defaults) == 200
	requests.amount({"containers": [], "initContainers": [{"restartPolicy": "Always"}]}, "requests", "cpu", _defaults) == 200
}

# The example of KEP-753: sidecars before and after, several init containers.
test_the_order_of_sidecars if {
	spec := {
		"containers": [_of("1"), _of("2")],
		"initContainers": [_of("4"), _sidecar("1"), _of("5"), _sidecar("2"), _of("2")],
	}
	requests.pod(spec, "cpu") == 6000
	requests.pod(object.union(spec, {"initContainers": [_of("9"), _sidecar("1"), _of("5")]}), "cpu") == 9000
	requests.pod(object.union(spec, {"initContainers": [_sidecar("1"), _sidecar("2"), _of("5")]}), "cpu") == 8000
}

test_a_quarter_of_many_is_rounded_up_once if {
	requests.surge({"kind": "Deployment", "spec": {}}, 400) == 100
	requests.surge({"kind": "Deployment", "spec": {}}, 401) == 101
}

# A limit of the pod is no limit of what has another.
test_limits_are_not_requests if {
	requests.amount({"containers": [{}], "resources": {"limits": {"cpu": "3"}}}, "limits", "cpu", {}) == 3000
	requests.of_pod({"containers": [], "resources": {"limits": {"cpu": null}}}, "limits", "cpu", {}) == 0
	requests.replicas({"kind": "Job", "spec": {"parallelism": 4, "completions": null}}) == 4
	requests.replicas({"kind": "Job", "spec": {"parallelism": 4, "completions": "2"}}) == 4
}
