# METADATA
# title: CronJobs that may overlap
# description: |
#   With concurrencyPolicy Allow, the default, a CronJob starts its next Job though
#   the last still runs: a run that hangs is joined by another at each turn, until
#   the namespace or cluster is full. Kubernetes, "CronJob", concurrency policy.
# custom:
#   id: allocation/cronjob-concurrency
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set spec.concurrencyPolicy to Forbid or Replace.
#   scope: resource
#   kinds: [batch/CronJob]
package holdfast.allocation.cronjob_concurrency

warn contains {"msg": "a run starts though the last one is not over", "path": ["spec", "concurrencyPolicy"]} if {
	is_object(input.resource.spec)
	object.get(input.resource.spec, "concurrencyPolicy", "Allow") in {"Allow", "", null}
}
