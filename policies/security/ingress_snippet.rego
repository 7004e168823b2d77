# METADATA
# title: Configuration of nginx in annotations
# description: |
#   A snippet annotation is put into the configuration of ingress-nginx as it
#   is: whoever writes one reads the controller's service account token, and
#   with it the Secrets of all namespaces (CVE-2021-25742). The controller's
#   setting allow-snippet-annotations lets them in. ingress-nginx documentation,
#   annotations risk.
# custom:
#   id: security/ingress-snippet
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cm-6]
#   remediation: >-
#     Use the annotation that does the same without a snippet, and leave allow-snippet-annotations
#     false.
#   scope: resource
#   kinds: [networking.k8s.io/Ingress, core/ConfigMap]
package holdfast.security.ingress_snippet

import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["metadata", "annotations", annotation]} if {
	input.resource.kind == "Ingress"
	some annotation, _ in input.resource.metadata.annotations
	is_string(annotation)
	regex.match(`^(?:nginx\.ingress\.kubernetes\.io|nginx\.(?:org|com))/(?:[a-z-]+-)?snippets?$`, annotation)
	msg := sprintf("%s writes into the configuration of nginx, by %s", [names.title(input.resource), annotation])
}

deny contains {"msg": msg, "path": ["data", "allow-snippet-annotations"]} if {
	input.resource.kind == "ConfigMap"
	input.resource.data["allow-snippet-annotations"] == "true"
	msg := sprintf("%s lets every Ingress write into the configuration of nginx", [names.title(input.resource)])
}
