# METADATA
# title: Network ACLs that let the internet administer
# description: |
#   A network ACL that lets everyone (0.0.0.0/0 or ::/0) reach the ports for
#   remote administration, SSH and RDP, or every port. What another block of the
#   same ACL with a lower number denies to everyone does not count, nor does a
#   VPC's default ACL, which AWS itself opens. CIS AWS Foundations Benchmark
#   3.0.0, section 5.1.
# custom:
#   id: security/aws-open-network-acl
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/5.1]
#   remediation: >-
#     Allow only the ports that are served, or the networks that administer.
#   scope: resource
#   kinds:
#     - terraform/aws_network_acl
#     - terraform/aws_network_acl_rule
package holdfast.security.aws_open_network_acl

import data.holdfast.lib.aws
import data.holdfast.lib.aws_network

_ports := {"22": "SSH", "3389": "RDP"}

deny contains {"msg": msg, "path": opening.path} if {
	some opening in aws_network.into_subnets
	reached := {port: name |
		some port, name in _ports
		not aws_network.denied(opening, to_number(port))
	}
	count(reached) > 0
	ports := aws_network.ports(opening, reached)
	msg := sprintf("%s lets %s reach %s", [aws.title, opening.cidr, ports])
}
