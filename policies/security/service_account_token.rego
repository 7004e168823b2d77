# METADATA
# title: Tokens of service accounts in pods
# description: |
#   A pod that does not talk to the API server needs no token of its service
#   account; a token that is not mounted cannot be stolen. Pods of the default
#   account are security/default-service-account-token. Setting
#   automountServiceAccountToken to false in the pod passes, and in the
#   ServiceAccount if the target has it. CIS Kubernetes Benchmark 5.1.6;
#   Kubernetes documentation, "Configure Service Accounts for Pods".
# custom:
#   id: security/service-account-token
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Set automountServiceAccountToken to false in the pod's spec, or in the ServiceAccount.
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
package holdfast.security.service_account_token

import data.holdfast.lib.names
import data.holdfast.lib.pods

_spec := pods.spec(input.resource)

warn contains {"msg": msg, "path": pods.spec_path(input.resource)} if {
	_account != "default"
	not _not_mounted
	msg := sprintf("%s mounts the token of service account %q", [names.title(input.resource), _account])
}

_account := _spec.serviceAccountName if {
	is_string(_spec.serviceAccountName)
	_spec.serviceAccountName != ""
} else := _spec.serviceAccount if {
	is_string(_spec.serviceAccount)
	_spec.serviceAccount != ""
}

# The pod's word counts before the service account's.
_not_mounted if _spec.automountServiceAccountToken == false

_not_mounted if {
	not _spec.automountServiceAccountToken == true
	accounts := data.holdfast.resources[input.target.name]["core/ServiceAccount"]
	accounts[names.namespace(input.resource)][_account].automountServiceAccountToken == false
}
