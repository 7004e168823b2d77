package holdfast.security.aws_opensearch_access_control_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_opensearch_access_control

_found(kind, spec) := found if {
	found := aws_opensearch_access_control.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"
  advanced_security_options {
    enabled = true
  }
}`

bad_example := `resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"
}`

_msg := "aws_opensearch_domain.x has no fine-grained access control"

test_domains if {
	_found("aws_opensearch_domain", {}) == {{"msg": _msg, "path": ["spec"]}}
	_found("aws_opensearch_domain", {"advanced_security_options": [{"enabled": false}]}) == {{
		"msg": _msg,
		"path": ["spec", "advanced_security_options", 0, "enabled"],
	}}
	_found("aws_opensearch_domain", {"advanced_security_options": [{"enabled": true}]}) == set()
}
