package holdfast.lib.capacity_test

import data.holdfast.lib.capacity
import data.holdfast.lib.samples_test as samples

_nodes := [
	{"name": "web", "count": 3, "cpu": 4, "memory": "16Gi", "pods": 30, "zone": "a", "labels": {"pool": "web"}},
	{"cpu": "8", "memory": "32Gi", "zone": "b", "labels": {"pool": "db"}},
]

_clusters(declared) := found if {
	found := capacity.clusters with data.holdfast.params.cluster_capacity as declared
}

_unreadable(declared) := found if {
	found := capacity.unreadable with data.holdfast.params.cluster_capacity as declared
}

test_nodes if {
	_clusters({"prod": {"nodes": _nodes}}) == {"prod": {
		"targets": {"prod"},
		"keys": {"pool", "topology.kubernetes.io/zone"},
		"nodes": [
			{
				"name": "web", "count": 3, "cpu": 4000, "memory": 17179869184000, "pods": 30000, "zone": "a",
				"labels": {"pool": "web", "topology.kubernetes.io/zone": "a"},
			},
			{
				"name": "1", "count": 1, "cpu": 8000, "memory": 34359738368000, "pods": 110000, "zone": "b",
				"labels": {"pool": "db", "topology.kubernetes.io/zone": "b"},
			},
		],
	}}
	_clusters({"prod": {"nodes": [{"cpu": 1, "memory": 1, "name": 7, "labels": null, "count": null}]}}).prod.nodes == [{
		"name": "0", "count": 1, "cpu": 1000, "memory": 1000, "pods": 110000, "zone": "", "labels": {},
	}]
}

test_targets if {
	declared := {"east": {"targets": ["base", "apps"], "nodes": _nodes}, "west": {"nodes": _nodes}}
	_clusters(declared).east.targets == {"base", "apps"}
	found := capacity.of_target("apps") with data.holdfast.params.cluster_capacity as declared
	object.keys(found) == {"east"}
	by_name := capacity.of_target("west") with data.holdfast.params.cluster_capacity as declared
	object.keys(by_name) == {"west"}
	none := capacity.of_target("east") with data.holdfast.params.cluster_capacity as declared
	none == {}
}

test_what_cannot_be_read if {
	every nodes in [[{"cpu": 1}], [{"cpu": 1, "memory": "lots"}], [_nodes[0], {"memory": 1}], [], null, ["text"], [null], [7]] {
		_clusters({"prod": {"nodes": nodes}}) == {}
		_unreadable({"prod": {"nodes": nodes}}) == {"prod"}
	}
	_unreadable({"prod": null}) == {"prod"}
	_unreadable({"prod": {"nodes": _nodes}}) == set()
}

_open(spec) := [node.name |
	cluster := _clusters({"prod": {"nodes": _nodes}}).prod
	some node in capacity.open_to(cluster, cluster.nodes, spec)
]

test_open_to if {
	_open({}) == ["web", "1"]
	_open({"nodeSelector": {"pool": "web"}}) == ["web"]
	_open({"nodeSelector": {"pool": "none"}}) == []
	_open({"nodeSelector": {"topology.kubernetes.io/zone": "b"}}) == ["1"]
	_open({"nodeSelector": {"pool": "web", "topology.kubernetes.io/zone": "b"}}) == []

	# What is not declared of any node says nothing.
	_open({"nodeSelector": {"kubernetes.io/os": "linux"}}) == ["web", "1"]
	_open({"nodeSelector": null}) == ["web", "1"]
	_open(null) == ["web", "1"]
}

test_sums if {
	nodes := _clusters({"prod": {"nodes": _nodes}}).prod.nodes
	capacity.capacity(nodes, "cpu") == 20000
	capacity.capacity(nodes, "pods") == 200000
	capacity.number(nodes) == 4
	capacity.capacity([], "cpu") == 0
}

_workload(kind, name, more) := [concat("/", ["apps", kind]), {
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": object.union(
		{"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}]}}},
		more,
	),
}]

_excesses(pairs, time) := found if {
	cluster := _clusters({"prod": {"nodes": _nodes}}).prod
	found := capacity.excesses("prod", cluster.nodes, time) with data.holdfast.params.cluster_capacity as {"prod": {"nodes": _nodes}}
		with data.holdfast.resources as samples.stored(pairs)
}

