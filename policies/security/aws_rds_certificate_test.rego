package holdfast.security.aws_rds_certificate_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_rds_certificate

_found(kind, spec) := found if {
	found := aws_rds_certificate.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_db_instance" "orders" {
  engine             = "postgres"
  ca_cert_identifier = "rds-ca-rsa2048-g1"
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine             = "postgres"
  ca_cert_identifier = "rds-ca-2019"
}`

_params := {"aws_expired_authorities": ["rds-ca-2019"]}

test_expired_ones_are_found if {
	every attribute in ["ca_cert_identifier", "ca_certificate_identifier"] {
		_found("aws_db_instance", {attribute: "rds-ca-2019"}) == {{
			"msg": "aws_db_instance.x has a certificate of rds-ca-2019",
			"path": ["spec", attribute],
		}}
	}
}

test_others_pass if {
	_found("aws_db_instance", {}) == set()
	_found("aws_db_instance", {"ca_cert_identifier": "rds-ca-rsa2048-g1"}) == set()
}
