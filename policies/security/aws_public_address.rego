# METADATA
# title: Public addresses for machines
# description: |
#   Instances, launch templates and ECS services that ask for a public IP
#   address, and subnets that give one to whatever is started in them. AWS
#   Security Hub EC2.9, EC2.15, EC2.25 and ECS.2.
# custom:
#   id: security/aws-public-address
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set it to false, and reach the machines through a load balancer, a NAT gateway and Session
#     Manager.
#   scope: resource
#   kinds:
#     - terraform/aws_instance
#     - terraform/aws_launch_configuration
#     - terraform/aws_launch_template
#     - terraform/aws_spot_instance_request
#     - terraform/aws_subnet
#     - terraform/aws_default_subnet
#     - terraform/aws_ecs_service
package holdfast.security.aws_public_address

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, value in _spec
	value in {true, "true"}
	msg := sprintf("%s sets %s", [aws.title, attribute])
}

warn contains {"msg": msg, "path": ["spec", "network_interfaces", i, "associate_public_ip_address"]} if {
	some i
	input.resource.spec.network_interfaces[i].associate_public_ip_address in {true, "true"}
	msg := sprintf("%s sets associate_public_ip_address", [aws.title])
}

warn contains {"msg": msg, "path": ["spec", "network_configuration", i, "assign_public_ip"]} if {
	some i
	input.resource.spec.network_configuration[i].assign_public_ip in {true, "true"}
	msg := sprintf("%s sets assign_public_ip", [aws.title])
}

_spec["associate_public_ip_address"] := input.resource.spec.associate_public_ip_address

_spec["map_public_ip_on_launch"] := input.resource.spec.map_public_ip_on_launch
