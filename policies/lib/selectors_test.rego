package holdfast.lib.selectors_test

import data.holdfast.lib.selectors

_labels := {"app": "web", "tier": "front"}

_in(values) := {"matchExpressions": [{"key": "app", "operator": "In", "values": values}]}

test_matching if {
	every selector in [
		{},
		{"matchLabels": null, "matchExpressions": null},
		{"matchLabels": {"app": "web"}},
		{"matchLabels": {"app": "web", "tier": "front"}},
		_in(["api", "web"]),
		{"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
		{"matchExpressions": [{"key": "none", "operator": "NotIn", "values": ["api"]}]},
		{"matchExpressions": [{"key": "app", "operator": "Exists"}]},
		{"matchExpressions": [{"key": "none", "operator": "DoesNotExist"}]},
	] {
		selectors.matches(selector, _labels)
	}
}

test_not_matching if {
	every selector in [
		null,
		{"matchLabels": {"app": "api"}},
		{"matchLabels": {"app": "web", "tier": "back"}},
		{"matchLabels": {"none": "web"}},
		_in(["api"]),
		{"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "In", "values": ["back"]}]},
		{"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]},
		{"matchExpressions": [{"key": "none", "operator": "Exists"}]},
		{"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]},
		{"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["a"]}]},
	] {
		not selectors.matches(selector, _labels)
	}
}

test_labels_that_controllers_add if {
	every label in [
		"pod-template-hash",
		"rollouts-pod-template-hash",
		"controller-revision-hash",
		"job-name",
		"controller-uid",
		"statefulset.kubernetes.io/pod-name",
		"apps.kubernetes.io/pod-index",
		"batch.kubernetes.io/job-name",
	] {
		selectors.by_added_label({"matchLabels": {label: "x", "app": "web"}})
		selectors.by_added_label({"matchExpressions": [{"key": label, "operator": "Exists"}]})
	}
	every selector in [
		{"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]},
		{"matchLabels": {"app.kubernetes.io/name": "web"}},
		{"matchExpressions": [{"key": 5, "operator": "Exists"}]},
		{},
		null,
	] {
		not selectors.by_added_label(selector)
	}
}
