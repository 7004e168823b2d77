package holdfast.dr.host_spread_test

import data.holdfast.dr.host_spread
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 2)

_constraint(key, app) := {"topologySpreadConstraints": [{
	"maxSkew": 1,
	"topologyKey": key,
	"whenUnsatisfiable": "ScheduleAnyway",
	"labelSelector": {"matchLabels": {"app": app}},
}]}

_warn(resources) := found if {
	found := host_spread.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_no_spread_is_found if {
	_warn([_web]) == {{
		"msg": `nothing keeps the 2 replicas of Deployment "web" on different nodes`,
		"path": samples.template,
		"resource": clusters.identity(_web),
	}}
	count(_warn([clusters.workload("StatefulSet", "db", 3)])) == 1
	count(_warn([clusters.with_pod(_web, _constraint("kubernetes.io/hostname", "db"))])) == 1
}

test_a_spread_passes if {
	_warn([clusters.with_pod(_web, _constraint("kubernetes.io/hostname", "web"))]) == set()
	_warn([clusters.with_pod(_web, _constraint("topology.kubernetes.io/zone", "web"))]) == set()
}

test_one_replica_passes if {
	_warn([clusters.workload("Deployment", "web", 1)]) == set()
	_warn([clusters.workload("Deployment", "web", 0)]) == set()
}

test_the_autoscalers_most_counts if {
	autoscaler := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
		"scaleTargetRef": {"kind": "Deployment", "name": "web"},
		"maxReplicas": 5,
	})
	{f.msg | some f in _warn([clusters.workload("Deployment", "web", 1), autoscaler])} == {concat("", [
		`nothing keeps the 5 replicas of Deployment "web" on different nodes`,
	])}
}

_with_ports(ports, more) := clusters.with_pod(_web, object.union({"containers": [{"name": "a", "ports": ports}]}, more))

test_a_port_of_the_host_passes if {
	_warn([_with_ports([{"containerPort": 80}, {"containerPort": 81, "hostPort": 1}], {})]) == set()
	_warn([_with_ports([{"containerPort": 80}], {"hostNetwork": true})]) == set()
	count(_warn([_with_ports([{"containerPort": 80, "hostPort": 0}], {})])) == 1
	count(_warn([_with_ports([{"containerPort": 80}], {"hostNetwork": false})])) == 1
	count(_warn([_with_ports([], {"hostNetwork": true})])) == 1
}

test_no_pod_spec_passes if {
	_warn([clusters.make("apps/v1", "Deployment", "web", {"replicas": 2})]) == set()
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
          topologyKey: kubernetes.io/hostname
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
