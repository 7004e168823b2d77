package holdfast.lib.pods_test

import data.holdfast.lib.pods

_spec := {
	"containers": [{"name": "web"}, {"name": 7}],
	"initContainers": [{"name": "migrate"}],
	"ephemeralContainers": [{"name": "debug"}],
}

_template := {"template": {"spec": _spec}}

_workloads := {
	"Pod": {"kind": "Pod", "spec": _spec},
	"PodTemplate": {"kind": "PodTemplate", "template": {"spec": _spec}},
	"Deployment": {"kind": "Deployment", "spec": _template},
	"StatefulSet": {"kind": "StatefulSet", "spec": _template},
	"DaemonSet": {"kind": "DaemonSet", "spec": _template},
	"ReplicaSet": {"kind": "ReplicaSet", "spec": _template},
	"ReplicationController": {"kind": "ReplicationController", "spec": _template},
	"Job": {"kind": "Job", "spec": _template},
	"CronJob": {"kind": "CronJob", "spec": {"jobTemplate": {"spec": _template}}},
}

# Every kind shows all of its containers, and each path leads to its container.
test_containers_of_every_kind if {
	every workload in _workloads {
		entries := pods.containers(workload)
		{e.label | some e in entries} == {
			`container "web"`,
			"container 1",
			`init container "migrate"`,
			`ephemeral container "debug"`,
		}
		every entry in entries {
			object.get(workload, entry.path, "nothing there") == entry.container
			entry.path[count(entry.path) - 2] == entry.field
		}
	}
}

test_other_kinds_and_broken_ones_have_no_containers if {
	every resource in [
		{"kind": "ConfigMap", "data": {}},
		{"kind": "Deployment", "spec": "text"},
		{"kind": "Deployment", "spec": {"template": {"spec": {"containers": null}}}},
		{"kind": "Deployment", "spec": {"template": {"spec": {"containers": ["text"]}}}},
		null,
	] {
		count(pods.containers(resource)) == 0
	}
}

# What is written for the resource that is judged says the same.
test_the_judged_resource if {
	every workload in _workloads {
		_labels(workload) == {
			`container "web"`,
			"container 1",
			`init container "migrate"`,
			`ephemeral container "debug"`,
		}
		_paths(workload) == {entry.path | some entry in pods.containers(workload)}
	}
}

_labels(workload) := found if {
	found := {label |
		some list, sort in pods.lists
		some i, container in pods.judged[list]
		label := pods.label(sort, container, i)
	} with input as {"resource": workload}
}

_paths(workload) := found if {
	found := {path |
		some list, _ in pods.lists
		some i, _ in pods.judged[list]
		path := pods.path([list, i])
	} with input as {"resource": workload}
}

test_nearest if {
	resource := {"kind": "Pod", "spec": {"a": {"set": {"b": 1}, "null": null, "text": "b"}}}
	every steps, expected in {
		["set"]: ["spec", "a", "set"],
		["set", "b"]: ["spec", "a", "set", "b"],
		["null"]: ["spec", "a"],
		["text", "b"]: ["spec", "a"],
		["gone", "b"]: ["spec", "a"],
	} {
		pods.nearest(["a"], steps) == expected with input as {"resource": resource}
	}
}

test_annotations_are_the_pod_s if {
	annotations := {"a": "b"}
	pod := {"metadata": {"annotations": annotations}, "spec": {}}
	every path, workload in {
		["metadata"]: object.union({"kind": "Pod"}, pod),
		["template", "metadata"]: {"kind": "PodTemplate", "template": pod},
		["spec", "template", "metadata"]: {"kind": "Job", "metadata": {"annotations": {"c": "d"}}, "spec": {"template": pod}},
		["spec", "jobTemplate", "spec", "template", "metadata"]: {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": pod}}}},
	} {
		pods.annotations == annotations with input as {"resource": workload}
		pods.annotations_path == array.concat(path, ["annotations"]) with input as {"resource": workload}
	}
}

test_no_annotations if {
	pods.annotations == {} with input as {"resource": {"kind": "Pod", "spec": {}}}
	not pods.annotations with input as {"resource": {"kind": "ConfigMap"}}
	not pods.annotations with input as {"resource": null}
}

test_other_kinds_have_no_pod if {
	not pods.spec({"kind": "Other", "spec": _template})
	not pods.spec({"kind": "Other", "template": {"spec": _spec}})
	not pods.spec({"kind": "Other", "spec": {"jobTemplate": {"spec": _template}}})
	not pods.judged with input as {"resource": {"kind": "Service", "spec": _spec}}
}
