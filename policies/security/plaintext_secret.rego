# METADATA
# title: Credentials in plain text
# description: |
#   A value in a ConfigMap, in a container's env, command or args or in the
#   values of a chart (Flux, Argo CD, k3s) that is a credential by its form (a
#   PEM private key, an AWS access key id, a token of a known service, a URL or
#   a connection string with a password) or by its name (DB_PASSWORD, api-key,
#   --password) with a literal value; in a ConfigMap also a setting of a
#   configuration file; in an annotation by its form only. References such as
#   $(NAME), ${NAME}, templates, paths, placeholders and switches such as "true"
#   are none. binaryData is not looked into; Secrets are security/secret-in-git.
#   CWE-312 and CWE-798.
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
#   judges: written
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
#     - helm.toolkit.fluxcd.io/HelmRelease
#     - argoproj.io/Application
#     - helm.cattle.io/HelmChart
#     - helm.cattle.io/HelmChartConfig
package holdfast.security.plaintext_secret

import data.holdfast.lib.credentials
import data.holdfast.lib.names
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": ["data", key]} if {
	some key, value in _config
	is_string(value)
	some what in credentials.literals(key, value)
	msg := sprintf("%s holds %s in plain text, under %q", [names.title(input.resource), what, key])
}

deny contains {"msg": msg, "path": ["data", key]} if {
	some key, value in _config
	is_string(key)
	is_string(value)
	regex.match(`(?i)\.(?:ya?ml|json|properties|env|conf|cfg|ini|toml|cnf|config)$`, key)
	some setting in credentials.settings(value)
	msg := sprintf("%s holds a credential in plain text, under %q as %s", [names.title(input.resource), key, setting])
}

# Of the kinds only a ConfigMap has any.
_config := input.resource.data

deny contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	some i, variable in entry.container.env
	is_string(variable.value)
	some what in credentials.literals(variable.name, variable.value)
	msg := sprintf("%s has %s in plain text, in the variable %s", [entry.label, what, variable.name])
	path := array.concat(entry.path, ["env", i, "value"])
}

deny contains {"msg": msg, "path": array.concat(entry.path, [field, i])} if {
	some entry in pods.containers(input.resource)
	some field in ["command", "args"]
	words := entry.container[field]
	is_array(words)
	some i, word in words
	is_string(word)
	some what in credentials.argument(word, _next(words, i))
	msg := sprintf("%s has %s in plain text in its %s", [entry.label, what, field])
}

_next(words, i) := words[i + 1] if {
	is_string(words[i + 1])
} else := ""

# The form only: what an annotation's name says is its tool's own affair.
deny contains {"msg": msg, "path": ["metadata", "annotations", annotation]} if {
	some annotation, value in input.resource.metadata.annotations
	is_string(value)
	some what in credentials.shown(value)
	msg := sprintf("%s has %s in plain text, in annotation %s", [names.title(input.resource), what, annotation])
}

# The values of a chart, where they are structured.
_values := [
	["HelmRelease", ["spec", "values"]],
	["Application", ["spec", "source", "helm", "valuesObject"]],
]

deny contains {"msg": msg, "path": array.concat(at, path)} if {
	some [kind, at] in _values
	input.resource.kind == kind
	values := object.get(input.resource, at, {})
	walk(values, [path, value])
	is_string(value)
	some what in credentials.literals(_name(values, path), value)
	msg := sprintf("%s has %s in plain text, in %s", [names.title(input.resource), what, _dotted(path)])
}

# What a value is called: by its key, or in a list of {"name", "value"} by the
# name beside it.
_name(values, path) := object.get(values, array.concat(parent, ["name"]), null) if {
	path[count(path) - 1] == "value"
	parent := array.slice(path, 0, count(path) - 1)
} else := key if {
	key := path[count(path) - 1]
	is_string(key)
	not _key_in_a_secret(key)
} else := null

_key_in_a_secret(name) if regex.match(`(?i)secret[._-]?key$`, name)

_dotted(path) := concat(".", [sprintf("%v", [step]) | some step in path])

# Where they are a text.
_texts := {
	"Application": ["spec", "source", "helm", "values"],
	"HelmChart": ["spec", "valuesContent"],
	"HelmChartConfig": ["spec", "valuesContent"],
}

_text := object.get(input.resource, _texts[input.resource.kind], null)

deny contains {"msg": msg, "path": _texts[input.resource.kind]} if {
	is_string(_text)
	some setting in credentials.settings(_text)
	not _key_in_a_secret(setting)
	msg := sprintf("%s has a credential in plain text, in %s", [names.title(input.resource), setting])
}

deny contains {"msg": msg, "path": _texts[input.resource.kind]} if {
	is_string(_text)
	some what in credentials.shown(_text)
	msg := sprintf("%s has %s in plain text, in its values", [names.title(input.resource), what])
}

deny contains {"msg": msg, "path": ["spec", "source", "helm", "parameters", i, "value"]} if {
	input.resource.kind == "Application"
	some i, parameter in input.resource.spec.source.helm.parameters
	is_string(parameter.value)
	some what in credentials.literals(parameter.name, parameter.value)
	msg := sprintf("%s has %s in plain text, in %s", [names.title(input.resource), what, parameter.name])
}
