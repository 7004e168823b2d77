package holdfast.dr.priority_class_test

import data.holdfast.dr.priority_class
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_db := clusters.workload("StatefulSet", "db", 1)

_warn(workload) := found if {
	found := priority_class.warn with input as samples.of(workload)
}

test_none_is_found if {
	every spec in [{}, {"priorityClassName": ""}, {"priorityClassName": null}] {
		_warn(clusters.with_pod(_db, spec)) == {{
			"msg": `StatefulSet "db" has no priorityClassName`,
			"path": samples.template,
		}}
	}
}

test_one_passes if {
	_warn(clusters.with_pod(_db, {"priorityClassName": "data"})) == set()
	_warn(clusters.with_pod(_db, {"priorityClassName": "system-cluster-critical"})) == set()
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      priorityClassName: data
`

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      containers: []
`
