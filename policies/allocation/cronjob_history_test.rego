package holdfast.allocation.cronjob_history_test

import data.holdfast.allocation.cronjob_history
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "0 3 * * *"
  failedJobsHistoryLimit: 1
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
  failedJobsHistoryLimit: 0
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
	found := cronjob_history.warn with input as samples.of({"kind": "CronJob", "spec": spec})
		with data.holdfast.params as {"max_job_history": 10}
}

test_no_failed_run_is_found if {
	_warn({"failedJobsHistoryLimit": 0}) == {{"msg": "no failed run is kept", "path": ["spec", "failedJobsHistoryLimit"]}}
}

test_many_runs_are_found if {
	every field in ["failedJobsHistoryLimit", "successfulJobsHistoryLimit"] {
		_warn({field: 11}) == {{"msg": sprintf("%s is 11, more than 10", [field]), "path": ["spec", field]}}
	}
}

test_others_pass if {
	_warn({"failedJobsHistoryLimit": 1, "successfulJobsHistoryLimit": 0}) == set()
	_warn({"failedJobsHistoryLimit": 10, "successfulJobsHistoryLimit": 10}) == set()
	_warn({"failedJobsHistoryLimit": "100"}) == set()
	_warn({"failedJobsHistoryLimit": null}) == set()
	_warn({}) == set()
}

test_other_numbers_pass if {
	_warn({"startingDeadlineSeconds": 300}) == set()
}
