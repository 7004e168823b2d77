# METADATA
# title: EKS endpoints open to the internet
# description: |
#   The API server of an EKS cluster answers the internet unless
#   endpoint_public_access is false or public_access_cidrs names networks; the
#   provider's defaults are true and everyone. CIS Amazon EKS Benchmark 1.5.0,
#   section 5.4.1.
# custom:
#   id: security/aws-eks-public-endpoint
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-eks/5.4.1]
#   remediation: >-
#     Set endpoint_private_access to true, and endpoint_public_access to false or public_access_cidrs
#     to the networks that need it.
#   scope: resource
#   kinds: [terraform/aws_eks_cluster]
package holdfast.security.aws_eks_public_endpoint

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": array.concat(["spec", "vpc_config", 0], _open)} if {
	not aws.off(aws.get(_config, "endpoint_public_access"))
	not aws.unresolved(aws.get(_config, "endpoint_public_access"))
	msg := sprintf("the endpoint of %s is open to the internet", [aws.title])
}

# Where it is said who may come, if anywhere.
_open := [] if {
	not _named
	not _config.endpoint_public_access
} else := ["endpoint_public_access"] if {
	not _named
} else := ["public_access_cidrs", min({j |
	some j, cidr in _config.public_access_cidrs
	aws.world(cidr)
})]

# An empty list stands for the default, everyone.
_named if aws.present(_config.public_access_cidrs)

_config["endpoint_public_access"] := input.resource.spec.vpc_config[0].endpoint_public_access

_config["public_access_cidrs"] := input.resource.spec.vpc_config[0].public_access_cidrs
