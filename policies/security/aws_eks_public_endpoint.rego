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

deny contains {"msg": msg, "path": path} if {
	some i, config in input.resource.spec.vpc_config
	not aws.off(aws.get(config, "endpoint_public_access"))
	not aws.unresolved(aws.get(config, "endpoint_public_access"))
	field := _open(config)
	msg := sprintf("the endpoint of %s is open to the internet", [aws.title])
	path := array.concat(["spec", "vpc_config", i], field)
}

_open(config) := [] if {
	not config.public_access_cidrs
	not config.endpoint_public_access
} else := ["endpoint_public_access"] if {
	not config.public_access_cidrs
} else := ["public_access_cidrs", min(everyone)] if {
	everyone := {j |
		some j, cidr in config.public_access_cidrs
		aws.world(cidr)
	}
	count(everyone) > 0
}