test_excesses if {
	_excesses({_workload("StatefulSet", "db", {"replicas": 10})}, "now") == {}
	_excesses({_workload("StatefulSet", "db", {"replicas": 11})}, "now") == {"cpu": "CPU 22 of 20"}
	_excesses({_workload("StatefulSet", "db", {"replicas": 201})}, "now") == {
		"cpu": "CPU 402 of 20",
		"memory": "memory 201Gi of 80Gi",
		"pods": "pods 201 of 200",
	}
	_excesses({_workload("Deployment", "web", {"replicas": 10})}, "now") == {}
	_excesses({_workload("Deployment", "web", {"replicas": 10})}, "peak") == {"cpu": "CPU 26 of 20"}
}

# One pod on each of four nodes, and on the three of a pool.
test_daemons if {
	agent := _workload("DaemonSet", "agent", {})
	_excesses({agent, _workload("StatefulSet", "db", {"replicas": 6})}, "now") == {}
	_excesses({agent, _workload("StatefulSet", "db", {"replicas": 7})}, "now") == {"cpu": "CPU 22 of 20"}
	some_nodes := _workload("DaemonSet", "agent", {"template": {"spec": {
		"nodeSelector": {"pool": "web"},
		"containers": [{"name": "a", "resources": {"requests": {"cpu": "2"}}}],
	}}})
	_excesses({some_nodes, _workload("StatefulSet", "db", {"replicas": 7})}, "now") == {}
	_excesses({some_nodes, _workload("StatefulSet", "db", {"replicas": 8})}, "now") == {"cpu": "CPU 22 of 20"}
}

test_other_targets_do_not_count if {
	found := capacity.excesses("west", _clusters({"west": {"nodes": _nodes}}).west.nodes, "now") with data.holdfast.params.cluster_capacity as {"west": {"nodes": _nodes}}
		with data.holdfast.resources as samples.stored({_workload("StatefulSet", "db", {"replicas": 99})})
	found == {}
}

test_phrase if {
	capacity.phrase({"pods": "c", "cpu": "a", "memory": "b"}) == "a, b, c"
	capacity.first({"pods": "c", "memory": "b"}) == "memory"
}

test_the_largest_is_a_daemon_too if {
	found := capacity.largest("prod", {"cpu": "x"}, "now") with data.holdfast.params.cluster_capacity as {"prod": {"nodes": _nodes}}
		with data.holdfast.resources as samples.stored({_workload("DaemonSet", "agent", {}), _workload("StatefulSet", "db", {"replicas": 3})})
	[[one.row.workload.metadata.name, one.amount] | some one in found] == [["agent", 8000], ["db", 6000]]
}

# All that a daemon asks for counts, now and at the peak.
test_all_of_a_daemon_counts if {
	big := _workload("DaemonSet", "agent", {"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {
		"cpu": "1",
		"memory": "21Gi",
	}}}]}}})
	every time in ["now", "peak"] {
		_excesses({big}, time) == {"memory": "memory 84Gi of 80Gi"}
	}
	found := capacity.excesses("prod", _clusters(_few).prod.nodes, "now") with data.holdfast.params.cluster_capacity as _few
		with data.holdfast.resources as samples.stored({_workload("DaemonSet", "agent", {}), _workload("DaemonSet", "other", {})})
	found == {"pods": "pods 6 of 3"}
	peak := capacity.largest("prod", {"cpu": "x"}, "peak") with data.holdfast.params.cluster_capacity as {"prod": {"nodes": _nodes}}
		with data.holdfast.resources as samples.stored({_workload("DaemonSet", "agent", {})})
	[one.amount | some one in peak] == [8000]
}

_few := {"prod": {"nodes": [{"count": 3, "cpu": 9, "memory": "64Gi", "pods": 1}]}}

test_a_zone_that_is_no_name_is_none if {
	_clusters({"prod": {"nodes": [{"cpu": 1, "memory": 1, "zone": 7}]}}).prod.nodes[0].labels == {}
}

test_first_of_all if {
	capacity.first({"cpu": "a", "memory": "b", "pods": "c"}) == "cpu"
	capacity.phrase({"memory": "b", "other": "x"}) == "b"
	not capacity.first({"other": "x"})
}
