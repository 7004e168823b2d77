package holdfast.security.aws_eks_secrets_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_eks_secrets

_found(kind, spec) := found if {
	found := aws_eks_secrets.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_eks_cluster" "main" {
  name = "main"
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1"
    }
  }
}`

bad_example := `resource "aws_eks_cluster" "main" {
  name = "main"
}`

test_clusters if {
	_found("aws_eks_cluster", {}) == {{"msg": "aws_eks_cluster.x has no key for its secrets", "path": ["spec"]}}
	_found("aws_eks_cluster", {"encryption_config": [{"resources": []}]}) == {{
		"msg": "aws_eks_cluster.x has no key for its secrets",
		"path": ["spec", "encryption_config"],
	}}
	_found("aws_eks_cluster", {"encryption_config": [{"resources": ["secrets"]}]}) == set()
}
