package holdfast.allocation.cronjob_deadline_test

import data.holdfast.allocation.cronjob_deadline
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "0 3 * * *"
  startingDeadlineSeconds: 300
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
  startingDeadlineSeconds: 5
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: example.com/report:2.0.1
`

_deny(deadline) := found if {
	found := cronjob_deadline.deny with input as samples.of({"kind": "CronJob", "spec": {"startingDeadlineSeconds": deadline}})
}

test_less_than_the_controllers_period_is_found if {
	_deny(9) == {{
		"msg": "a start that is due may be missed: startingDeadlineSeconds is 9, and the controller looks every 10 s",
		"path": ["spec", "startingDeadlineSeconds"],
	}}
	count(_deny(0)) == 1
}

test_others_pass if {
	every deadline in [10, 300, null, "5"] {
		_deny(deadline) == set()
	}
	found := cronjob_deadline.deny with input as samples.of({"kind": "CronJob", "spec": {}})
	found == set()
}
