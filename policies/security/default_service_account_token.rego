# METADATA
# title: Tokens of the default service account in pods
# description: |
#   A pod that names no service account has the token of the namespace's default
#   one mounted, though what needs the API has an account of its own. Setting
#   automountServiceAccountToken to false in the pod passes, and in the
#   ServiceAccount if the target has it. CIS Kubernetes Benchmark 5.1.5 and
#   5.1.6; Kubernetes documentation, "Configure Service Accounts for Pods".
# custom:
#   id: security/default-service-account-token
#   category: security
#   severity: low
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Set automountServiceAccountToken to false in the pod's spec, or in the ServiceAccount; name an
#     account of its own in serviceAccountName where the pod uses the API.
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
package holdfast.security.default_service_account_token

import data.holdfast.lib.names
import data.holdfast.lib.pods

_spec := pods.spec(input.resource)

warn contains {"msg": msg, "path": pods.spec_path(input.resource)} if {
	is_object(_spec)
	_account == "default"
	not _not_mounted
	msg := sprintf("%s mounts the token of the default service account", [names.title(input.resource)])
}

_account := _spec.serviceAccountName if {
	is_string(_spec.serviceAccountName)
	_spec.serviceAccountName != ""
} else := _spec.serviceAccount if {
	is_string(_spec.serviceAccount)
	_spec.serviceAccount != ""
} else := "default"

# The pod's word counts before the service account's.
_not_mounted if _spec.automountServiceAccountToken == false

_not_mounted if {
	not _spec.automountServiceAccountToken == true
	accounts := data.holdfast.resources[input.target.name]["core/ServiceAccount"]
	accounts[names.namespace(input.resource)][_account].automountServiceAccountToken == false
}
