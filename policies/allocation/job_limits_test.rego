package holdfast.allocation.job_limits_test

import data.holdfast.allocation.job_limits
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: batch/v1
kind: Job
metadata:
  name: import
spec:
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: import
          image: example.com/import:2.0.1
`

bad_example := `apiVersion: batch/v1
kind: Job
metadata:
  name: import
spec:
  backoffLimit: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: import
          image: example.com/import:2.0.1
`

_warn(resource) := found if {
	found := job_limits.warn with input as samples.of(resource)
}

_job(spec) := {"kind": "Job", "metadata": {"name": "import"}, "spec": spec}

_cronjob(spec) := {"kind": "CronJob", "metadata": {"name": "import"}, "spec": {"jobTemplate": {"spec": spec}}}

test_what_is_missing_is_found if {
	_warn(_job({"backoffLimit": 3})) == {{
		"msg": `Job "import" sets no activeDeadlineSeconds and no ttlSecondsAfterFinished`,
		"path": ["spec"],
	}}
	_warn(_job({"activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": null})) == {{
		"msg": `Job "import" sets no ttlSecondsAfterFinished`,
		"path": ["spec"],
	}}
	_warn(_cronjob({})) == {{
		"msg": `CronJob "import" sets no activeDeadlineSeconds`,
		"path": ["spec", "jobTemplate", "spec"],
	}}
}

test_what_is_set_passes if {
	_warn(_job({"activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 0})) == set()
	_warn(_cronjob({"activeDeadlineSeconds": 60})) == set()
}

_owned(controller) := {"metadata": {"ownerReferences": [{"kind": "CronJob", "controller": controller}]}}

test_what_a_cronjob_made_passes if {
	_warn(object.union(_job({}), _owned(true))) == set()
	count(_warn(object.union(_job({}), _owned(false)))) == 1
}

test_broken_ones_pass if {
	_warn(_job(null)) == set()
	_warn(_cronjob("text")) == set()
}

test_only_a_cronjob_has_a_template if {
	_warn(_job({"activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 0, "jobTemplate": {"spec": {}}})) == set()
}
