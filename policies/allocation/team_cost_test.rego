package holdfast.allocation.team_cost_test

import data.holdfast.allocation.team_cost
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

example_params := {
	"prices": {"cpu_core_month": 20, "memory_gib_month": 2.5},
	"monthly_budgets": {"shop": 120},
}

_prices := {
	"cpu_core_month": 20,
	"memory_gib_month": 2.5,
	"storage_gib_month": {"default": 0.1, "fast": 0.25},
	"load_balancer_month": 18.3,
}

_of(group_kind, name, spec) := [group_kind, {
	"apiVersion": "v1",
	"kind": split(group_kind, "/")[1],
	"metadata": {"name": name, "namespace": "shop", "labels": {"team": "a"}},
	"spec": spec,
}]

_workload(name, replicas, cpu, memory) := _of("apps/Deployment", name, {
	"replicas": replicas,
	"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}},
})

_claim(name, class, storage) := _of("core/PersistentVolumeClaim", name, object.union(
	{"resources": {"requests": {"storage": storage}}},
	{field: class | some field in ["storageClassName"]; class != ""},
))

_deny_at(prices, budget, pairs) := found if {
	found := team_cost.deny with data.holdfast.params as {"team_label": "team", "prices": prices, "monthly_budgets": budget}
		with data.holdfast.resources as samples.stored(pairs)
}

_deny(budget, pairs) := _deny_at(_prices, {"a": budget}, pairs)

_messages(budget, pairs) := [f.msg | some f in _deny(budget, pairs)]

test_more_than_the_budget_is_found if {
	_deny(100, {
		_workload("web", 2, "1500m", "2Gi"),
		_workload("api", 1, "1", "4Gi"),
		_claim("data", "fast", "10Gi"),
		_of("core/Service", "edge", {"type": "LoadBalancer"}),
		_of("core/Service", "inner", {"type": "ClusterIP"}),
	}) == {{
		"msg": concat("", [
			`team "a" costs 120.80 a month, more than its budget of 100.00; `,
			`the largest are Deployment "web" in shop (70.00), Deployment "api" in shop (30.00), Service "edge" in shop (18.30)`,
		]),
		"path": ["spec"],
		"resource": {"target": "prod", "apiVersion": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	}}
}

test_to_the_last_digit if {
	_deny(20, {_workload("web", 1, "1", "0")}) == set()
	_messages(19.99, {_workload("web", 1, "1", "0")}) == [
		`team "a" costs 20.00 a month, more than its budget of 19.99; the largest are Deployment "web" in shop (20.00)`,
	]

	# A thousandth of a byte more.
	count(_deny(20, {_workload("web", 1, "1", "1m")})) == 1
}

test_cents_are_rounded if {
	_messages(0, {_workload("web", 1, "250u", "0")}) == [
		`team "a" costs 0.02 a month, more than its budget of 0.00; the largest are Deployment "web" in shop (0.02)`,
	]
	[f.msg | some f in _deny_at({"cpu_core_month": 0.014999}, {"a": 0}, {_workload("web", 1, "1", "0")})] == [
		`team "a" costs 0.01 a month, more than its budget of 0.00; the largest are Deployment "web" in shop (0.01)`,
	]
	[f.msg | some f in _deny_at({"cpu_core_month": 0.015}, {"a": 0}, {_workload("web", 1, "1", "0")})] == [
		`team "a" costs 0.02 a month, more than its budget of 0.00; the largest are Deployment "web" in shop (0.02)`,
	]
}

test_storage if {
	_messages(0, {_claim("a", "fast", "4Gi")}) == [
		`team "a" costs 1.00 a month, more than its budget of 0.00; the largest are PersistentVolumeClaim "a" in shop (1.00)`,
	]
	[f.msg | some f in _deny(0, {_claim("a", "other", "10Gi")})] == _messages(0, {_claim("a", "", "10Gi")})
	_messages(0, {_claim("a", "", "10Gi")}) == [
		`team "a" costs 1.00 a month, more than its budget of 0.00; the largest are PersistentVolumeClaim "a" in shop (1.00)`,
	]
	_deny(0, {_claim("a", "fast", "lots")}) == set()
	_deny(0, {_of("core/PersistentVolumeClaim", "a", null)}) == set()
}

# Each pod has its own.
test_storage_of_pods if {
	stateful := _of("apps/StatefulSet", "db", {
		"replicas": 3,
		"template": {"spec": {"containers": []}},
		"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "10Gi"}}}}],
	})
	_messages(0, {stateful}) == [
		`team "a" costs 3.00 a month, more than its budget of 0.00; the largest are StatefulSet "db" in shop (3.00)`,
	]
}

test_what_has_no_price_costs_nothing if {
	everything := {_workload("web", 9, "9", "9Gi"), _claim("a", "fast", "9Gi"), _of("core/Service", "edge", {"type": "LoadBalancer"})}
	_deny_at({}, {"a": 0}, everything) == set()
	_deny_at({"storage_gib_month": {"slow": 1}}, {"a": 0}, everything) == set()
	_deny_at({"cpu_core_month": "20"}, {"a": 0}, everything) == set()
	count(_deny_at({"load_balancer_month": 0.01}, {"a": 0}, everything)) == 1
	count(_deny_at({"storage_gib_month": {"fast": 1}}, {"a": 0}, everything)) == 1
}

test_without_a_budget_nothing_is_asked if {
	_deny_at(_prices, {}, {_workload("web", 9, "9", "9Gi")}) == set()
	_deny_at(_prices, {"b": 1}, {_workload("web", 9, "9", "9Gi")}) == set()
	_deny_at(_prices, {"a": "much"}, {_workload("web", 9, "9", "9Gi")}) == set()
}

test_no_namespace if {
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"team": "a"}}, "spec": {"containers": [{"resources": {"requests": {"cpu": 1}}}]}}
	_messages(0, {["core/Pod", pod]}) == [
		`team "a" costs 20.00 a month, more than its budget of 0.00; the largest are Pod "a" (20.00)`,
	]
}

test_each_team_by_itself if {
	other := object.union(_workload("api", 1, "1", "0")[1], {"metadata": {"labels": {"team": "b"}}})
	[f.msg | some f in _deny_at(_prices, {"a": 19, "b": 20}, {_workload("web", 1, "1", "0"), ["apps/Deployment", other]})] == [
		`team "a" costs 20.00 a month, more than its budget of 19.00; the largest are Deployment "web" in shop (20.00)`,
	]
}

test_one_byte_more_than_a_gibibyte if {
	_at_one("1073741824") == set()
	count(_at_one("1073741825")) == 1
}

_at_one(memory) := _deny_at({"memory_gib_month": 1}, {"a": 1}, {_workload("web", 1, "0", memory)})
