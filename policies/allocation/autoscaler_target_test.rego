package holdfast.allocation.autoscaler_target_test

import data.holdfast.allocation.autoscaler_target
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
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}
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

_hpa(spec) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_warn(ref) := found if {
	found := autoscaler_target.warn with input as samples.of(_hpa({"scaleTargetRef": ref}))
		with data.holdfast.resources as samples.stored({
			["apps/Deployment", samples.deployment({})],
			["core/ReplicationController", {"metadata": {"name": "old", "namespace": "shop"}}],
			["apps/StatefulSet", {"metadata": {"name": "db", "namespace": "other"}}],
		})
}

test_a_name_that_is_not_there_is_found if {
	_warn({"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}) == {{
		"msg": `there is no Deployment "api" of apps/v1 in the namespace to scale`,
		"path": ["spec", "scaleTargetRef"],
	}}
}

test_another_kind_group_or_namespace_is_found if {
	every ref in [
		{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web"},
		{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"},
		{"apiVersion": "v1", "kind": "Deployment", "name": "web"},
		{"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "web"},
	] {
		count(_warn(ref)) == 1
	}
}

test_what_is_there_passes if {
	_warn({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}) == set()
	_warn({"apiVersion": "v1", "kind": "ReplicationController", "name": "old"}) == set()
}

# An operator may make them.
test_other_groups_pass if {
	every ref in [
		{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web"},
		{"kind": "Deployment", "name": "api"},
		{"apiVersion": "apps/v1", "kind": null, "name": "api"},
		{"apiVersion": "apps/v1", "kind": "Deployment", "name": null},
		{"apiVersion": "apps/v1", "kind": "Deployment", "name": "${APP}"},
		{"apiVersion": "apps/v1", "kind": "${KIND:=Deployment}", "name": "web"},
		null,
	] {
		_warn(ref) == set()
	}
}

test_every_version_that_is_known if {
	every version in ["v1", "apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"] {
		count(_warn({"apiVersion": version, "kind": "Deployment", "name": "api"})) == 1
	}
}
