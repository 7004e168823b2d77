package holdfast.allocation.cost_labels_test

import data.holdfast.allocation.cost_labels
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {tier: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
`

example_params := {"cost_labels": ["team"]}

_deny_of(labels, resource, namespace) := found if {
	found := cost_labels.deny with input as samples.of(resource)
		with data.holdfast.params.cost_labels as labels
		with data.holdfast.resources as {"prod": {"core/Namespace": {"": {
			"shop": {"metadata": {"labels": namespace}},
			"other": {"metadata": {"labels": {"team": "b"}}},
		}}}}
}

_web(labels, pods) := object.union(samples.deployment({}), {
	"metadata": {"labels": labels},
	"spec": {"template": {"metadata": {"labels": pods}}},
})

test_labels_that_are_missing_are_found if {
	_deny_of(["team", "cost-center"], _web({"app": "web"}, {"app": "web"}), {"app": "web"}) == {{
		"msg": `Deployment "web" has no label team and no label cost-center`,
		"path": ["metadata"],
	}}
	_deny_of(["team", "cost-center"], _web({"team": "a"}, null), null) == {{
		"msg": `Deployment "web" has no label cost-center`,
		"path": ["metadata"],
	}}
}

test_each_place_counts if {
	_deny_of(["team"], _web({"team": "a"}, {}), {}) == set()
	_deny_of(["team"], _web({}, {"team": "a"}), {}) == set()
	_deny_of(["team"], _web({}, {}), {"team": "a"}) == set()
	cron := {"kind": "CronJob", "metadata": {"name": "a"}, "spec": {"jobTemplate": {"spec": {"template": {"metadata": {"labels": {"team": "a"}}}}}}}
	_deny_of(["team"], cron, {}) == set()
}

test_an_empty_label_is_none if {
	every value in ["", " ", null, 7] {
		count(_deny_of(["team"], _web({"team": value}, {}), {})) == 1
	}
}

test_what_is_owned_passes if {
	owned := object.union(_web({}, {}), {"metadata": {"ownerReferences": [{"controller": true}]}})
	_deny_of(["team"], owned, {}) == set()
}

test_by_default_none_are_asked_for if {
	_deny_of([], _web({}, {}), {}) == set()
}
