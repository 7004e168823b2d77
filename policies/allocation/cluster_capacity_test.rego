package holdfast.allocation.cluster_capacity_test

import data.holdfast.allocation.cluster_capacity
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
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
            requests: {cpu: "2", memory: 4Gi}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
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
            requests: {cpu: "2", memory: 4Gi}
`

example_params := {"cluster_capacity": {"default": {"nodes": [{"count": 2, "cpu": 4, "memory": "16Gi"}]}}}

_workload(kind, name, replicas) := [concat("/", ["apps", kind]), {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {
		"replicas": replicas,
		"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "2", "memory": "4Gi"}}}]}},
	},
}]

_identity(kind, name) := {"target": "prod", "apiVersion": "apps/v1", "kind": kind, "namespace": "shop", "name": name}

_deny_of(capacity, pairs) := found if {
	found := cluster_capacity.deny with data.holdfast.params.cluster_capacity as capacity
		with data.holdfast.resources as samples.stored(pairs)
}

_deny(pairs) := _deny_of({"prod": {"nodes": [{"name": "a", "count": 2, "cpu": 4, "memory": "16Gi", "pods": 5}]}}, pairs)

test_more_than_the_nodes_have_is_found if {
	_deny({_workload("Deployment", "web", 3), _workload("StatefulSet", "db", 2)}) == {{
		"msg": concat("", [
			`the pods of cluster "prod" request more than its nodes have: CPU 10 of 8; `,
			`the largest are Deployment "web" in shop (6), StatefulSet "db" in shop (4)`,
		]),
		"path": ["spec"],
		"resource": _identity("Deployment", "web"),
	}}
}

test_what_fits_passes if {
	_deny({_workload("Deployment", "web", 2), _workload("StatefulSet", "db", 2)}) == set()
	_deny({}) == set()
}

test_without_nodes_nothing_is_asked if {
	_deny_of({}, {_workload("Deployment", "web", 99)}) == set()
	_deny_of({"other": {"nodes": [{"cpu": 1, "memory": 1}]}}, {_workload("Deployment", "web", 99)}) == set()
}

test_nodes_that_cannot_be_read_are_found if {
	_deny_of({"prod": {"nodes": [{"cpu": 4}]}}, {}) == {{
		"msg": `the nodes of cluster "prod" in the parameter cluster_capacity cannot be read: each needs cpu and memory`,
	}}
}

test_daemons_count_once_a_node if {
	_deny({_workload("DaemonSet", "agent", 1), _workload("Deployment", "web", 2)}) == set()
	{f.resource | some f in _deny({_workload("DaemonSet", "agent", 1), _workload("Deployment", "web", 3)})} == {_identity("Deployment", "web")}
}
