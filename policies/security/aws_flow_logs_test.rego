package holdfast.security.aws_flow_logs_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_flow_logs

_among(kind, spec, others) := found if {
	found := aws_flow_logs.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_flow_log" "main" {
  vpc_id          = aws_vpc.main.id
  traffic_type    = "ALL"
  log_destination = "arn:aws:s3:::acme-flow-logs"
}`

bad_example := `resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}`

_log(address) := samples.referring(samples.resource("aws_flow_log", "l", {"vpc_id": samples.reference}), {"vpc_id": address})

test_none_is_found if {
	_among("aws_vpc", {}, []) == {{"msg": "aws_vpc.x has no flow log", "path": ["spec"]}}
	count(_among("aws_vpc", {}, [_log("aws_vpc.y")])) == 1
}

test_a_log_passes if {
	_among("aws_vpc", {}, [_log("aws_vpc.x")]) == set()
}
