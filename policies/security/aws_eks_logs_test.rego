package holdfast.security.aws_eks_logs_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_eks_logs

_found(kind, spec) := found if {
	found := aws_eks_logs.warn with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_eks_cluster" "main" {
  name                      = "main"
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
}`

bad_example := `resource "aws_eks_cluster" "main" {
  name                      = "main"
  enabled_cluster_log_types = ["api"]
}`

_params := {"aws_eks_log_types": ["api", "audit", "scheduler"]}

test_clusters if {
	_found("aws_eks_cluster", {}) == {{
		"msg": "aws_eks_cluster.x does not keep the logs api, audit, scheduler",
		"path": ["spec"],
	}}
	_found("aws_eks_cluster", {"enabled_cluster_log_types": ["audit", "other"]}) == {{
		"msg": "aws_eks_cluster.x does not keep the logs api, scheduler",
		"path": ["spec", "enabled_cluster_log_types"],
	}}
	count(_found("aws_eks_cluster", {"enabled_cluster_log_types": ["api", "audit"]})) == 1
	_found("aws_eks_cluster", {"enabled_cluster_log_types": ["api", "scheduler", "audit"]}) == set()
	_found("aws_eks_cluster", {"enabled_cluster_log_types": samples.reference}) == set()
}
