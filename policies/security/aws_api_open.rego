# METADATA
# title: API methods without authorization
# description: |
#   A method of a REST API with authorization NONE and no API key, other than
#   OPTIONS, and a route of an HTTP API without authorization_type, is open to
#   everyone who can reach it. AWS Security Hub APIGateway.8.
# custom:
#   id: security/aws-api-open
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set authorization (authorization_type) to AWS_IAM, JWT, CUSTOM or COGNITO_USER_POOLS.
#   scope: resource
#   kinds:
#     - terraform/aws_api_gateway_method
#     - terraform/aws_apigatewayv2_route
package holdfast.security.aws_api_open

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "authorization"]} if {
	input.resource.spec.authorization == "NONE"
	not _preflight
	not _key
	msg := sprintf("%s needs no authorization", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	aws.get(_spec, "authorization_type") in {null, "NONE"}
	_called
	not _key
	msg := sprintf("%s needs no authorization", [aws.title])
	path := aws.path(["spec"], _spec, "authorization_type")
}

# Browsers ask so before a request from another origin, without credentials.
_preflight if input.resource.spec.http_method == "OPTIONS"

# Of a WebSocket API only $connect can ask for authorization; $default is a
# route of both.
_called if {
	is_string(input.resource.spec.route_key)
	regex.match(`^(?:[A-Z]+ /|\$connect$|\$default$)`, input.resource.spec.route_key)
	not startswith(input.resource.spec.route_key, "OPTIONS ")
}

_key if aws.on(input.resource.spec.api_key_required)

_spec["authorization_type"] := input.resource.spec.authorization_type
