package holdfast.dr.grace_period_test

import data.holdfast.dr.grace_period
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_workload(kind, seconds) := clusters.with_pod(
	clusters.workload(kind, "db", 1),
	{"terminationGracePeriodSeconds": seconds},
)

_deny(workload) := found if {
	found := grace_period.deny with input as samples.of(workload)
}

_warn(workload) := found if {
	found := grace_period.warn with input as samples.of(workload)
}

_path := samples.in_pod(["terminationGracePeriodSeconds"])

test_a_stateful_set_is_denied if {
	_deny(_workload("StatefulSet", 0)) == {{
		"msg": `StatefulSet "db" has a grace period of 0, so that two pods may write to the same data`,
		"path": _path,
	}}
	_warn(_workload("StatefulSet", 0)) == set()
}

test_a_deployment_is_warned_of if {
	_warn(_workload("Deployment", 0)) == {{
		"msg": `Deployment "db" has a grace period of 0, so that its pods are killed at work`,
		"path": _path,
	}}
	_deny(_workload("Deployment", 0)) == set()
}

_waiting(containers) := clusters.with_pod(_workload("Deployment", 0), {"containers": containers})

_waits := [
	{"image": "registry.k8s.io/pause:3.10"},
	{"image": "pause"},
	{"image": "registry.k8s.io/pause-amd64:3.1"},
	{"image": "registry.k8s.io/pause@sha256:0"},
	{"image": "curl", "command": ["/bin/sleep", "infinity"]},
	{"image": "curl", "command": ["sleep"], "args": ["3650d"]},
	{"image": "curl", "args": ["sh", "-c", "sleep inf"]},
	{"image": "curl", "command": ["sleep", "9999"]},
	{"image": "curl", "command": ["tail", "-f", "/dev/null"]},
]

_works := [
	{},
	{"image": null, "command": [5], "args": null},
	{"image": "example.com/pause/web:1"},
	{"image": "example.com/menopause:1"},
	{"image": "web", "command": ["sleep", "999"]},
	{"image": "web", "command": ["sh", "-c", "sleep infinity; serve"]},
	{"image": "web", "command": ["nosleep", "infinity"]},
]

test_what_only_waits_passes if {
	every container in _waits {
		_warn(_waiting([container])) == set()
		count(_warn(_waiting([container, {"image": "web"}]))) == 1
	}
	count(_deny(clusters.with_pod(_workload("StatefulSet", 0), {"containers": _waits}))) == 1
	_warn(_waiting(_waits)) == set()
}

test_what_works_is_found if {
	every container in _works {
		count(_warn(_waiting([container]))) == 1
	}
	count(_warn(_waiting([]))) == 1
	count(_warn(_waiting(null))) == 1
}

test_any_other_passes if {
	every kind in ["StatefulSet", "Deployment"] {
		every seconds in [1, 30, null, "0"] {
			_deny(_workload(kind, seconds)) == set()
			_warn(_workload(kind, seconds)) == set()
		}
		_deny(clusters.workload(kind, "db", 1)) == set()
	}
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 120
`

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 0
`
