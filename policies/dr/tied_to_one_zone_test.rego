package holdfast.dr.tied_to_one_zone_test

import data.holdfast.dr.tied_to_one_zone
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_zone := "topology.kubernetes.io/zone"

_in_zone(kind, name, replicas, zone) := clusters.with_pod(
	clusters.workload(kind, name, replicas),
	{"nodeSelector": {_zone: zone}},
)

_warn(resources) := found if {
	found := tied_to_one_zone.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_one_zone_is_found if {
	web := _in_zone("Deployment", "web", 2, "a")
	_warn([web]) == {{
		"msg": `the 2 replicas of Deployment "web" can run in zone "a" only`,
		"path": samples.in_pod(["nodeSelector", _zone]),
		"resource": clusters.identity(web),
	}}
	old := {"nodeSelector": {"failure-domain.beta.kubernetes.io/zone": "a"}}
	count(_warn([clusters.with_pod(clusters.workload("StatefulSet", "db", 3), old)])) == 1
	count(_warn([web, _in_zone("StatefulSet", "db", 3, "a")])) == 2
}

test_both_labels_are_one_finding if {
	both := {"nodeSelector": {"failure-domain.beta.kubernetes.io/zone": "a"}}
	count(_warn([clusters.with_pod(_in_zone("Deployment", "web", 2, "a"), both)])) == 1
}

test_a_workload_for_each_zone_passes if {
	_warn([_in_zone("StatefulSet", "store-a", 3, "a"), _in_zone("StatefulSet", "store-b", 3, "b")]) == set()
	elsewhere := clusters.at(_in_zone("StatefulSet", "store-b", 3, "b"), {"namespace": "else"})
	count(_warn([_in_zone("StatefulSet", "store-a", 3, "a"), elsewhere])) == 2
}

test_other_ties_pass if {
	_warn([clusters.with_pod(clusters.workload("Deployment", "web", 2), {"nodeSelector": {"disk": "ssd"}})]) == set()
	_warn([clusters.with_pod(clusters.workload("Deployment", "web", 2), {"nodeName": "a"})]) == set()
}

test_one_replica_passes if {
	_warn([_in_zone("Deployment", "web", 1, "a")]) == set()
	autoscaler := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
		"scaleTargetRef": {"kind": "Deployment", "name": "web"},
		"maxReplicas": 2,
	})
	count(_warn([_in_zone("Deployment", "web", 1, "a"), autoscaler])) == 1
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
              - matchExpressions:
                  - {key: topology.kubernetes.io/zone, operator: In, values: [eu-1a, eu-1b]}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      nodeSelector:
        topology.kubernetes.io/zone: eu-1a
`
