package holdfast.dr.rollout_takes_all_down_test

import data.holdfast.dr.rollout_takes_all_down
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web(replicas, strategy) := clusters.with_spec(clusters.workload("Deployment", "web", replicas), {"strategy": strategy})

_db(replicas, value) := clusters.with_spec(
	clusters.workload("StatefulSet", "db", replicas),
	{"updateStrategy": {"rollingUpdate": {"maxUnavailable": value}}},
)

_rolling(value) := {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": value}}

_warn(resources) := found if {
	found := rollout_takes_all_down.warn with data.holdfast.resources as clusters.of(resources)
		with input as samples.of(null)
}

_found(workload, path, why) := {{
	"msg": sprintf("a rollout of %s %q ends all of its %d pods at once: %s", [
		workload.kind,
		workload.metadata.name,
		workload.spec.replicas,
		why,
	]),
	"path": array.concat(["spec"], path),
	"resource": clusters.identity(workload),
}}

test_recreate_is_found if {
	web := _web(2, {"type": "Recreate"})
	_warn([web]) == _found(web, ["strategy", "type"], "its strategy is Recreate")

	# The API refuses rollingUpdate beside it.
	both := _web(2, {"type": "Recreate", "rollingUpdate": {"maxUnavailable": "100%"}})
	_warn([both]) == _found(web, ["strategy", "type"], "its strategy is Recreate")
}

test_one_replica_passes if {
	_warn([_web(1, {"type": "Recreate"})]) == set()
	_warn([_web(0, {"type": "Recreate"})]) == set()
	_warn([_web(1, _rolling("100%"))]) == set()
}

test_all_unavailable_is_found if {
	every value in ["100%", 3, 4, "150%"] {
		web := _web(3, _rolling(value))
		_warn([web]) == _found(web, ["strategy", "rollingUpdate", "maxUnavailable"], sprintf("maxUnavailable is %v", [value]))
	}
	every value in ["100%", 3, "67%"] {
		db := _db(3, value)
		_warn([db]) == _found(db, ["updateStrategy", "rollingUpdate", "maxUnavailable"], sprintf("maxUnavailable is %v", [value]))
	}
}

# 99% of 3 pods are 2 of a Deployment, and 3 of a StatefulSet.
test_some_unavailable_passes if {
	every value in [2, "99%", "0%", 0, null, "all", "099%"] {
		_warn([_web(3, _rolling(value))]) == set()
	}
	every value in [2, "66%", null, "all"] {
		_warn([_db(3, value)]) == set()
	}
}

test_other_strategies_pass if {
	_warn([_web(3, {}), clusters.workload("StatefulSet", "db", 3)]) == set()
	_warn([_web(3, {"type": "RollingUpdate"})]) == set()
	_warn([_web(3, null)]) == set()
}

test_the_autoscalers_most_counts if {
	autoscaler := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
		"scaleTargetRef": {"kind": "Deployment", "name": "web"},
		"maxReplicas": 5,
	})
	{f.msg | some f in _warn([_web(1, {"type": "Recreate"}), autoscaler])} == {concat("", [
		`a rollout of Deployment "web" ends all of its 5 pods at once: its strategy is Recreate`,
	])}
	_warn([_web(2, _rolling(2)), autoscaler]) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  strategy:
    type: Recreate
`
