package holdfast.dr.priority_default_test

import data.holdfast.dr.priority_default
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_class(name, value, is_default) := {
	"apiVersion": "scheduling.k8s.io/v1",
	"kind": "PriorityClass",
	"metadata": {"name": name},
	"value": value,
	"globalDefault": is_default,
}

_warn(resources) := found if {
	found := priority_default.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_a_default_above_all_is_found if {
	high := _class("high", 1000, true)
	_warn([high, _class("low", 100, false)]) == {{
		"msg": `PriorityClass "high" is the default, and no class is above its 1000`,
		"path": ["value"],
		"resource": clusters.identity(high),
	}}
	count(_warn([high, _class("low", 1000, false)])) == 1
}

test_a_default_below_passes if {
	_warn([_class("high", 1000, false), _class("low", 100, true)]) == set()
	_warn([_class("batch", -10, false), _class("normal", 0, true)]) == set()
	count(_warn([_class("batch", -10, false), _class("normal", 1, true)])) == 1
}

test_no_others_or_no_default_pass if {
	_warn([_class("high", 1000, true)]) == set()
	_warn([_class("high", 1000, false), _class("low", 1, false)]) == set()
	_warn([_class("high", 1000, true), _class("low", "1", false)]) == set()
	count(_warn([_class("high", 1000, true), _class("low", 1, false), _class("odd", "2000", false)])) == 1
	_warn([_class("high", "1000", true), _class("low", 1, false)]) == set()
	_warn([]) == set()
}

test_two_defaults_are_found if {
	b := _class("b", 1000, true)
	count(_warn([_class("a", 1000, true), b])) == 1
	_warn([_class("a", 0, true), b, _class("c", 5, false)]) == {{
		"msg": "2 PriorityClasses are the default: a, b",
		"path": ["globalDefault"],
		"resource": clusters.identity(b),
	}}
}

good_example := `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: normal
value: 0
globalDefault: true
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: data
value: 100000
`

bad_example := `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: normal
value: 100000
globalDefault: true
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: data
value: 1000
`
