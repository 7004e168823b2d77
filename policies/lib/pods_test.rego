package holdfast.lib.pods_test

import data.holdfast.lib.pods

_spec := {
	"containers": [{"name": "web"}, {}],
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
