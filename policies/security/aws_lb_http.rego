# METADATA
# title: Load balancers that answer plain HTTP
# description: |
#   A listener with protocol HTTP that does not redirect to HTTPS. Listeners of
#   an internal load balancer are meant too. AWS Security Hub ELB.1.
# custom:
#   id: security/aws-lb-http
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Make the default_action a redirect to HTTPS, and serve on a listener with protocol HTTPS and a
#     certificate.
#   scope: resource
#   kinds:
#     - terraform/aws_lb_listener
#     - terraform/aws_alb_listener
package holdfast.security.aws_lb_http

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "protocol"]} if {
	input.resource.spec.protocol == "HTTP"
	not _redirects
	msg := sprintf("%s answers plain HTTP", [aws.title])
}

_redirects if {
	some i, j
	_secure(input.resource.spec.default_action[i].redirect[j].protocol)
}

# What is not given stays as it was asked for, that is HTTP.
_secure("HTTPS") := true

_secure(protocol) if aws.unresolved(protocol)
