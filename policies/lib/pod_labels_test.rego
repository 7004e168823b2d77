package holdfast.lib.pod_labels_test

import data.holdfast.lib.pod_labels
import data.holdfast.lib.samples_test as samples

_with_template(group, kind, name, labels) := [concat("/", [group, kind]), {
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"template": {"metadata": {"labels": labels}}},
}]

_pod(namespace, name, labels) := ["core/Pod", {
	"kind": "Pod",
	"metadata": {"name": name, "namespace": namespace, "labels": labels},
}]

_cron_job(name, labels) := ["batch/CronJob", {
	"kind": "CronJob",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"jobTemplate": {"spec": {"template": {"metadata": {"labels": labels}}}}},
}]

_selected(pairs, namespace, selector) := keys if {
	keys := pod_labels.selected(namespace, selector) with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

_app(name) := {"matchLabels": {"app": name}}

test_each_kind_has_pods if {
	every group, kinds in {
		"apps": ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
		"batch": ["Job"],
		"core": ["ReplicationController"],
	} {
		every kind in kinds {
			_selected({_with_template(group, kind, "web", {"app": "web"})}, "shop", _app("web")) == {["shop", kind, "web"]}
		}
	}
	_selected({_pod("shop", "a", {"app": "web"})}, "shop", _app("web")) == {["shop", "Pod", "a"]}
	_selected({_cron_job("a", {"app": "web"})}, "shop", _app("web")) == {["shop", "CronJob", "a"]}
}

_pairs := {
	_pod("shop", "a", {"app": "web", "tier": "front"}),
	_pod("shop", "b", {"app": "web", "tier": "back"}),
	_pod("shop", "c", {"app": "api", "tier": "back"}),
	_pod("other", "d", {"app": "web", "tier": "front"}),
	_pod("shop", "e", null),
	_pod("other", "f", {"app": "api"}),
	["core/Service", {"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}],
}

_names(selector) := {key[2] | some key in _selected(_pairs, "shop", selector)}

test_selecting if {
	_names(_app("web")) == {"a", "b"}
	_names({"matchLabels": {"app": "web", "tier": "back"}}) == {"b"}
	_names({"matchLabels": {"app": "api", "tier": "front"}}) == set()
	_names(_app("none")) == set()
	_names({}) == {"a", "b", "c", "e"}
	_names({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["back"]}]}) == {"b", "c"}
	_names(null) == set()
	_selected(_pairs, "nowhere", {}) == set()
	_selected(_pairs, "other", {"matchLabels": {"tier": "front"}}) == {["other", "Pod", "d"]}
}

test_what_another_controls_is_left_out if {
	_selected({_owned(true)}, "shop", {}) == set()
	count(_selected({_owned(false)}, "shop", {})) == 1
}

_owned(controller) := ["core/Pod", {
	"kind": "Pod",
	"metadata": {"name": "a", "namespace": "shop", "ownerReferences": [{"controller": controller}]},
}]
