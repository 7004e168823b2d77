# METADATA
# title: Programs fetched when a container starts
# description: |
#   A command that downloads a script and runs it at once (curl … | sh) runs
#   whatever the server gives on that day, unseen by any scan of the image, with
#   all rights of the pod. OWASP CI/CD Security Risks, CICD-SEC-9, improper
#   artifact integrity validation.
# custom:
#   id: security/remote-script
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/si-7]
#   remediation: >-
#     Put the program into the image, or keep the script in a ConfigMap and mount it.
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
package holdfast.security.remote_script

import data.holdfast.lib.pods

_fetch := `\b(?:curl|wget)\b[^|;&\n]*`

_shell := `(?:\S*/)?(?:ba|z|da|k|a)?sh|(?:\S*/)?(?:python[0-9.]*|perl|ruby|node)`

# curl … | sh, sh <(curl …), sh -c "$(curl …)".
_patterns := [
	sprintf(`%s\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:%s)(?:\s|$|[;&"'\)])`, [_fetch, _shell]),
	sprintf(`\b(?:%s|source|\.)\s+<\(\s*(?:curl|wget)\b`, [_shell]),
	sprintf(`\b(?:%s|eval)\s+(?:-\S+\s+)*["']?\$\(\s*(?:curl|wget)\b`, [_shell]),
]

warn contains {"msg": msg, "path": array.concat(entry.path, [field])} if {
	some entry in pods.containers(input.resource)
	some field in ["command", "args"]
	_runs_what_it_fetches(_text(entry.container[field]))
	msg := sprintf("%s fetches a program and runs it at once", [entry.label])
}

_text(words) := concat(" ", [word | some word in words; is_string(word)])

_runs_what_it_fetches(text) if {
	some pattern in _patterns
	regex.match(pattern, text)
}
