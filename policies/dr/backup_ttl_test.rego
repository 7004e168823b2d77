package holdfast.dr.backup_ttl_test

import data.holdfast.dr.backup_ttl
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_schedule(name, ttl, namespaces) := clusters.make("velero.io/v1", "Schedule", name, {"template": {
	"ttl": ttl,
	"includedNamespaces": namespaces,
}})

_warn_from(resources, days) := found if {
	found := backup_ttl.warn with data.holdfast.resources as clusters.of(resources)
		with input as samples.of(null)
		with data.holdfast.params as {"min_retention_days": days}
}

_warn(resources) := _warn_from(resources, 7)

test_a_short_ttl_is_found if {
	short := _schedule("hourly", "72h0m0s", ["shop"])
	_warn([short]) == {{
		"msg": `Schedule "hourly" keeps backups for 3 days, less than 7 days`,
		"path": ["spec", "template", "ttl"],
		"resource": clusters.identity(short),
	}}
	count(_warn([_schedule("hourly", "167h", [])])) == 1
	{f.msg | some f in _warn([_schedule("hourly", "60s", [])])} == {concat("", [
		`Schedule "hourly" keeps backups for 1 minute, less than 7 days`,
	])}
}

test_a_long_ttl_passes if {
	_warn([_schedule("hourly", "168h", [])]) == set()
	_warn([_schedule("hourly", "720h0m0s", ["shop"])]) == set()
}

test_the_default_of_thirty_days if {
	every ttl in [null, "0s", "0h0m0s", 5, ""] {
		_warn([_schedule("nightly", ttl, [])]) == set()
		_warn_from([_schedule("nightly", ttl, [])], 30) == set()
		{f.msg | some f in _warn_from([_schedule("nightly", ttl, [])], 31)} == {concat("", [
			`Schedule "nightly" keeps backups for 30 days, less than 31 days`,
		])}
	}
}

test_another_that_keeps_them_passes if {
	short := _schedule("hourly", "24h", ["shop"])
	_warn([short, _schedule("nightly", "720h", [])]) == set()
	_warn([short, _schedule("nightly", "168h", ["other", "shop"])]) == set()
	_warn([_schedule("hourly", "24h", []), _schedule("nightly", "720h", ["*"])]) == set()
	both := _schedule("hourly", "24h", ["shop", "other"])
	_warn([both, _schedule("a", "720h", ["shop"]), _schedule("b", "720h", ["other"])]) == set()
	count(_warn([both, _schedule("a", "720h", ["shop"])])) == 1
	count(_warn([short, _schedule("nightly", "720h", ["other"])])) == 1
	count(_warn([short, _schedule("nightly", "100h", [])])) == 2
	count(_warn([_schedule("hourly", "24h", []), _schedule("nightly", "720h", ["shop"])])) == 1
}

test_what_is_paused_does_not_count if {
	paused := clusters.with_spec(_schedule("nightly", "720h", []), {"paused": true})
	count(_warn([_schedule("hourly", "24h", ["shop"]), paused])) == 1
	_warn([clusters.with_spec(_schedule("hourly", "24h", []), {"paused": true})]) == set()
}

test_cloudnativepg if {
	cluster := clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", {"backup": {"retentionPolicy": "6d"}})
	_warn([cluster]) == {{
		"msg": `Cluster "db" keeps backups for 6 days, less than 7 days`,
		"path": ["spec", "backup", "retentionPolicy"],
		"resource": clusters.identity(cluster),
	}}
	store := clusters.make("barmancloud.cnpg.io/v1", "ObjectStore", "db", {"retentionPolicy": "3d"})
	{f.path | some f in _warn([store])} == {["spec", "retentionPolicy"]}
	every policy in ["7d", "1w", "1m", "", null, 5] {
		_warn([clusters.with_spec(store, {"retentionPolicy": policy})]) == set()
	}
	_warn([clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", {})]) == set()
}

good_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    ttl: 720h0m0s
`

bad_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    ttl: 72h0m0s
`
