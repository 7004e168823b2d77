package holdfast.lib.demand_test

import data.holdfast.lib.demand
import data.holdfast.lib.samples_test as samples

_workload(group_kind, kind, name, spec) := [group_kind, {
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}]

_template(resources) := {"template": {"spec": {"containers": [{"name": "a", "resources": resources}]}}}

_deployment(name, spec) := _workload("apps/Deployment", "Deployment", name, object.union(_template({"requests": {"cpu": "1"}}), spec))

_autoscaler(name, least, most) := ["autoscaling/HorizontalPodAutoscaler", {
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"scaleTargetRef": {"kind": "Deployment", "name": name}, "minReplicas": least, "maxReplicas": most},
}]

_rows(pairs) := found if {
	found := demand.workloads with data.holdfast.resources as samples.stored(pairs)
}

_counts(pairs) := {row.workload.metadata.name: [row.now, row.peak] | some row in _rows(pairs)}

test_now_and_at_the_peak if {
	_counts({
		_deployment("plain", {"replicas": 4}),
		_deployment("scaled", {"replicas": 4}),
		_autoscaler("scaled", 2, 10),
		_deployment("more", {"replicas": 1}),
		_autoscaler("more", 3, 5),
		_deployment("less", {"replicas": 9}),
		_autoscaler("less", 3, 5),
		_deployment("off", {"replicas": 0}),
		_autoscaler("off", 3, 5),
		_deployment("recreated", {"replicas": 4, "strategy": {"type": "Recreate"}}),
		_workload("apps/StatefulSet", "StatefulSet", "db", object.union(_template({}), {"replicas": 3})),
	}) == {
		"plain": [4, 5],
		"scaled": [4, 13],
		"more": [3, 7],
		"less": [5, 7],
		"off": [0, 0],
		"recreated": [4, 4],
		"db": [3, 3],
	}
}

test_every_kind if {
	spec := object.union(_template({}), {"jobTemplate": {"spec": _template({})}})
	pairs := {_workload(group_kind, split(group_kind, "/")[1], "a", spec) |
		some group_kind in demand.kinds
	}
	count(_rows(pairs)) == 8
	{row.workload.kind | some row in _rows(pairs); not row.now} == {"DaemonSet"}
	_rows({_workload("example.com/Deployment", "Deployment", "a", _template({}))}) == []
}

test_what_is_owned_is_left_out if {
	owned := [_deployment("a", {})[0], object.union(_deployment("a", {})[1], {"metadata": {"ownerReferences": [{"controller": true}]}})]
	_rows({owned}) == []
	shared := [owned[0], object.union(owned[1], {"metadata": {"ownerReferences": [{"controller": false}]}})]
	count(_rows({shared})) == 1
}

test_defaults_of_the_namespace if {
	limit_range := ["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "200m"}}]},
	}]
	rows := _rows({limit_range, _workload("apps/Deployment", "Deployment", "a", object.union(_template({}), {"replicas": 3}))})
	demand.of_each(rows[0], "requests", "cpu") == 200
	demand.total(rows, "now", "requests", "cpu") == 600
	demand.total(rows, "peak", "requests", "cpu") == 800
	demand.pods_of(rows, "now") == 3000
	demand.pods_of(rows, "peak") == 4000
}

test_by_place_and_target if {
	stored := samples.stored({_deployment("a", {}), _deployment("b", {})})
	place := demand.by_place with data.holdfast.resources as stored
	{key: count(rows) | some key, rows in place} == {["prod", "shop"]: 2}
	target := demand.by_target with data.holdfast.resources as stored
	{key: count(rows) | some key, rows in target} == {"prod": 2}
}

_team(resource, labels) := found if {
	found := demand.team("prod", "shop", resource) with data.holdfast.params.team_label as "team"
		with data.holdfast.resources as {"prod": {"core/Namespace": {"": {"shop": {"metadata": {"labels": labels}}}}}}
}

test_team if {
	labels := {"metadata": {"labels": {"team": "own"}}}
	template := {"spec": {"template": {"metadata": {"labels": {"team": "pods"}}}}}
	_team(object.union(labels, template), {"team": "namespace"}) == "own"
	_team(template, {"team": "namespace"}) == "pods"
	_team({"spec": {"jobTemplate": {"spec": template.spec}}}, {"team": "namespace"}) == "pods"
	_team({"metadata": {"labels": {"app": "a"}}, "spec": null}, {"team": "namespace"}) == "namespace"
	not _team({}, {"app": "a"})
	not _team({}, null)
}

test_largest if {
	rows := _rows({
		_deployment("a", {"replicas": 1}),
		_deployment("b", {"replicas": 3}),
		_deployment("c", {"replicas": 2}),
		_deployment("d", {"replicas": 2}),
	})
	[[one.row.workload.metadata.name, one.amount] | some one in demand.largest(rows, "now", "cpu")] == [["b", 3000], ["c", 2000], ["d", 2000]]
	demand.phrase(demand.largest(rows, "now", "cpu"), "cpu") == `Deployment "b" in shop (3), Deployment "c" in shop (2), Deployment "d" in shop (2)`
	[one.amount | some one in demand.largest(rows, "now", "pods")] == [3000, 2000, 2000]
	[one.amount | some one in demand.largest(rows, "peak", "cpu")] == [4000, 3000, 3000]
	demand.largest([], "now", "cpu") == []
}

test_title if {
	demand.title({"namespace": "", "workload": {"kind": "Pod", "metadata": {"name": "a"}}}) == `Pod "a"`
}

_spec(more) := object.union({"containers": [{"resources": {"requests": {"cpu": "1"}}}, {}]}, more)

_cpu(more) := demand.of_each({"spec": _spec(more), "defaults": {"requests": {"cpu": "100m"}}}, "requests", "cpu")

# Whichever way is taken, it comes to the same.
test_of_each if {
	_cpu({}) == 1100
	_cpu({"initContainers": [{"resources": {"requests": {"cpu": "3"}}}]}) == 3000
	_cpu({"resources": {"requests": {"cpu": "5"}}}) == 5000
	_cpu({"overhead": {"cpu": "1"}}) == 2100
	_cpu({"initContainers": null, "resources": null, "overhead": null}) == 1100
}

test_each_target_has_its_own if {
	both := {
		"east": samples.stored({_deployment("a", {})}).prod,
		"west": samples.stored({_deployment("b", {}), _deployment("c", {})}).prod,
	}
	found := demand.by_target with data.holdfast.resources as both
	{target: {row.workload.metadata.name | some row in rows} | some target, rows in found} == {"east": {"a"}, "west": {"b", "c"}}
}
