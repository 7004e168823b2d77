package holdfast.lib.defaults_test

import data.holdfast.lib.defaults
import data.holdfast.lib.samples_test as samples

_range(name, limits) := ["core/LimitRange", {
	"kind": "LimitRange",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"limits": limits},
}]

_of(ranges) := found if {
	found := defaults.of_namespace("prod", "shop") with data.holdfast.resources as samples.stored(ranges)
}

test_what_is_written if {
	_of({_range("a", [{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m", "memory": "1Gi"}}])}) == {
		"limits": {"cpu": "1"},
		"requests": {"cpu": "100m", "memory": "1Gi"},
	}
}

# The API fills in what is left out of the LimitRange itself.
test_what_follows_from_it if {
	_of({_range("a", [{"type": "Container", "max": {"cpu": "4"}}])}) == {"limits": {"cpu": "4"}, "requests": {"cpu": "4"}}
	_of({_range("a", [{"type": "Container", "max": {"cpu": "4"}, "default": {"cpu": "2"}}])}) == {
		"limits": {"cpu": "2"},
		"requests": {"cpu": "2"},
	}
	_of({_range("a", [{"type": "Container", "min": {"cpu": "1"}}])}) == {"limits": {}, "requests": {"cpu": "1"}}
	_of({_range("a", [{"type": "Container", "min": {"cpu": "1"}, "max": {"cpu": "4"}}])}).requests == {"cpu": "4"}
}

test_the_first_counts if {
	first := _range("a", [{"type": "Container", "default": {"cpu": "1"}}, {"type": "Container", "default": {"cpu": "2"}}])
	second := _range("b", [{"type": "Container", "default": {"cpu": "3", "memory": "1Gi"}}])
	_of({first, second}).limits == {"cpu": "1", "memory": "1Gi"}
}

test_others_give_nothing if {
	nothing := {"limits": {}, "requests": {}}
	_of({}) == nothing
	_of({_range("a", [{"type": "Pod", "max": {"cpu": "4"}}])}) == nothing
	_of({_range("a", [{"type": "Container", "max": null, "default": "1"}, "text", null])}) == nothing
	_of({_range("a", null)}) == nothing
	found := defaults.of_namespace("prod", "other") with data.holdfast.resources as samples.stored({_range("a", [{
		"type": "Container",
		"max": {"cpu": "4"},
	}])})
	found == nothing
}

test_of_the_resource if {
	found := defaults.of_resource with input as samples.of(samples.deployment({}))
		with data.holdfast.resources as samples.stored({_range("a", [{"type": "Container", "max": {"cpu": "4"}}])})
	found.limits == {"cpu": "4"}
}
