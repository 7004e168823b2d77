# METADATA
# title: Monthly cost within the team's budget
# description: |
#   What a team's workloads request, its claims of storage and its load balancers
#   cost by the parameter prices must not be above the parameter monthly_budgets,
#   {checkout: 1500}; a team without one is not judged. Prices are {cpu_core_month,
#   memory_gib_month, storage_gib_month: {fast: 0.2, default: 0.1},
#   load_balancer_month}, by storage class, in any currency; what has no price
#   costs nothing. Teams and pods are told as in allocation/team-budget; DaemonSets
#   do not count. FinOps Framework, "Budgeting".
# custom:
#   id: allocation/team-cost
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Lower requests, replicas or storage of the largest, or agree on a larger budget.
#   scope: snapshot
#   params:
#     team_label: team
#     prices: {}
#     monthly_budgets: {}
#   kinds:
#     - core/Pod
#     - core/PersistentVolumeClaim
#     - core/ReplicationController
#     - core/Service
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.team_cost

import data.holdfast.lib.claims
import data.holdfast.lib.demand
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.quantities

# Amounts are in thousandths (of bytes), prices in millionths, and all costs times
# _unit, so that they are whole numbers.
_gib := 1073741824

_unit := 1000000000 * _gib

deny contains {"msg": msg, "path": ["spec"], "resource": names.identity(largest[0].target, largest[0].resource)} if {
	some team, items in _by_team
	budget := (_price(data.holdfast.params.monthly_budgets[team]) * 1000) * _gib
	total := sum([item.cost | some item in items])
	total > budget
	largest := [items[key[1]] | some key in array.slice(sort([[0 - item.cost, i] | some i, item in items]), 0, 3)]
	msg := sprintf("team %q costs %s a month, more than its budget of %s; the largest are %s", [
		team,
		_money(total),
		_money(budget),
		concat(", ", [sprintf("%s (%s)", [_title(item), _money(item.cost)]) | some item in largest]),
	])
}

_title(item) := sprintf("%s in %s", [names.title(item.resource), item.namespace]) if {
	item.namespace != ""
} else := names.title(item.resource)

# What costs a team with a budget, in the order of places and names.
_by_team := {team: [_items[i] | some i in rows] |
	count(data.holdfast.params.monthly_budgets) > 0
	some team, rows in groups.by_first([[team, i] |
		some i, item in _items
		team := demand.team(item.target, item.namespace, item.resource)
	])
}

_items := array.concat(_pods, array.concat(_claims, _load_balancers))

_pods := [item |
	some row in demand.workloads
	cost := ((demand.of_each(row, "requests", "cpu") * _price_of("cpu_core_month")) * _gib) + (demand.of_each(row, "requests", "memory") * _price_of("memory_gib_month"))
	storage := sum([_storage(claim.spec) | some claim in claims.of(row.workload)])
	item := {
		"target": row.target,
		"namespace": row.namespace,
		"resource": row.workload,
		"cost": (cost + storage) * row.now,
	}
]

_claims := [item |
	some target, namespace, name
	claim := data.holdfast.resources[target]["core/PersistentVolumeClaim"][namespace][name]
	item := {"target": target, "namespace": namespace, "resource": claim, "cost": _storage(claim.spec)}
]

_load_balancers := [item |
	some target, namespace, name
	service := data.holdfast.resources[target]["core/Service"][namespace][name]
	service.spec.type == "LoadBalancer"
	item := {
		"target": target,
		"namespace": namespace,
		"resource": service,
		"cost": (_price_of("load_balancer_month") * 1000) * _gib,
	}
]

_storage(spec) := quantities.milli(spec.resources.requests.storage) * _storage_price(spec)

_storage_price(spec) := price if {
	price := _price(data.holdfast.params.prices.storage_gib_month[spec.storageClassName])
} else := _price(data.holdfast.params.prices.storage_gib_month["default"])

_price_of(name) := price if {
	price := _price(data.holdfast.params.prices[name])
} else := 0

# A price in millionths.
_price(number) := quantities.milli(concat("", [json.marshal(number), "k"]))

# To the cent.
_money(cost) := sprintf("%d.%02d", [(cents - (cents % 100)) / 100, cents % 100]) if {
	rounded := (cost * 100) + (_unit / 2)
	cents := (rounded - (rounded % _unit)) / _unit
}
