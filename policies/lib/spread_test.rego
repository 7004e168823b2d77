package holdfast.lib.spread_test

import data.holdfast.lib.spread

_labels := {"app": "web"}

_self := {"matchLabels": {"app": "web"}}

_constraint(key, selector) := {"topologySpreadConstraints": [{"topologyKey": key, "labelSelector": selector}]}

_required(key, selector) := {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{
	"topologyKey": key,
	"labelSelector": selector,
}]}}}

_preferred(key, selector) := {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{
	"weight": 1,
	"podAffinityTerm": {"topologyKey": key, "labelSelector": selector},
}]}}}

_keys(spec) := spread.keys({"labels": _labels, "spec": spec})

test_each_way_of_spreading if {
	_keys(_constraint("zone", _self)) == {"zone"}
	_keys(_required("host", _self)) == {"host"}
	_keys(_preferred("host", _self)) == {"host"}
	_keys(object.union(_constraint("zone", _self), _required("host", {}))) == {"zone", "host"}
}

test_rules_about_others_do_not_spread if {
	every selector in [null, {"matchLabels": {"app": "db"}}] {
		_keys(_constraint("zone", selector)) == set()
		_keys(_required("host", selector)) == set()
		_keys(_preferred("host", selector)) == set()
	}
	_keys({}) == set()
	_keys({"topologySpreadConstraints": [{"labelSelector": _self}, null]}) == set()
}

# A term of one list does not count in the other, where it has another form.
test_terms_in_the_wrong_list if {
	required := _required("host", _self).affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
	preferred := _preferred("host", _self).affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution
	_keys({"affinity": {"podAntiAffinity": {
		"requiredDuringSchedulingIgnoredDuringExecution": preferred,
		"preferredDuringSchedulingIgnoredDuringExecution": required,
	}}}) == set()
}

test_rules_say_where_they_stand if {
	spread.rules(object.union(_constraint("zone", null), _preferred("host", _self))) == {
		{
			"what": "spread constraint",
			"key": "zone",
			"selector": null,
			"path": ["topologySpreadConstraints", 0],
		},
		{
			"what": "anti-affinity",
			"key": "host",
			"selector": _self,
			"path": [
				"affinity",
				"podAntiAffinity",
				"preferredDuringSchedulingIgnoredDuringExecution",
				0,
				"podAffinityTerm",
			],
		},
	}
	spread.rules(_required("host", null)) == {{
		"what": "anti-affinity",
		"key": "host",
		"selector": null,
		"path": ["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0],
	}}
}

test_template if {
	spread.template({"spec": {"template": {"metadata": {"labels": _labels}, "spec": {"a": 1}}}}) == {
		"labels": _labels,
		"spec": {"a": 1},
	}
	spread.template({"spec": {"template": {"metadata": {"labels": 1}, "spec": null}}}) == {"labels": {}, "spec": {}}
	spread.template({}) == {"labels": {}, "spec": {}}
}

_affinity(terms) := {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}}

_in(key, values) := {"matchExpressions": [{"key": key, "operator": "In", "values": values}]}

_ties(spec) := {[tie.key, tie.value] | some tie in spread.ties(spec)}

test_ties_by_name_and_selector if {
	spread.ties({"nodeName": "n1", "nodeSelector": {"zone": "a"}}) == {
		{"key": "kubernetes.io/hostname", "value": "n1", "path": ["nodeName"]},
		{"key": "zone", "value": "a", "path": ["nodeSelector", "zone"]},
	}
	every spec in [{}, {"nodeName": ""}, {"nodeName": null, "nodeSelector": {"zone": null}}] {
		spread.ties(spec) == set()
	}
}

test_ties_by_affinity if {
	spread.ties(_affinity([_in("zone", ["a"])])) == {{
		"key": "zone",
		"value": "a",
		"path": ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"],
	}}
	_ties(_affinity([_in("zone", ["a"]), _in("zone", ["a"])])) == {["zone", "a"]}
	field := {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}
	_ties(_affinity([field])) == {["kubernetes.io/hostname", "n1"]}
	narrowed := {"matchExpressions": [
		{"key": "zone", "operator": "In", "values": ["a", "b"]},
		{"key": "zone", "operator": "In", "values": ["b", "c"]},
	]}
	_ties(_affinity([narrowed])) == {["zone", "b"]}
	both := {"matchExpressions": array.concat(_in("zone", ["a"]).matchExpressions, _in("disk", ["ssd"]).matchExpressions)}
	_ties(_affinity([both])) == {["zone", "a"], ["disk", "ssd"]}
}

test_what_leaves_a_choice_is_no_tie if {
	every terms in [
		[_in("zone", ["a", "b"])],
		[_in("zone", ["a"]), _in("zone", ["b"])],
		[_in("zone", ["a"]), _in("disk", ["ssd"])],
		[{"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}],
		[{"matchExpressions": [{"key": "zone", "operator": "In", "values": "a"}]}],
		[{"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["a"]}]}],
		[{"matchFields": [{"key": "metadata.uid", "operator": "In", "values": ["a"]}]}],
		[{"matchFields": [{"key": "metadata.name", "operator": "In", "values": "a"}]}],
		[],
		null,
	] {
		spread.ties(_affinity(terms)) == set()
	}
}
