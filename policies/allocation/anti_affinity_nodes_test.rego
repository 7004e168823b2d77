package holdfast.allocation.anti_affinity_nodes_test

import data.holdfast.allocation.anti_affinity_nodes
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {app: web}}
      containers:
        - name: web
          image: example.com/web:1.4.2
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {app: web}}
      containers:
        - name: web
          image: example.com/web:1.4.2
`

example_params := {"cluster_capacity": {"default": {"nodes": [{"count": 2, "cpu": 4, "memory": "16Gi"}]}}}

_zoned := [
	{"count": 2, "cpu": 4, "memory": "16Gi", "zone": "a", "labels": {"pool": "web"}},
	{"count": 2, "cpu": 4, "memory": "16Gi", "zone": "b", "labels": {"pool": "db"}},
]

_term := {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}

_zone := object.union(_term, {"topologyKey": "topology.kubernetes.io/zone"})

_deny_of(nodes, replicas, terms, more) := found if {
	web := {"spec": {
		"replicas": replicas,
		"template": {"metadata": {"labels": {"app": "web"}}},
	}}
	spec := object.union({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}, more)
	found := anti_affinity_nodes.deny with input as samples.of(object.union(samples.deployment(spec), web))
		with data.holdfast.params.cluster_capacity as {"prod": {"nodes": nodes}}
}

_deny(replicas, term) := _deny_of(_zoned, replicas, [null, term], {})

test_more_replicas_than_nodes_are_found if {
	_deny(5, _term) == {{
		"msg": `5 replicas must each have a node to themselves, and cluster "prod" has 4`,
		"path": samples.in_pod(["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 1]),
	}}
	_deny(4, _term) == set()
}

test_more_replicas_than_zones_are_found if {
	{f.msg | some f in _deny(3, _zone)} == {`3 replicas must each have a zone to themselves, and cluster "prod" has 2`}
	_deny(2, _zone) == set()
	_deny_of([object.remove(_zoned[0], ["zone"]), _zoned[1]], 3, [_zone], {}) == set()
}

test_the_node_selector_counts if {
	count(_deny_of(_zoned, 3, [_term], {"nodeSelector": {"pool": "web"}})) == 1
	_deny_of(_zoned, 2, [_term], {"nodeSelector": {"pool": "web"}}) == set()
}

test_other_terms_pass if {
	every more in [
		{"labelSelector": {"matchLabels": {"app": "db"}}},
		{"topologyKey": "rack"},
		{"namespaces": ["other"]},
		{"namespaceSelector": {"matchLabels": {"team": "a"}}},
	] {
		_deny(9, object.union(_term, more)) == set()
	}
	_deny(9, object.remove(_term, ["labelSelector"])) == set()
}

test_the_own_namespace_counts if {
	every more in [{"namespaces": []}, {"namespaces": null}, {"namespaceSelector": {}}, {"namespaceSelector": null}] {
		count(_deny(9, object.union(_term, more))) == 1
	}
}

test_other_clusters_pass if {
	found := anti_affinity_nodes.deny with input as samples.of(samples.deployment({"affinity": {"podAntiAffinity": {
		"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {}}],
	}}}))
		with data.holdfast.params.cluster_capacity as {"other": {"nodes": [{"count": 0, "cpu": 1, "memory": 1}]}}
	found == set()
}
