package holdfast.allocation.namespace_requests_budget_test

import data.holdfast.allocation.namespace_requests_budget
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {requests.cpu: "2"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: 500m}
`

bad_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {requests.cpu: "2"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: 500m}
`

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

_phrases(hard, resources) := sort([f.msg | some f in _deny(samples.stored({_quota(hard)} | resources))])

_over(phrase) := [concat("", [
	`the workloads of namespace "shop" request more than its quota allows: `,
	phrase,
	` in ResourceQuota "compute"`,
])]

_of(group_kind, name, fields) := [group_kind, object.union(
	{"kind": split(group_kind, "/")[1], "metadata": {"name": name, "namespace": "shop"}},
	fields,
)]

_limited(replicas) := _of("apps/Deployment", "web", {"spec": {
	"replicas": replicas,
	"template": {"spec": {"containers": [{"name": "a", "resources": {
		"limits": {"cpu": "2", "memory": "1Gi", "ephemeral-storage": "4Gi", "nvidia.com/gpu": 1, "hugepages-2Mi": "2Mi"},
		"requests": {"cpu": "1"},
	}}]}},
}})

test_every_amount_of_pods if {
	borders := {
		"cpu": ["2", "CPU 2 of 1999m"],
		"requests.cpu": ["2", "CPU 2 of 1999m"],
		"limits.cpu": ["4", "limits.cpu 4 of 3999m"],
		"limits.memory": ["2Gi", "limits.memory 2Gi of 2147483648"],
		"ephemeral-storage": ["8Gi", ""],
		"requests.ephemeral-storage": ["8Gi", ""],
		"limits.ephemeral-storage": ["8Gi", ""],
		"requests.nvidia.com/gpu": ["2", ""],
		"hugepages-2Mi": ["4Mi", ""],
		"requests.hugepages-2Mi": ["4Mi", ""],
		"pods": ["2", ""],
		"count/pods": ["2", ""],
	}
	every key, border in borders {
		_phrases({key: border[0]}, {_limited(2)}) == []
		count(_phrases({key: border[0]}, {_limited(3)})) == 1
	}
	_phrases({"limits.cpu": "3999m"}, {_limited(2)}) == _over("limits.cpu 4 of 3999m")
	_phrases({"requests.nvidia.com/gpu": "1"}, {_limited(2)}) == _over("requests.nvidia.com/gpu 2 of 1")
	_phrases({"pods": "1"}, {_limited(2)}) == _over("pods 2 of 1")
	_phrases({"cpu": "1999m"}, {_limited(2)}) == _over("CPU 2 of 1999m")
}

_claim(name, storage, class) := _of("core/PersistentVolumeClaim", name, {"spec": {
	"storageClassName": class,
	"resources": {"requests": {"storage": storage}},
}})

_stateful := _of("apps/StatefulSet", "db", {"spec": {
	"replicas": 3,
	"template": {"spec": {"containers": [], "volumes": [{"name": "tmp", "ephemeral": {"volumeClaimTemplate": {"spec": {
		"storageClassName": "slow",
		"resources": {"requests": {"storage": "1Gi"}},
	}}}}]}},
	"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
		"storageClassName": "fast",
		"resources": {"requests": {"storage": "10Gi"}},
	}}],
}})

test_storage if {
	claims := {_claim("a", "5Gi", "fast"), _claim("b", "lots", "slow"), _stateful, _of("core/PersistentVolumeClaim", "c", {"spec": null})}
	borders := {
		"requests.storage": ["38Gi", "37Gi", "requests.storage 38Gi of 37Gi"],
		"persistentvolumeclaims": ["9", "8", "persistentvolumeclaims 9 of 8"],
		"count/persistentvolumeclaims": ["9", "8", "count/persistentvolumeclaims 9 of 8"],
		"fast.storageclass.storage.k8s.io/requests.storage": ["35Gi", "34Gi", "fast.storageclass.storage.k8s.io/requests.storage 35Gi of 34Gi"],
		"fast.storageclass.storage.k8s.io/persistentvolumeclaims": ["4", "3", "fast.storageclass.storage.k8s.io/persistentvolumeclaims 4 of 3"],
	}
	every key, border in borders {
		_phrases({key: border[0]}, claims) == []
		_phrases({key: border[1]}, claims) == _over(border[2])
	}
}

