package holdfast.lib.resources_test

import data.holdfast.lib.resources
import data.holdfast.lib.samples_test as samples

_web := {"name": "web", "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}}

_spec := {
	"containers": [_web, {"name": "bare"}],
	"initContainers": [{"name": "init", "resources": {"limits": null, "requests": "x"}}],
	"ephemeralContainers": [{"name": "debug", "resources": {"requests": {"cpu": "9"}}}],
}

test_holders if {
	found := resources.holders with input as samples.of(samples.deployment(_spec))
	found == {
		{"label": `container "web"`, "path": samples.in_pod(["containers", 0]), "requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}},
		{"label": `container "bare"`, "path": samples.in_pod(["containers", 1]), "requests": {}, "limits": {}},
		{"label": `init container "init"`, "path": samples.in_pod(["initContainers", 0]), "requests": {}, "limits": {}},
	}
	with_pod := resources.holders with input as samples.of(samples.deployment({"resources": {"limits": {"cpu": "2"}}}))
	with_pod == {{"label": "the pod", "path": samples.template, "requests": {}, "limits": {"cpu": "2"}}}
	without := resources.holders with input as samples.of(samples.deployment({"resources": null}))
	without == set()
}

test_values if {
	found := resources.values with input as samples.of(samples.deployment(_spec))
	found == {
		{
			"label": `container "web"`,
			"path": samples.in_pod(["containers", 0, "resources", "requests", "cpu"]),
			"part": "requests",
			"resource": "cpu",
			"quantity": "1",
		},
		{
			"label": `container "web"`,
			"path": samples.in_pod(["containers", 0, "resources", "limits", "memory"]),
			"part": "limits",
			"resource": "memory",
			"quantity": "1Gi",
		},
	}
}

_given(container, spec, part, resource) if {
	resources.given(container, part, resource) with input as samples.of(samples.deployment(spec))
		with data.holdfast.resources as {}
}

test_given if {
	_given(_web, {}, "requests", "cpu")
	_given(_web, {}, "limits", "memory")
	_given(_web, {}, "requests", "memory")
	not _given(_web, {}, "limits", "cpu")
	not _given({}, {}, "limits", "cpu")
	not _given({"resources": {"requests": {"cpu": null}}}, {}, "requests", "cpu")
	_given({}, {"resources": {"requests": {"cpu": "1"}}}, "requests", "cpu")
	not _given({}, {"resources": {"requests": {"cpu": "1"}}}, "limits", "cpu")
	_given({}, {"resources": {"limits": {"cpu": "1"}}}, "requests", "cpu")
	not _given({}, {"resources": {"limits": {"ephemeral-storage": "1"}}}, "limits", "ephemeral-storage")
}

test_given_by_default if {
	stored := samples.stored({["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1"}}]},
	}]})
	resources.given({}, "requests", "cpu") with input as samples.of(samples.deployment({})) with data.holdfast.resources as stored
	not _default_limit(stored)
}

_default_limit(stored) if {
	resources.given({}, "limits", "cpu") with input as samples.of(samples.deployment({})) with data.holdfast.resources as stored
}
