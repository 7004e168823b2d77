package holdfast.allocation.quota_needs_test

import data.holdfast.allocation.quota_needs
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {requests.cpu: "4", limits.memory: 8Gi}
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
        requests: {cpu: 100m}
        limits: {memory: 1Gi}
`

bad_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {requests.cpu: "4", limits.memory: 8Gi}
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
        requests: {cpu: 100m}
`

_deny(spec, stored) := found if {
	found := quota_needs.deny with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as samples.stored(stored)
}

_quota_in(namespace, spec) := ["core/ResourceQuota", {
	"kind": "ResourceQuota",
	"metadata": {"name": "compute", "namespace": namespace},
	"spec": spec,
}]

_quota(hard) := _quota_in("shop", {"hard": hard})

_container(resources) := {"name": "web", "resources": resources}

test_what_is_demanded_and_missing_is_found if {
	_deny({"containers": [_container({"requests": {"cpu": "1"}})]}, {_quota({"requests.cpu": "4", "limits.cpu": "4", "limits.memory": "1Gi"})}) == {{
		"msg": `container "web" does not set limits.cpu, limits.memory, which ResourceQuota "compute" demands`,
		"path": samples.in_pod(["containers", 0]),
	}}
	count(_deny({"initContainers": [{"name": "init"}]}, {_quota({"pods": "4", "cpu": "1"})})) == 1
}

test_each_key if {
	every key in ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"] {
		[f.msg | some f in _deny({"containers": [{"name": "web"}]}, {_quota({key: "4"})})] == [
			sprintf(`container "web" does not set %s, which ResourceQuota "compute" demands`, [key]),
		]
	}
	every key in ["cpu", "requests.cpu"] {
		_deny({"containers": [_container({"requests": {"cpu": "1"}})]}, {_quota({key: "4"})}) == set()
	}
	every key in ["memory", "requests.memory", "limits.memory"] {
		_deny({"containers": [_container({"limits": {"memory": "1"}})]}, {_quota({key: "4"})}) == set()
	}
	_deny({"containers": [_container({"limits": {"cpu": "1"}})]}, {_quota({"limits.cpu": "4"})}) == set()
}

test_other_quotas_demand_nothing if {
	bare := {"containers": [{"name": "web"}]}
	_deny(bare, set()) == set()
	_deny(bare, {_quota({"pods": "4", "requests.storage": "1Gi"})}) == set()
	_deny(bare, {_quota_in("other", {"hard": {"cpu": "4"}})}) == set()
	_deny(bare, {_quota_in("shop", {"hard": {"cpu": "4"}, "scopes": ["BestEffort"]})}) == set()
	_deny(bare, {_quota_in("shop", null)}) == set()
}

test_ephemeral_containers_pass if {
	_deny({"containers": [], "ephemeralContainers": [{"name": "debug"}]}, {_quota({"cpu": "4"})}) == set()
}

test_defaults_count if {
	stored := {_quota({"cpu": "4"}), ["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1"}, "default": {"memory": "1Gi"}}]},
	}]}
	_deny({"containers": [{"name": "web"}]}, stored) == set()
	limits := (stored - {_quota({"cpu": "4"})}) | {_quota({"limits.memory": "4Gi"})}
	_deny({"containers": [{"name": "web"}]}, limits) == set()
	cpu := {[pair[0], object.union(pair[1], {"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}]}})] |
		some pair in (stored - {_quota({"cpu": "4"})})
	}
	_deny({"containers": [{"name": "web"}]}, cpu | {_quota({"limits.cpu": "4"})}) == set()
}
