package holdfast.allocation.priority_class_test

import data.holdfast.allocation.priority_class
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: high
value: 1000
---
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  priorityClassName: high
  containers:
    - name: web
      image: example.com/web:1.4.2
`

bad_example := `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: high
value: 1000
---
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  priorityClassName: higher
  containers:
    - name: web
      image: example.com/web:1.4.2
`

_warn(name, classes) := found if {
	found := priority_class.warn with input as samples.of(samples.deployment({"priorityClassName": name}))
		with data.holdfast.resources as samples.stored({["scheduling.k8s.io/PriorityClass", {"metadata": {"name": class}}] |
			some class in classes
		})
}

test_a_class_that_is_missing_is_found if {
	_warn("higher", ["high", "low"]) == {{
		"msg": `the priority class "higher" is not among those that are declared`,
		"path": samples.in_pod(["priorityClassName"]),
	}}
}

test_a_class_that_is_there_passes if {
	_warn("low", ["high", "low"]) == set()
}

test_the_systems_own_pass if {
	_warn("system-cluster-critical", ["high"]) == set()
	_warn("system-node-critical", ["high"]) == set()
}

test_where_none_is_declared_nothing_is_known if {
	_warn("high", []) == set()
}

test_no_name_passes if {
	_warn("", ["high"]) == set()
	_warn(null, ["high"]) == set()
	_warn(7, ["high"]) == set()
}

test_an_empty_place_is_none if {
	found := priority_class.warn with input as samples.of(samples.deployment({"priorityClassName": "high"}))
		with data.holdfast.resources as {"prod": {"scheduling.k8s.io/PriorityClass": {"": {}}}}
	found == set()
}

test_one_class_is_enough_to_know if {
	count(_warn("higher", ["high"])) == 1
}
