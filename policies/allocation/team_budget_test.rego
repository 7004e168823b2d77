package holdfast.allocation.team_budget_test

import data.holdfast.allocation.team_budget
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
  labels: {team: shop}
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

example_params := {"team_budgets": {"shop": {"cpu": 4}}}

_workload(namespace, name, team, replicas) := ["apps/Deployment", {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": name, "namespace": namespace, "labels": {"owner": team}},
	"spec": {
		"replicas": replicas,
		"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "2", "memory": "4Gi"}}}]}},
	},
}]

_deny_of(budgets, stored) := found if {
	found := team_budget.deny with data.holdfast.params as {"team_label": "owner", "team_budgets": budgets}
		with data.holdfast.resources as stored
}

_deny(budgets, pairs) := _deny_of(budgets, samples.stored(pairs))

test_more_than_the_budget_is_found if {
	_deny({"a": {"cpu": "7999m", "memory": "15Gi"}}, {_workload("shop", "web", "a", 3), _workload("pay", "api", "a", 1), _workload("shop", "db", "b", 9)}) == {{
		"msg": concat("", [
			`team "a" requests more than its budget: CPU 8 of 7999m, memory 16Gi of 15Gi; `,
			`the largest are Deployment "web" in shop (6), Deployment "api" in pay (2)`,
		]),
		"path": ["spec"],
		"resource": {"target": "prod", "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	}}
}

test_the_budget_itself_passes if {
	_deny({"a": {"cpu": 8, "memory": "16Gi"}}, {_workload("shop", "web", "a", 4)}) == set()
}

test_one_of_both_is_enough if {
	[f.msg | some f in _deny({"a": {"memory": "1Gi"}}, {_workload("shop", "web", "a", 1)})] == [
		`team "a" requests more than its budget: memory 4Gi of 1Gi; the largest are Deployment "web" in shop (4Gi)`,
	]
}

test_without_a_budget_nothing_is_asked if {
	pairs := {_workload("shop", "web", "a", 99)}
	_deny({}, pairs) == set()
	_deny({"b": {"cpu": 1}}, pairs) == set()
	_deny({"a": {"cpu": "lots"}}, pairs) == set()
	_deny({"a": null}, pairs) == set()
}

test_all_targets_count if {
	pair := _workload("shop", "web", "a", 2)[1]
	stored := {target: {"apps/Deployment": {"shop": {"web": pair}}} | some target in ["east", "west"]}
	count(_deny_of({"a": {"cpu": 7}}, stored)) == 1
	_deny_of({"a": {"cpu": 8}}, stored) == set()
}

test_daemons_do_not_count if {
	agent := object.union(_workload("shop", "agent", "a", 1)[1], {"kind": "DaemonSet"})
	_deny({"a": {"cpu": 1}}, {["apps/DaemonSet", agent]}) == set()
}
