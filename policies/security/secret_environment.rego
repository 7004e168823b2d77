# METADATA
# title: Secrets in environment variables
# description: |
#   An environment variable is inherited by each child process, and shows in
#   crash reports, in debug pages and in the inspection of a container; a
#   mounted file does not, and follows the Secret when that is changed. CIS
#   Kubernetes Benchmark 5.4.1.
# custom:
#   id: security/secret-environment
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/ia-5]
#   remediation: >-
#     Mount the Secret as a volume, and let the program read the file.
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
package holdfast.security.secret_environment

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	some i, variable in entry.container.env
	reference := variable.valueFrom.secretKeyRef
	is_object(reference)
	msg := sprintf("%s has a Secret in the variable %v", [entry.label, variable.name])
	path := array.concat(entry.path, ["env", i, "valueFrom", "secretKeyRef"])
}

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	some i, source in entry.container.envFrom
	name := source.secretRef.name
	msg := sprintf("%s has the Secret %v in its environment", [entry.label, name])
	path := array.concat(entry.path, ["envFrom", i, "secretRef"])
}
