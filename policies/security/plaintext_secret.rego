# METADATA
# title: Credentials in plain text
# description: |
#   A value in a ConfigMap or in a container's env that is a credential by its
#   form (a PEM private key, an AWS access key id, a token of a known service,
#   a URL with a password) or by its name (DB_PASSWORD, api-key) with a literal
#   value. References such as $(NAME), ${NAME}, templates, paths and switches
#   such as "true" are none. binaryData is not looked into.
# custom:
#   id: security/plaintext-secret
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ia-5.7]
#   remediation: >-
#     Move the value to a Secret that is not kept in Git in plain text, and refer to it by
#     valueFrom.secretKeyRef; then revoke the credential, since Git keeps its history.
#   pointsAt: secrets
#   scope: resource
#   kinds:
#     - core/ConfigMap
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.plaintext_secret

import data.holdfast.lib.credentials
import data.holdfast.lib.names
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": ["data", key]} if {
	some key, value in input.resource.data
	is_string(value)
	some what in credentials.literals(key, value)
	msg := sprintf("%s holds %s in plain text, under %q", [names.title(input.resource), what, key])
}

deny contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	some i, variable in entry.container.env
	is_string(variable.value)
	some what in credentials.literals(variable.name, variable.value)
	msg := sprintf("%s has %s in plain text, in the variable %s", [entry.label, what, variable.name])
	path := array.concat(entry.path, ["env", i, "value"])
}
