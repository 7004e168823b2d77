# METADATA
# title: Jobs without an end
# description: |
#   A Job that hangs runs until somebody looks, unless activeDeadlineSeconds ends
#   it; and a Job that is done stays, with its pods, unless ttlSecondsAfterFinished
#   removes it. Of a CronJob's Jobs only the former is asked: it keeps as many as
#   its history limits say. Kubernetes, "Jobs", on termination and clean-up.
# custom:
#   id: allocation/job-limits
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set activeDeadlineSeconds and ttlSecondsAfterFinished in the spec of the Job.
#   scope: resource
#   kinds: [batch/Job, batch/CronJob]
package holdfast.allocation.job_limits

import data.holdfast.lib.names

warn contains {"msg": msg, "path": job.path} if {
	job := _job(input.resource)
	is_object(job.spec)
	missing := [field |
		some field in job.fields
		not is_number(object.get(job.spec, field, null))
	]
	count(missing) > 0
	msg := sprintf("%s sets no %s", [names.title(input.resource), concat(" and no ", missing)])
}

_job(resource) := {
	"spec": resource.spec,
	"path": ["spec"],
	"fields": ["activeDeadlineSeconds", "ttlSecondsAfterFinished"],
} if {
	resource.kind == "Job"
	not _owned(resource)
}

_job(resource) := {
	"spec": resource.spec.jobTemplate.spec,
	"path": ["spec", "jobTemplate", "spec"],
	"fields": ["activeDeadlineSeconds"],
} if {
	resource.kind == "CronJob"
}

# What a CronJob made is judged there.
_owned(resource) if {
	some owner in resource.metadata.ownerReferences
	owner.controller == true
}
