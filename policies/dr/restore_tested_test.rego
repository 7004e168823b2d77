package holdfast.dr.restore_tested_test

import data.holdfast.dr.restore_tested
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_now := time.parse_rfc3339_ns("2026-11-27T00:00:00Z")

_schedule := clusters.make("velero.io/v1", "Schedule", "nightly", {"template": {}})

_warn_of(resource) := found if {
	found := restore_tested.warn with input as samples.of(resource)
		with data.holdfast.params as {"max_restore_test_age_days": 30}
		with time.now_ns as _now
}

_warn(text) := _warn_of(clusters.annotated(_schedule, {"holdfast.dev/restore-tested": text}))

test_no_date_is_found if {
	_warn_of(_schedule) == {{
		"msg": `Schedule "nightly" does not say when a restore from its backups was last tried`,
		"path": ["metadata"],
	}}
	every text in ["", "yes", "2026-13-01", "2026-00-01", "2026-11-32", "2026-11-1", "26-11-01", "2026-11-01 or so", 5, null] {
		{f.path | some f in _warn(text)} == {["metadata"]}
	}
}

test_an_old_date_is_found if {
	_warn("2026-10-27") == {{
		"msg": `a restore from the backups of Schedule "nightly" was last tried on 2026-10-27, more than 30 days ago`,
		"path": ["metadata", "annotations", "holdfast.dev/restore-tested"],
	}}
}

test_a_date_in_the_future_is_found if {
	{f.msg | some f in _warn("2026-11-28T00:00:00Z")} == {concat("", [
		`a restore from the backups of Schedule "nightly" was last tried on 2026-11-28, which is in the future`,
	])}
}

test_a_late_date_passes if {
	_warn("2026-10-28") == set()
	_warn("2026-11-27T00:30:00Z") == set()
}

good_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
  annotations:
    holdfast.dev/restore-tested: "2026-10-01"
spec:
  schedule: "0 3 * * *"
  template: {}
`

bad_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
  annotations:
    holdfast.dev/restore-tested: "2019-10-01"
spec:
  schedule: "0 3 * * *"
  template: {}
`

# So that the example does not grow old.
example_params := {"max_restore_test_age_days": 2000}
