# METADATA
# title: Starting deadlines of CronJobs
# description: |
#   The controller looks at CronJobs every 10 seconds: one whose
#   startingDeadlineSeconds is less may never start. Kubernetes, "CronJob",
#   deadline for delayed job start.
# custom:
#   id: allocation/cronjob-deadline
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Set spec.startingDeadlineSeconds to 10 or more.
#   scope: resource
#   kinds: [batch/CronJob]
package holdfast.allocation.cronjob_deadline

deny contains {"msg": msg, "path": ["spec", "startingDeadlineSeconds"]} if {
	deadline := input.resource.spec.startingDeadlineSeconds
	is_number(deadline)
	deadline < 10
	msg := sprintf("a start that is due may be missed: startingDeadlineSeconds is %v, and the controller looks every 10 s", [deadline])
}
