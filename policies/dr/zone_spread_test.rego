package holdfast.dr.zone_spread_test

import data.holdfast.dr.zone_spread
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 2)

_constraint(key) := {"topologySpreadConstraints": [{
	"topologyKey": key,
	"labelSelector": {"matchLabels": {"app": "web"}},
}]}

_warn(resources) := found if {
	found := zone_spread.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_no_spread_by_zone_is_found if {
	_warn([_web]) == {{
		"msg": `nothing keeps the 2 replicas of Deployment "web" in different zones`,
		"path": samples.template,
		"resource": clusters.identity(_web),
	}}
	count(_warn([clusters.with_pod(_web, _constraint("kubernetes.io/hostname"))])) == 1
	count(_warn([clusters.with_pod(_web, {"nodeSelector": {"disk": "ssd"}})])) == 1
}

test_a_spread_by_zone_passes if {
	_warn([clusters.with_pod(_web, _constraint("topology.kubernetes.io/zone"))]) == set()
	_warn([clusters.with_pod(_web, _constraint("failure-domain.beta.kubernetes.io/zone"))]) == set()
}

test_what_is_tied_is_another_rules if {
	_warn([clusters.with_pod(_web, {"nodeSelector": {"topology.kubernetes.io/zone": "a"}})]) == set()
	_warn([clusters.with_pod(_web, {"nodeName": "a"})]) == set()
}

test_one_replica_passes if {
	_warn([clusters.workload("StatefulSet", "web", 1)]) == set()
	_warn([clusters.make("apps/v1", "Deployment", "web", {"replicas": 2})]) == set()
	autoscaler := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
		"scaleTargetRef": {"kind": "StatefulSet", "name": "web"},
		"maxReplicas": 2,
	})
	count(_warn([clusters.workload("StatefulSet", "web", 1), autoscaler])) == 1
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {app: web}
      containers:
        - {name: web, image: "web:1.2"}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - {name: web, image: "web:1.2"}
`
