# METADATA
# title: Load balancers that serve plain HTTP
# description: |
#   An HTTP proxy whose URL map does not redirect to HTTPS serves its backends
#   in the clear. A URL map that is defined elsewhere is not looked at. Google
#   Cloud documentation, "Set up HTTP-to-HTTPS redirect".
# custom:
#   id: security/google-load-balancer-http
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Let the proxy have a URL map of its own whose default_url_redirect has https_redirect.
#   scope: resource
#   kinds:
#     - terraform/google_compute_target_http_proxy
#     - terraform/google_compute_region_target_http_proxy
package holdfast.security.google_load_balancer_http

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

warn contains {"msg": msg, "path": ["spec", "url_map"]} if {
	some url_map in _maps
	terraform.refers_to(_proxy, "url_map", url_map)
	not _redirects(url_map)
	msg := sprintf("%s serves plain HTTP: %s does not redirect to HTTPS", [attributes.title, terraform.title(url_map)])
}

_maps contains url_map if {
	some url_map in data.holdfast.resources[input.target.name]["terraform/google_compute_url_map"][_]
}

_maps contains url_map if {
	some url_map in data.holdfast.resources[input.target.name]["terraform/google_compute_region_url_map"][_]
}

_redirects(url_map) if attributes.maybe_on(url_map.spec.default_url_redirect[0].https_redirect)

# As much of the resource as the question asks for.
_proxy := {
	"metadata": input.resource.metadata,
	"references": {"url_map": input.resource.references.url_map},
}
