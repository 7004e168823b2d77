package holdfast.allocation.pod_fits_node_test

import data.holdfast.allocation.pod_fits_node
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "5", memory: 4Gi}
`

example_params := {"cluster_capacity": {"default": {"nodes": [{"count": 2, "cpu": 4, "memory": "16Gi"}]}}}

_nodes := [
	{"name": "cpu", "cpu": 8, "memory": "16Gi", "labels": {"pool": "cpu"}},
	{"name": "memory", "cpu": 4, "memory": "64Gi", "labels": {"pool": "memory"}},
]

_deny_of(target, spec, stored) := found if {
	found := pod_fits_node.deny with input as samples.of(samples.deployment(spec))
		with data.holdfast.params.cluster_capacity as {target: {"nodes": _nodes}}
		with data.holdfast.resources as samples.stored(stored)
}

_deny(spec) := _deny_of("prod", spec, set())

_pod(cpu, memory, more) := object.union(
	{"containers": [{"name": "a", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]},
	more,
)

test_a_pod_that_fits_no_node_is_found if {
	_deny(_pod("8001m", "1Gi", {})) == {{
		"msg": `no node of cluster "prod" that is open to the pod has CPU 8001m and memory 1Gi`,
		"path": samples.template,
	}}

	# One node has the CPU, another the memory.
	count(_deny(_pod("8", "64Gi", {}))) == 1
	count(_deny(_pod("1", "65Gi", {}))) == 1
}

test_a_pod_that_fits_passes if {
	_deny(_pod("8", "16Gi", {})) == set()
	_deny(_pod("4", "64Gi", {})) == set()
	_deny({"containers": []}) == set()
}

test_the_node_selector_counts if {
	count(_deny(_pod("8", "1Gi", {"nodeSelector": {"pool": "memory"}}))) == 1
	_deny(_pod("8", "1Gi", {"nodeSelector": {"pool": "cpu"}})) == set()
	_deny(_pod("8", "1Gi", {"nodeSelector": {"disk": "ssd"}})) == set()
}

test_overhead_counts if {
	count(_deny(_pod("8", "16Gi", {"overhead": {"cpu": "1m"}}))) == 1
}

test_defaults_of_the_namespace_count if {
	limit_range := ["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "9"}}]},
	}]
	count(_deny_of("prod", {"containers": [{"name": "a"}]}, {limit_range})) == 1
	memory := ["core/LimitRange", object.union(limit_range[1], {"spec": {"limits": [{"type": "Container", "defaultRequest": {"memory": "99Gi"}}]}})]
	count(_deny_of("prod", {"containers": [{"name": "a"}]}, {memory})) == 1
}

test_other_targets_pass if {
	_deny_of("other", _pod("99", "1Gi", {}), set()) == set()
}
