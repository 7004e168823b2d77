package holdfast.allocation.cluster_peak_test

import data.holdfast.allocation.cluster_peak
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
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

bad_example := `apiVersion: apps/v1
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

_warn(pairs) := found if {
	found := cluster_peak.warn with data.holdfast.params.cluster_capacity as {"prod": {"nodes": [{"count": 2, "cpu": 4, "memory": "16Gi"}]}}
		with data.holdfast.resources as samples.stored(pairs)
}

_autoscaler(most) := ["autoscaling/HorizontalPodAutoscaler", {
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": most},
}]

test_the_peak_is_found if {
	_warn({_workload("Deployment", "web", 2), _autoscaler(4)}) == {{
		"msg": concat("", [
			`scaled out and rolled out, the pods of cluster "prod" request more than its nodes have: CPU 10 of 8; `,
			`the largest are Deployment "web" in shop (10)`,
		]),
		"path": ["spec"],
		"resource": _identity("Deployment", "web"),
	}}
}

test_what_fits_passes if {
	_warn({_workload("Deployment", "web", 2), _autoscaler(3)}) == set()
	_warn({_workload("StatefulSet", "db", 4)}) == set()
}

# That is another rule's.
test_what_does_not_fit_anyway_passes if {
	_warn({_workload("Deployment", "web", 5)}) == set()
}
