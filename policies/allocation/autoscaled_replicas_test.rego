package holdfast.allocation.autoscaled_replicas_test

import data.holdfast.allocation.autoscaled_replicas
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`

bad_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`

_hpa(spec) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_warn_in(phase, replicas) := found if {
	found := autoscaled_replicas.warn with input as object.union(
		samples.of(_hpa({"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}})),
		{"phase": phase},
	)
		with data.holdfast.resources as samples.stored({["apps/Deployment", object.union(samples.deployment({}), {"spec": {"replicas": replicas}})]})
}

_warn(replicas) := _warn_in("check", replicas)

test_replicas_are_found if {
	_warn(1) == {{
		"msg": `Deployment "web" sets replicas to 1, though HorizontalPodAutoscaler "web" scales it`,
		"path": ["spec", "replicas"],
		"resource": {"target": "prod", "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	}}
}

test_none_pass if {
	_warn(null) == set()
	_warn("3") == set()
}

# Switched off.
test_zero_passes if {
	_warn(0) == set()
}

# There the API has filled them in.
test_other_phases_pass if {
	_warn_in("plan", 3) == set()
	_warn_in("live", 3) == set()
}
