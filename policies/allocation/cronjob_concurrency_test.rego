package holdfast.allocation.cronjob_concurrency_test

import data.holdfast.allocation.cronjob_concurrency
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "0 3 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: example.com/report:2.0.1
`

bad_example := `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "0 3 * * *"
  concurrencyPolicy: Allow
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: example.com/report:2.0.1
`

_warn(spec) := found if {
	found := cronjob_concurrency.warn with input as samples.of({"kind": "CronJob", "spec": spec})
}

test_overlap_is_found if {
	every spec in [{}, {"concurrencyPolicy": "Allow"}, {"concurrencyPolicy": ""}, {"concurrencyPolicy": null}] {
		_warn(spec) == {{"msg": "a run starts though the last one is not over", "path": ["spec", "concurrencyPolicy"]}}
	}
}

test_others_pass if {
	_warn({"concurrencyPolicy": "Forbid"}) == set()
	_warn({"concurrencyPolicy": "Replace"}) == set()
	_warn(null) == set()
}
