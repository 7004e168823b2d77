# METADATA
# title: Containers that can write to their image
# description: |
#   With readOnlyRootFilesystem a process that was broken into can leave no
#   program behind and change none; what must be written goes to a volume. Pods
#   on Windows pass, which has no such thing. CIS Docker Benchmark 5.13;
#   NSA/CISA Kubernetes Hardening Guide, immutable container file systems.
# custom:
#   id: security/read-only-root-filesystem
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/cm-7]
#   remediation: >-
#     Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the container
#     writes.
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
package holdfast.security.read_only_root_filesystem

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": entry.path} if {
	some entry in pods.containers(input.resource)
	not entry.container.securityContext.readOnlyRootFilesystem == true
	not pods.judged.os.name == "windows"
	msg := sprintf("%s can write to its root file system", [entry.label])
}
