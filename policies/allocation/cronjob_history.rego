# METADATA
# title: CronJobs that keep no failed run, or many
# description: |
#   With failedJobsHistoryLimit 0 a failed run vanishes with its logs. A limit for
#   either sort of runs above the parameter max_job_history keeps pods that take
#   room in the API server and on disks. Kubernetes, "CronJob", jobs history
#   limits.
# custom:
#   id: allocation/cronjob-history
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set failedJobsHistoryLimit and successfulJobsHistoryLimit to small numbers from 1.
#   scope: resource
#   kinds: [batch/CronJob]
#   params:
#     max_job_history: 10
package holdfast.allocation.cronjob_history

warn contains {"msg": "no failed run is kept", "path": ["spec", "failedJobsHistoryLimit"]} if {
	input.resource.spec.failedJobsHistoryLimit == 0
}

warn contains {"msg": msg, "path": ["spec", field]} if {
	some field in ["failedJobsHistoryLimit", "successfulJobsHistoryLimit"]
	limit := input.resource.spec[field]
	is_number(limit)
	limit > data.holdfast.params.max_job_history
	msg := sprintf("%s is %v, more than %v", [field, limit, data.holdfast.params.max_job_history])
}
