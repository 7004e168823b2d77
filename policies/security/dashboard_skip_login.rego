# METADATA
# title: Dashboards without a login
# description: |
#   With --enable-skip-login the Kubernetes Dashboard lets everyone who reaches
#   it act as its own service account. Kubernetes Dashboard documentation,
#   arguments.
# custom:
#   id: security/dashboard-skip-login
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-14]
#   remediation: >-
#     Remove --enable-skip-login from the container's args.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.dashboard_skip_login

import data.holdfast.lib.pods

deny contains {"msg": msg, "path": array.concat(entry.path, [field, i])} if {
	some entry in pods.containers(input.resource)
	some field in ["command", "args"]
	some i, word in entry.container[field]
	is_string(word)
	regex.match(`^--enable-skip-login(?:=(?:true|1|t|T|TRUE|True))?$`, word)
	msg := sprintf("%s lets everyone skip the login", [entry.label])
}
