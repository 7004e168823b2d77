package holdfast.dr.tied_to_one_node_test

import data.holdfast.dr.tied_to_one_node
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn(workload) := found if {
	found := tied_to_one_node.warn with input as samples.of(workload)
}

_web(spec) := clusters.with_pod(clusters.workload("Deployment", "web", 2), spec)

_affinity(values) := {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{
	"key": "kubernetes.io/hostname",
	"operator": "In",
	"values": values,
}]}]}}}}

_msg := `Deployment "web" can run on node "n1" only`

test_one_node_is_found if {
	_warn(_web({"nodeName": "n1"})) == {{"msg": _msg, "path": samples.in_pod(["nodeName"])}}
	_warn(_web({"nodeSelector": {"kubernetes.io/hostname": "n1"}})) == {{
		"msg": _msg,
		"path": samples.in_pod(["nodeSelector", "kubernetes.io/hostname"]),
	}}
	{f.msg | some f in _warn(_web(_affinity(["n1"])))} == {_msg}
}

test_two_ways_are_one_finding if {
	count(_warn(_web({"nodeName": "n1", "nodeSelector": {"kubernetes.io/hostname": "n1"}}))) == 1
}

test_several_nodes_pass if {
	_warn(_web(_affinity(["n1", "n2"]))) == set()
	_warn(_web({"nodeSelector": {"disk": "ssd"}})) == set()
	_warn(_web({})) == set()
}

test_switched_off_passes if {
	_warn(clusters.with_pod(clusters.workload("Deployment", "web", 0), {"nodeName": "n1"})) == set()
	count(_warn(clusters.with_pod(clusters.workload("StatefulSet", "web", 1), {"nodeName": "n1"}))) == 1
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      nodeSelector:
        disk: ssd
`

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      nodeSelector:
        kubernetes.io/hostname: node-1
`
