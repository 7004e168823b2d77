package holdfast.allocation.cluster_headroom_test

import data.holdfast.allocation.cluster_headroom
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 2
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
  replicas: 3
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

_nodes := [
	{"name": "small", "count": 2, "cpu": 4, "memory": "64Gi", "zone": "a"},
	{"name": "large", "count": 1, "cpu": 8, "memory": "64Gi", "zone": "b"},
]

_deny_of(nodes, loss, pairs) := found if {
	found := cluster_headroom.deny with data.holdfast.params as {"cluster_capacity": {"prod": {"nodes": nodes}}, "loss_to_survive": loss}
		with data.holdfast.resources as samples.stored(pairs)
}

_deny(loss, pairs) := _deny_of(_nodes, loss, pairs)

test_a_node_too_few_is_found if {
	_deny("node", {_workload("Deployment", "web", 5)}) == {{
		"msg": concat("", [
			`the pods of cluster "prod" do not fit without a node "large": CPU 10 of 8; `,
			`the largest are Deployment "web" in shop (10)`,
		]),
		"path": ["spec"],
		"resource": _identity("Deployment", "web"),
	}}
	[f.msg | some f in _deny("node", {_workload("Deployment", "web", 7)})] == [concat("", [
		`the pods of cluster "prod" do not fit without a node "small": CPU 14 of 12; without a node "large": CPU 14 of 8; `,
		`the largest are Deployment "web" in shop (14)`,
	])]
}

test_enough_passes if {
	_deny("node", {_workload("Deployment", "web", 4)}) == set()
	_deny("zone", {_workload("Deployment", "web", 4)}) == set()
}

test_a_zone_too_few_is_found if {
	[f.msg | some f in _deny("zone", {_workload("Deployment", "web", 5)})] == [concat("", [
		`the pods of cluster "prod" do not fit without zone "a": CPU 10 of 8; without zone "b": CPU 10 of 8; `,
		`the largest are Deployment "web" in shop (10)`,
	])]
}

test_zones_that_are_not_declared_cannot_be_lost if {
	_deny_of([{"count": 2, "cpu": 4, "memory": "64Gi"}], "zone", {_workload("Deployment", "web", 4)}) == set()
	count(_deny_of([{"count": 2, "cpu": 4, "memory": "64Gi"}], "node", {_workload("Deployment", "web", 4)})) == 1
}

test_no_node_cannot_be_lost if {
	_deny_of([{"count": 0, "cpu": 4, "memory": "64Gi"}, {"count": 2, "cpu": 4, "memory": "64Gi"}], "node", {_workload("Deployment", "web", 2)}) == set()
	[f.msg | some f in _deny_of(
		[{"name": "none", "count": 0, "cpu": 4, "memory": "64Gi"}, {"name": "a", "count": 1, "cpu": 4, "memory": "64Gi"}],
		"node",
		{_workload("Deployment", "web", 1)},
	)] == [`the pods of cluster "prod" do not fit without a node "a": CPU 2 of 0, memory 4Gi of 0Gi, pods 1 of 0; the largest are Deployment "web" in shop (2)`]
}

test_nothing_to_survive_passes if {
	_deny("", {_workload("Deployment", "web", 8)}) == set()
}

# That is another rule's.
test_what_does_not_fit_anyway_passes if {
	_deny("node", {_workload("Deployment", "web", 9)}) == set()
	count(_deny("node", {_workload("Deployment", "web", 8)})) == 1
}

# Its pods go with the node.
test_daemons_need_no_other_node if {
	_deny_of([{"count": 3, "cpu": 2, "memory": "64Gi"}], "node", {_workload("DaemonSet", "agent", 1)}) == set()
}

test_zones_of_different_size if {
	nodes := [
		{"count": 1, "cpu": 4, "memory": "64Gi", "zone": "a"},
		{"count": 2, "cpu": 4, "memory": "64Gi", "zone": "b"},
	]
	[f.msg | some f in _deny_of(nodes, "zone", {_workload("Deployment", "web", 4)})] == [concat("", [
		`the pods of cluster "prod" do not fit without zone "b": CPU 8 of 4; `,
		`the largest are Deployment "web" in shop (8)`,
	])]
}

test_one_node_of_several_is_lost if {
	_deny_of([{"count": 3, "cpu": 4, "memory": "64Gi"}], "node", {_workload("Deployment", "web", 4)}) == set()
	count(_deny_of([{"count": 3, "cpu": 4, "memory": "64Gi"}], "node", {_workload("Deployment", "web", 5)})) == 1
}
