package holdfast.security.aws_acm_transparency_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_acm_transparency

_found(kind, spec) := found if {
	found := aws_acm_transparency.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_acm_certificate" "web" {
  domain_name       = "www.example.com"
  validation_method = "DNS"
}`

bad_example := `resource "aws_acm_certificate" "web" {
  domain_name       = "www.example.com"
  validation_method = "DNS"
  options {
    certificate_transparency_logging_preference = "DISABLED"
  }
}`

test_certificates if {
	_found("aws_acm_certificate", {"options": [{"certificate_transparency_logging_preference": "DISABLED"}]}) == {{
		"msg": "aws_acm_certificate.x is kept out of the transparency logs",
		"path": ["spec", "options", 0, "certificate_transparency_logging_preference"],
	}}
	_found("aws_acm_certificate", {"options": [{"certificate_transparency_logging_preference": "ENABLED"}]}) == set()
	_found("aws_acm_certificate", {"options": [{}]}) == set()
	_found("aws_acm_certificate", {}) == set()
}
