package holdfast.dr.spread_selects_others_test

import data.holdfast.dr.spread_selects_others
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 2)

_constraint(more) := {"topologySpreadConstraints": [object.union({"topologyKey": "zone"}, more)]}

_anti_affinity(more) := {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [object.union(
	{"topologyKey": "zone"},
	more,
)]}}}

_deny(spec) := found if {
	found := spread_selects_others.deny with input as samples.of(clusters.with_pod(_web, spec))
}

_selecting(labels) := {"labelSelector": {"matchLabels": labels}}

test_a_constraint_about_others_is_found if {
	_deny(_constraint(_selecting({"app": "webb"}))) == {{
		"msg": "the spread constraint by zone does not select the pods that have it",
		"path": samples.in_pod(["topologySpreadConstraints", 0]),
	}}
	count(_deny(_constraint(_selecting({"app": "web", "tier": "front"})))) == 1
}

test_no_selector_is_found if {
	every more in [{}, {"labelSelector": null}] {
		_deny(_constraint(more)) == {{
			"msg": "the spread constraint by zone has no labelSelector, and so counts no pods",
			"path": samples.in_pod(["topologySpreadConstraints", 0]),
		}}
		{f.msg | some f in _deny(_anti_affinity(more))} == {"the anti-affinity by zone has no labelSelector, and so counts no pods"}
	}
}

test_its_own_labels_pass if {
	_deny(_constraint(_selecting({"app": "web"}))) == set()
	_deny(_constraint({"labelSelector": {}})) == set()
	_deny({}) == set()
}

# To stay away from others is what an anti-affinity is for.
test_an_anti_affinity_to_others_passes if {
	_deny(_anti_affinity(_selecting({"app": "noisy"}))) == set()
}

test_labels_that_are_added_later_pass if {
	_deny(_constraint(_selecting({"app": "web", "pod-template-hash": "x"}))) == set()
}

test_a_wrong_type_passes if {
	_deny(_constraint({"labelSelector": "app=web"})) == set()
	_deny({"topologySpreadConstraints": "zone"}) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {app: web}
      containers:
        - {name: web, image: "web:1.2"}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app.kubernetes.io/name: web}
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {app: web}
      containers:
        - {name: web, image: "web:1.2"}
`
