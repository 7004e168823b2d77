package holdfast.security.aws_domain_lock_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_domain_lock

_found(kind, spec) := found if {
	found := aws_domain_lock.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_route53domains_registered_domain" "main" {
  domain_name   = "example.com"
  transfer_lock = true
}`

bad_example := `resource "aws_route53domains_registered_domain" "main" {
  domain_name   = "example.com"
  transfer_lock = false
}`

test_domains if {
	_found("aws_route53domains_registered_domain", {"transfer_lock": false}) == {{
		"msg": "aws_route53domains_registered_domain.x is not locked against a transfer",
		"path": ["spec", "transfer_lock"],
	}}
	_found("aws_route53domains_registered_domain", {"transfer_lock": true}) == set()
	_found("aws_route53domains_registered_domain", {}) == set()
}
