package holdfast.security.aws_public_address_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_public_address

_found(kind, spec) := found if {
	found := aws_public_address.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_subnet" "a" {
  vpc_id     = "vpc-1"
  cidr_block = "10.0.1.0/24"
}`

bad_example := `resource "aws_subnet" "a" {
  vpc_id                  = "vpc-1"
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = true
}`

test_attributes if {
	_found("aws_instance", {"associate_public_ip_address": true}) == {{
		"msg": "aws_instance.x sets associate_public_ip_address",
		"path": ["spec", "associate_public_ip_address"],
	}}
	_found("aws_subnet", {"map_public_ip_on_launch": "true"}) == {{
		"msg": "aws_subnet.x sets map_public_ip_on_launch",
		"path": ["spec", "map_public_ip_on_launch"],
	}}
}

test_blocks if {
	_found("aws_launch_template", {"network_interfaces": [{}, {"associate_public_ip_address": "true"}]}) == {{
		"msg": "aws_launch_template.x sets associate_public_ip_address",
		"path": ["spec", "network_interfaces", 1, "associate_public_ip_address"],
	}}
	count(_found("aws_launch_template", {"network_interfaces": [{"associate_public_ip_address": true}]})) == 1
	_found("aws_ecs_service", {"network_configuration": [{"assign_public_ip": true}]}) == {{
		"msg": "aws_ecs_service.x sets assign_public_ip",
		"path": ["spec", "network_configuration", 0, "assign_public_ip"],
	}}
	count(_found("aws_ecs_service", {"network_configuration": [{"assign_public_ip": "true"}]})) == 1
}

test_off_passes if {
	_found("aws_instance", {"associate_public_ip_address": false, "map_public_ip_on_launch": samples.reference}) == set()
	_found("aws_launch_template", {"network_interfaces": [{"associate_public_ip_address": false}, null]}) == set()
	_found("aws_ecs_service", {"network_configuration": [{"assign_public_ip": false}]}) == set()
	_found("aws_subnet", {}) == set()
}
