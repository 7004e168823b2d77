package holdfast.security.aws_opensearch_public_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_opensearch_public

_found(kind, spec) := found if {
	found := aws_opensearch_public.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"
  vpc_options {
    subnet_ids = ["subnet-1"]
  }
}`

bad_example := `resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"
}`

test_domains if {
	_found("aws_opensearch_domain", {}) == {{
		"msg": "aws_opensearch_domain.x has an endpoint on the internet",
		"path": ["spec"],
	}}
	count(_found("aws_elasticsearch_domain", {"vpc_options": []})) == 1
	_found("aws_elasticsearch_domain", {"vpc_options": [{"subnet_ids": ["a"]}]}) == set()
}
