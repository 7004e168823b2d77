package holdfast.security.aws_api_open_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_api_open

_found(kind, spec) := found if {
	found := aws_api_open.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_api_gateway_method" "orders" {
  rest_api_id   = "a1"
  resource_id   = "b2"
  http_method   = "GET"
  authorization = "AWS_IAM"
}`

bad_example := `resource "aws_api_gateway_method" "orders" {
  rest_api_id   = "a1"
  resource_id   = "b2"
  http_method   = "GET"
  authorization = "NONE"
}`

test_methods if {
	_found("aws_api_gateway_method", {"http_method": "GET", "authorization": "NONE"}) == {{
		"msg": "aws_api_gateway_method.x needs no authorization",
		"path": ["spec", "authorization"],
	}}
	_found("aws_api_gateway_method", {"http_method": "OPTIONS", "authorization": "NONE"}) == set()
	_found("aws_api_gateway_method", {"http_method": "GET", "authorization": "NONE", "api_key_required": true}) == set()
	_found("aws_api_gateway_method", {"http_method": "GET", "authorization": "AWS_IAM"}) == set()
}

test_routes if {
	_found("aws_apigatewayv2_route", {"route_key": "GET /orders"}) == {{
		"msg": "aws_apigatewayv2_route.x needs no authorization",
		"path": ["spec"],
	}}
	_found("aws_apigatewayv2_route", {"authorization_type": "NONE", "route_key": "$connect"}) == {{
		"msg": "aws_apigatewayv2_route.x needs no authorization",
		"path": ["spec", "authorization_type"],
	}}
	_found("aws_apigatewayv2_route", {"route_key": "GET /orders", "authorization_type": "JWT"}) == set()
	_found("aws_apigatewayv2_route", {"route_key": "GET /orders", "api_key_required": true}) == set()
	count(_found("aws_apigatewayv2_route", {"route_key": "$default"})) == 1
	every key in ["OPTIONS /orders", "$disconnect", "send", 7] {
		_found("aws_apigatewayv2_route", {"route_key": key}) == set()
	}
}
