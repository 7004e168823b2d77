# METADATA
# title: Services that lead to the node or its metadata
# description: |
#   A Service of type ExternalName that names localhost or the cloud's metadata
#   service makes whatever follows it, an Ingress controller for example, open
#   its own ports or the credentials of the node to others. Kubernetes
#   documentation, "Service", type ExternalName.
# custom:
#   id: security/service-external-name
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Name the host that is meant in spec.externalName.
#   scope: resource
#   kinds: [core/Service]
package holdfast.security.service_external_name

import data.holdfast.lib.names

_pattern := `^(?i:(?:.+\.)?localhost|localhost\.localdomain|127(?:\.[0-9]{1,3}){3}|::1|0\.0\.0\.0|169\.254\.169\.254|metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)\.?$`

deny contains {"msg": msg, "path": ["spec", "externalName"]} if {
	input.resource.spec.type == "ExternalName"
	name := input.resource.spec.externalName
	is_string(name)
	regex.match(_pattern, name)
	msg := sprintf("%s leads to %s", [names.title(input.resource), name])
}
