package holdfast.lib.quotas_test

import data.holdfast.lib.quotas

test_scoped if {
	quotas.scoped({"spec": {"scopes": ["BestEffort"]}})
	quotas.scoped({"spec": {"scopeSelector": {"matchExpressions": []}}})
	every spec in [{}, {"scopes": []}, {"scopes": null, "scopeSelector": null}] {
		not quotas.scoped({"spec": spec})
	}
}

_quota(hard) := {"core/ResourceQuota": {"shop": {"quota": {
	"kind": "ResourceQuota",
	"metadata": {"name": "quota", "namespace": "shop"},
	"spec": {"hard": hard},
}}}}

_namespace := {"core/Namespace": {"": {"shop": {"metadata": {"name": "shop"}}}}}

# _phrases are what is exceeded in shop of target prod.
_phrases(world) := [excess.phrase |
	found := quotas.excesses({"target": "prod", "namespace": "shop"}, "now") with data.holdfast.resources as world
	some excess in found
]

_service(spec) := {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}

_services(spec) := {"core/Service": {"shop": {"web": _service(spec)}, "other": {"web": _service(spec)}}}

# _exceeds is true if the Service is more than none.
_exceeds(key, spec) if _phrases({"prod": object.union(_quota({key: "0"}), _services(spec))}) != []

test_services if {
	_phrases({"prod": object.union(_quota({"services": "0"}), _services({}))}) == [`services 1 of 0 in ResourceQuota "quota"`]
	_exceeds("services.loadbalancers", {"type": "LoadBalancer"})
	every type in ["ClusterIP", "NodePort", null] {
		not _exceeds("services.loadbalancers", {"type": type})
	}
	ports := [{"port": 80}, {"port": 443}]
	two := _quota({"services.nodeports": "1"})
	every spec in [
		{"type": "NodePort", "ports": ports},
		{"type": "LoadBalancer", "ports": ports},
		{"type": "LoadBalancer", "ports": ports, "allocateLoadBalancerNodePorts": true},
	] {
		_phrases({"prod": object.union(two, _services(spec))}) == [`services.nodeports 2 of 1 in ResourceQuota "quota"`]
	}
	every spec in [
		{"type": "ClusterIP", "ports": ports},
		{"type": "LoadBalancer", "ports": ports, "allocateLoadBalancerNodePorts": false},
		{"type": "NodePort", "ports": null},
	] {
		not _exceeds("services.nodeports", spec)
	}
}

_claim(spec) := {"core/PersistentVolumeClaim": {"shop": {"data": {
	"kind": "PersistentVolumeClaim",
	"metadata": {"name": "data", "namespace": "shop"},
	"spec": spec,
}}}}

_pod := {"core/Pod": {"shop": {"a": {"kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}, "spec": {"containers": []}}}}}

_none := _quota({"services": "0", "configmaps": "0", "services.loadbalancers": "0", "pods": "0", "persistentvolumeclaims": "0"})

_one_of_each := object.union_n([
	_services({"type": "LoadBalancer"}),
	_claim({}),
	_pod,
	{"core/ConfigMap": {"shop": {"a": {"metadata": {"name": "a"}}}}},
])

_all_exceeded := [
	`configmaps 1 of 0 in ResourceQuota "quota"`,
	`persistentvolumeclaims 1 of 0 in ResourceQuota "quota"`,
	`pods 1 of 0 in ResourceQuota "quota"`,
	`services 1 of 0 in ResourceQuota "quota"`,
	`services.loadbalancers 1 of 0 in ResourceQuota "quota"`,
]

# If one target has the namespace or its quota, all that are in it count.
test_what_other_targets_have if {
	every prod in [_none, object.union(_none, _namespace)] {
		_phrases({"prod": prod, "apps": _one_of_each}) == _all_exceeded
	}
	every apps in [_quota({}), _namespace] {
		_phrases({"prod": _none, "apps": object.union(_one_of_each, apps)}) == []
		_phrases({"prod": object.union(_none, _one_of_each), "apps": object.union(_one_of_each, apps)}) == _all_exceeded
	}
}

test_claims_of_a_class if {
	fast := _quota({"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "0"})
	_phrases({"prod": object.union(fast, _claim({"storageClassName": "fast"}))}) == [
		`fast.storageclass.storage.k8s.io/persistentvolumeclaims 1 of 0 in ResourceQuota "quota"`,
	]
	every spec in [{"storageClassName": "slow"}, {"storageClassName": null}, {}, null] {
		_phrases({"prod": object.union(fast, _claim(spec))}) == []
	}
	_phrases({"prod": object.union(_quota({"persistentvolumeclaims": "0"}), _claim({}))}) == [
		`persistentvolumeclaims 1 of 0 in ResourceQuota "quota"`,
	]
}
