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
}
