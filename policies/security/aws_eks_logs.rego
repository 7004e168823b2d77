# METADATA
# title: EKS clusters without logs of the control plane
# description: |
#   The logs of the control plane, the audit log among them, are off unless
#   enabled_cluster_log_types names them. CIS Amazon EKS Benchmark 1.5.0, section
#   2.1.1; the types are those of the parameter aws_eks_log_types.
# custom:
#   id: security/aws-eks-logs
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-eks/2.1.1]
#   remediation: >-
#     Set enabled_cluster_log_types to ["api", "audit", "authenticator", "controllerManager",
#     "scheduler"].
#   scope: resource
#   kinds: [terraform/aws_eks_cluster]
#   params:
#     aws_eks_log_types: [api, audit, authenticator, controllerManager, scheduler]
package holdfast.security.aws_eks_logs

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not aws.unresolved(aws.get(_spec, "enabled_cluster_log_types"))
	enabled := {type | some type in _spec.enabled_cluster_log_types}
	missing := [type |
		some type in data.holdfast.params.aws_eks_log_types
		not type in enabled
	]
	count(missing) > 0
	msg := sprintf("%s does not keep the logs %s", [aws.title, concat(", ", missing)])
	path := aws.path(["spec"], _spec, "enabled_cluster_log_types")
}

_spec["enabled_cluster_log_types"] := input.resource.spec.enabled_cluster_log_types