_service(name, spec) := _of("core/Service", name, {"spec": spec})

test_counts if {
	every key, group_kind in {
		"configmaps": "core/ConfigMap",
		"count/configmaps": "core/ConfigMap",
		"count/cronjobs.batch": "batch/CronJob",
		"count/deployments.apps": "apps/Deployment",
		"count/ingresses.networking.k8s.io": "networking.k8s.io/Ingress",
		"count/jobs.batch": "batch/Job",
		"count/replicasets.apps": "apps/ReplicaSet",
		"count/replicationcontrollers": "core/ReplicationController",
		"count/secrets": "core/Secret",
		"count/services": "core/Service",
		"count/statefulsets.apps": "apps/StatefulSet",
		"replicationcontrollers": "core/ReplicationController",
		"secrets": "core/Secret",
		"services": "core/Service",
	} {
		two := {_of(group_kind, name, {}) | some name in ["a", "b"]}
		_phrases({key: "2"}, two) == []
		_phrases({key: "1"}, two) == _over(sprintf("%s 2 of 1", [key]))
	}
}

test_services if {
	ports := [{"port": 80}, {"port": 443}]
	services := {
		_service("a", {"type": "LoadBalancer", "ports": ports}),
		_service("b", {"type": "LoadBalancer", "ports": ports, "allocateLoadBalancerNodePorts": false}),
		_service("c", {"type": "NodePort", "ports": ports}),
		_service("d", {"ports": ports}),
	}
	_phrases({"services.loadbalancers": "2", "services.nodeports": "4"}, services) == []
	_phrases({"services.loadbalancers": "1"}, services) == _over("services.loadbalancers 2 of 1")
	_phrases({"services.nodeports": "3"}, services) == _over("services.nodeports 4 of 3")
}

test_what_is_not_known_passes if {
	_phrases({"count/widgets.example.com": "0", "limits.nvidia.com/gpu": "lots", "other": "0"}, {_limited(9)}) == []
	_phrases(null, {_limited(9)}) == []
}

test_defaults_of_the_namespace_count if {
	limit_range := _of("core/LimitRange", "a", {"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1"}}]}})
	_phrases({"cpu": "2"}, {limit_range, _web(3, null, "1Gi")}) == _over("CPU 3 of 2")
}

test_the_least_of_an_autoscaler_counts if {
	autoscaler := _of("autoscaling/HorizontalPodAutoscaler", "web", {"spec": {
		"scaleTargetRef": {"kind": "Deployment", "name": "web"},
		"minReplicas": 3,
		"maxReplicas": 9,
	}})
	_phrases({"cpu": "3"}, {autoscaler, _web(1, "1", "1Gi")}) == []
	_phrases({"cpu": "2"}, {autoscaler, _web(1, "1", "1Gi")}) == _over("CPU 3 of 2")
}

test_the_default_namespace if {
	quota := ["core/ResourceQuota", {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}}]
	pod := ["core/Pod", {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": []}}]
	[f.msg | some f in _deny(samples.stored({quota, pod}))] == [
		`the workloads of the default namespace request more than its quota allows: pods 1 of 0 in ResourceQuota "q"`,
	]
}

test_a_quota_whose_amounts_are_a_list_passes if {
	_phrases(["0"], {_limited(9)}) == []
}

test_memory_has_its_name if {
	_phrases({"requests.memory": "1Gi"}, {_web(2, "1", "1Gi")}) == _over("memory 2Gi of 1Gi")
}
