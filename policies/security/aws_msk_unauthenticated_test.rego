package holdfast.security.aws_msk_unauthenticated_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_msk_unauthenticated

_found(kind, spec) := found if {
	found := aws_msk_unauthenticated.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_msk_cluster" "events" {
  cluster_name  = "events"
  kafka_version = "3.6.0"
  client_authentication {
    sasl {
      iam = true
    }
  }
}`

bad_example := `resource "aws_msk_cluster" "events" {
  cluster_name  = "events"
  kafka_version = "3.6.0"
  client_authentication {
    unauthenticated = true
  }
}`

test_clusters if {
	_found("aws_msk_cluster", {"client_authentication": [{"unauthenticated": true}]}) == {{
		"msg": "aws_msk_cluster.x lets clients in without authentication",
		"path": ["spec", "client_authentication", 0, "unauthenticated"],
	}}
	count(_found("aws_msk_cluster", {"client_authentication": [{"unauthenticated": "true"}]})) == 1
	_found("aws_msk_cluster", {"client_authentication": [{"unauthenticated": false}]}) == set()
	_found("aws_msk_cluster", {"client_authentication": [{"sasl": [{"iam": true}]}]}) == set()
	_found("aws_msk_cluster", {}) == set()
}
