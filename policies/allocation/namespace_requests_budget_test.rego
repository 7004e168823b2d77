package holdfast.allocation.namespace_requests_budget_test

import data.holdfast.allocation.namespace_requests_budget
import data.holdfast.lib.samples_test as samples

_quota(hard) := ["core/ResourceQuota", {
	"apiVersion": "v1",
	"kind": "ResourceQuota",
	"metadata": {"name": "compute", "namespace": "shop"},
	"spec": {"hard": hard},
}]

_workload(group_kind, kind, name, replicas, requests) := [group_kind, {
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {
		"replicas": replicas,
		"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": requests}}]}},
	},
}]

_web(replicas, cpu, memory) := _workload("apps/Deployment", "Deployment", "web", replicas, {"cpu": cpu, "memory": memory})

_db(replicas, cpu, memory) := _workload("apps/StatefulSet", "StatefulSet", "db", replicas, {"cpu": cpu, "memory": memory})

_namespace := ["core/Namespace", {"kind": "Namespace", "metadata": {"name": "shop"}}]

_deny(resources) := found if {
	found := namespace_requests_budget.deny with data.holdfast.resources as resources with input as {
		"resource": null,
		"live": null,
		"change": null,
		"target": null,
		"phase": "check",
	}
}

_identity := {
	"target": "prod",
	"apiVersion": "v1",
	"kind": "ResourceQuota",
	"namespace": "shop",
	"name": "compute",
}

test_exactly_the_quota_passes if {
	_deny(samples.stored({
		_quota({"requests.cpu": "2", "requests.memory": "3Gi"}),
		_web(3, "500m", "512Mi"),
		_db(1, "0.5", "1.5Gi"),
	})) == set()
}

test_one_thousandth_over_is_found if {
	_deny(samples.stored({
		_quota({"requests.cpu": "2", "requests.memory": "3Gi"}),
		_web(3, "500m", "512Mi"),
		_db(1, "501m", "1.5Gi"),
	})) == {{
		"msg": `the workloads of namespace "shop" request more than its quota allows: CPU 2001m of 2 in ResourceQuota "compute"`,
		"path": ["spec", "hard", "requests.cpu"],
		"resource": _identity,
	}}
}

test_one_finding_a_namespace if {
	_deny(samples.stored({
		_quota({"cpu": "1", "memory": "1Gi"}),
		_web(2, "1", "1Gi"),
		_db(1, "1", "512Mi"),
	})) == {{
		"msg": concat("", [
			`the workloads of namespace "shop" request more than its quota allows: `,
			`CPU 3 of 1 in ResourceQuota "compute", memory 2560Mi of 1Gi in ResourceQuota "compute"`,
		]),
		"path": ["spec", "hard", "cpu"],
		"resource": _identity,
	}}
}

test_other_namespaces_do_not_count if {
	other := ["apps/Deployment", object.union(_web(9, "9", "9Gi")[1], {"metadata": {"name": "web", "namespace": "other"}})]
	_deny(samples.stored({_quota({"requests.cpu": "1"}), other})) == set()
}

test_no_quota_passes if {
	_deny(samples.stored({_web(9, "9", "9Gi")})) == set()
	_deny({}) == set()
}

test_a_scoped_quota_passes if {
	every scope in [{"scopes": ["BestEffort"]}, {"scopeSelector": {"matchExpressions": []}}] {
		quota := _quota({"requests.cpu": "1"})
		scoped := [quota[0], object.union(quota[1], {"spec": scope})]
		_deny(samples.stored({scoped, _web(9, "9", "9Gi")})) == set()
	}
}

test_a_quota_with_an_empty_list_of_scopes_is_for_all_pods if {
	quota := _quota({"requests.cpu": "1"})
	unscoped := [quota[0], object.union(quota[1], {"spec": {"scopes": []}})]
	count(_deny(samples.stored({unscoped, _web(9, "9", "9Gi")}))) == 1
}

# A Job of another API is another thing.
test_kinds_of_other_groups_do_not_count if {
	other := _workload("batch.example.com/Job", "Deployment", "other", 9, {"cpu": "9"})
	_deny(samples.stored({_quota({"requests.cpu": "1"}), other})) == set()
}

test_an_owner_that_is_no_controller_changes_nothing if {
	web := _web(2, "1", "1Gi")
	owned := [web[0], object.union(web[1], {"metadata": {"ownerReferences": [{"kind": "App", "controller": false}]}})]
	count(_deny(samples.stored({_quota({"requests.cpu": "1"}), owned}))) == 1
}

test_what_another_workload_owns_does_not_count_twice if {
	replica_set := _workload("apps/ReplicaSet", "ReplicaSet", "web-1", 2, {"cpu": "1"})
	owned := [replica_set[0], object.union(replica_set[1], {"metadata": {"ownerReferences": [{
		"kind": "Deployment",
		"controller": true,
	}]}})]
	_deny(samples.stored({_quota({"requests.cpu": "2"}), _web(2, "1", "1Gi"), owned})) == set()
	count(_deny(samples.stored({_quota({"requests.cpu": "2"}), _web(2, "1", "1Gi"), replica_set}))) == 1
}

# One target has the namespace: the others deploy into it.
test_targets_that_share_a_namespace_are_summed if {
	prod := samples.stored({_namespace, _quota({"requests.cpu": "3"}), _web(2, "1", "1Gi")}).prod
	team := samples.stored({_db(2, "1", "1Gi")}).prod
	found := _deny({"prod": prod, "team": team})
	{f.resource.target | some f in found} == {"prod"}
	{f.resource.target | some f in _deny({"prod": prod, "team": team, "other": {}})} == {"prod"}
	_deny({"prod": prod}) == set()
}

# A quota alone shows as well whose the namespace is.
test_targets_that_each_have_a_quota_are_apart if {
	prod := samples.stored({_quota({"requests.cpu": "3"}), _web(2, "1", "1Gi")}).prod
	staging := samples.stored({_quota({"requests.cpu": "3"}), _db(2, "1", "1Gi")}).prod
	_deny({"prod": prod, "staging": staging}) == set()
}

# Several targets have it: they are clusters of their own.
test_targets_that_each_have_the_namespace_are_apart if {
	prod := samples.stored({_namespace, _quota({"requests.cpu": "3"}), _web(2, "1", "1Gi")}).prod
	staging := samples.stored({_namespace, _db(2, "1", "1Gi")}).prod
	_deny({"prod": prod, "staging": staging}) == set()
}
