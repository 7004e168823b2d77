package holdfast.security.aws_eks_public_endpoint_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_eks_public_endpoint

_found(kind, spec) := found if {
	found := aws_eks_public_endpoint.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/eks"
  vpc_config {
    subnet_ids             = ["subnet-1", "subnet-2"]
    endpoint_public_access = false
  }
}`

bad_example := `resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/eks"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}`

_cluster(config) := {"vpc_config": [config]}

_msg := "the endpoint of aws_eks_cluster.x is open to the internet"

test_open_ones_are_found if {
	_found("aws_eks_cluster", _cluster({})) == {{"msg": _msg, "path": ["spec", "vpc_config", 0]}}
	_found("aws_eks_cluster", _cluster({"endpoint_public_access": true})) == {{
		"msg": _msg,
		"path": ["spec", "vpc_config", 0, "endpoint_public_access"],
	}}
	count(_found("aws_eks_cluster", _cluster({"public_access_cidrs": []}))) == 1
	_found("aws_eks_cluster", _cluster({"endpoint_public_access": true, "public_access_cidrs": ["192.0.2.0/24", "0.0.0.0/0", "::/0"]})) == {{
		"msg": _msg,
		"path": ["spec", "vpc_config", 0, "public_access_cidrs", 1],
	}}
}

test_closed_ones_pass if {
	_found("aws_eks_cluster", _cluster({"endpoint_public_access": false})) == set()
	_found("aws_eks_cluster", _cluster({"endpoint_public_access": false, "public_access_cidrs": ["0.0.0.0/0"]})) == set()
	_found("aws_eks_cluster", _cluster({"endpoint_public_access": samples.reference})) == set()
	_found("aws_eks_cluster", _cluster({"public_access_cidrs": ["192.0.2.0/24"]})) == set()
}
