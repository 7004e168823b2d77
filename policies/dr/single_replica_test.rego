package holdfast.dr.single_replica_test

import data.holdfast.dr.single_replica
import data.holdfast.lib.samples_test as samples

_workload(kind, spec, annotations) := [concat("/", ["apps", kind]), {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}]

_web(spec) := _workload("Deployment", spec, {})

_autoscaler(kind, spec) := ["autoscaling/HorizontalPodAutoscaler", {
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union(spec, {"scaleTargetRef": {"kind": kind, "name": "web"}, "maxReplicas": 9}),
}]

_warn(pairs) := _warn_below(pairs, 2)

_warn_below(pairs, least) := found if {
	found := single_replica.warn with data.holdfast.resources as samples.stored(pairs)
		with input as samples.of(null)
		with data.holdfast.params as {"min_replicas": least}
}

_identity(kind) := {"target": "prod", "apiVersion": "apps/v1", "kind": kind, "namespace": "shop", "name": "web"}

test_one_replica_is_found if {
	_warn({_workload("StatefulSet", {"replicas": 1}, {})}) == {{
		"msg": `StatefulSet "web" runs 1 replica, fewer than 2`,
		"path": ["spec", "replicas"],
		"resource": _identity("StatefulSet"),
	}}
}

test_the_default_of_one_is_found if {
	_warn({_web({})}) == {{
		"msg": `Deployment "web" runs 1 replica, fewer than 2`,
		"path": ["spec"],
		"resource": _identity("Deployment"),
	}}
}

test_the_parameter_moves_the_border if {
	_warn_below({_web({"replicas": 3})}, 3) == set()
	{f.msg | some f in _warn_below({_web({"replicas": 2})}, 3)} == {`Deployment "web" runs 2 replicas, fewer than 3`}
}

test_two_replicas_pass if {
	_warn({_web({"replicas": 2})}) == set()
}

test_switched_off_passes if {
	_warn({_web({"replicas": 0})}) == set()
}

# An autoscaler leaves what is scaled to 0 alone, and counts where it is at 1.
test_switched_off_passes_beside_an_autoscaler if {
	_warn({_web({"replicas": 0}), _autoscaler("Deployment", {})}) == set()
	count(_warn({_web({"replicas": 1}), _autoscaler("Deployment", {})})) == 1
}

test_an_autoscaler_with_enough_passes if {
	_warn({_web({}), _autoscaler("Deployment", {"minReplicas": 2})}) == set()
}

test_an_autoscaler_that_allows_one_is_found_whatever_the_replicas if {
	every spec in [{"minReplicas": 1}, {}] {
		_warn({_web({"replicas": 5}), _autoscaler("Deployment", spec)}) == {{
			"msg": concat("", [
				`Deployment "web" may be scaled down to 1 replica `,
				`by HorizontalPodAutoscaler "web", fewer than 2`,
			]),
			"path": ["spec"],
			"resource": _identity("Deployment"),
		}}
	}
}

test_an_autoscaler_of_another_kind_does_not_count if {
	count(_warn({_web({}), _autoscaler("StatefulSet", {"minReplicas": 2})})) == 1
}

test_a_reason_excuses_and_an_empty_one_does_not if {
	annotation := "holdfast.dev/single-replica"
	_warn({_workload("Deployment", {}, {annotation: "holds a lock; a second pod would idle"})}) == set()
	count(_warn({_workload("Deployment", {}, {annotation: " "})})) == 1
	_warn({
		_workload("Deployment", {}, {annotation: "batch"}),
		_autoscaler("Deployment", {}),
	}) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
`
