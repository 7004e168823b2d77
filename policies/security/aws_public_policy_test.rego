package holdfast.security.aws_public_policy_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_public_policy

_found(kind, spec) := found if {
	found := aws_public_policy.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_sqs_queue_policy" "orders" {
  queue_url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FromTopic"
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:SendMessage"
      Resource  = "*"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-central-1:123456789012:orders" } }
    }]
  })
}`

bad_example := `resource "aws_sqs_queue_policy" "orders" {
  queue_url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Send"
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:SendMessage"
      Resource  = "*"
    }]
  })
}`

_policy(statement) := {"policy": json.marshal({"Statement": [object.union({"Effect": "Allow", "Action": "a:b", "Resource": "*"}, statement)]})}

_narrow := {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}

test_anyone_is_found if {
	_found("aws_sns_topic_policy", _policy({"Sid": "Open", "Principal": "*"})) == {{
		"msg": `statement "Open" of aws_sns_topic_policy.x lets anyone in`,
		"path": ["spec", "policy"],
	}}
	count(_found("aws_sns_topic_policy", _policy({"Principal": {"AWS": "*"}, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}))) == 1
	_found("data.aws_iam_policy_document", {"statement": [{"principals": [{"type": "*", "identifiers": ["*"]}]}]}) == {{
		"msg": "a statement of data.aws_iam_policy_document.x lets anyone in",
		"path": ["spec", "statement", 0],
	}}
}

test_others_pass if {
	_found("aws_sns_topic_policy", _policy({"Principal": {"AWS": "123456789012"}})) == set()
	_found("aws_sns_topic_policy", _policy({"Effect": "Deny", "Principal": "*"})) == set()
	_found("aws_sns_topic_policy", _policy(object.union({"Principal": "*"}, _narrow))) == set()
	_found("aws_sns_topic_policy", {"policy": samples.reference}) == set()
	_found("aws_s3_bucket", {}) == set()
}

test_domains_in_a_vpc_pass if {
	open := {"access_policies": _policy({"Principal": {"AWS": "*"}}).policy}
	count(_found("aws_opensearch_domain", open)) == 1
	count(_found("aws_opensearch_domain", object.union(open, {"vpc_options": []}))) == 1
	_found("aws_opensearch_domain", object.union(open, {"vpc_options": [{"subnet_ids": ["a"]}]})) == set()
}

test_permissions if {
	_found("aws_lambda_permission", {"principal": "*"}) == {{
		"msg": "aws_lambda_permission.x lets anyone in",
		"path": ["spec", "principal"],
	}}
	every field in ["source_account", "source_arn", "principal_org_id", "organization_id"] {
		_found("aws_lambda_permission", {"principal": "*", field: samples.reference}) == set()
		count(_found("aws_lambda_permission", {"principal": "*", field: ""})) == 1
	}
	_found("aws_lambda_permission", {"principal": "sns.amazonaws.com"}) == set()
}
