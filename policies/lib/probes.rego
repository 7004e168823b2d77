# METADATA
# title: Probes
# description: The probes in the pod of the resource under judgement.
package holdfast.lib.probes

import data.holdfast.lib.pods
import data.holdfast.lib.requests

# lasting are the containers that keep running, sidecars among them.
lasting contains entry if {
	some entry in pods.containers(input.resource)
	_lasts(entry)
}

_lasts(entry) if entry.field == "containers"

_lasts(entry) if {
	entry.field == "initContainers"
	requests.sidecar(entry.container)
}

fields := ["livenessProbe", "readinessProbe", "startupProbe"]

# handlers are what a probe does, {"httpGet": {…}}. There should be one.
handlers(probe) := {kind: handler |
	some kind in ["exec", "grpc", "httpGet", "tcpSocket"]
	handler := probe[kind]
	is_object(handler)
}

# number is a number of the probe, or what the API takes it for.
number(probe, field) := probe[field] if {
	is_number(probe[field])
	probe[field] > 0
} else := _defaults[field]

_defaults := {"periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3, "successThreshold": 1}
