package holdfast.security.aws_ebs_encryption_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_ebs_encryption

_found(kind, spec) := found if {
	found := aws_ebs_encryption.deny with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_ebs_encryption.deny with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_ebs_volume" "data" {
  availability_zone = "eu-central-1a"
  size              = 40
  encrypted         = true
}`

bad_example := `resource "aws_ebs_volume" "data" {
  availability_zone = "eu-central-1a"
  size              = 40
}`

test_volumes if {
	_found("aws_ebs_volume", {}) == {{"msg": "aws_ebs_volume.x is not encrypted", "path": ["spec"]}}
	_found("aws_ami_copy", {"encrypted": false}) == {{"msg": "aws_ami_copy.x is not encrypted", "path": ["spec", "encrypted"]}}
	count(_found("aws_ebs_snapshot_copy", {"encrypted": "false"})) == 1
	count(_found("aws_ebs_volume", {"snapshot_id": "snap-1", "encrypted": false})) == 1
	_found("aws_ebs_volume", {"snapshot_id": "snap-1"}) == set()
	_found("aws_ebs_volume", {"encrypted": true}) == set()
	_found("aws_ebs_volume", {"encrypted": samples.reference}) == set()
}

test_instances if {
	_found("aws_instance", {}) == {{"msg": "the root volume of aws_instance.x is not encrypted", "path": ["spec"]}}
	count(_found("aws_launch_configuration", {"root_block_device": []})) == 1
	_found("aws_instance", {"launch_template": [{"id": "lt-1"}]}) == set()
	_found("aws_instance", {"root_block_device": [{"volume_size": 8}], "ebs_block_device": [{"encrypted": false}, {"snapshot_id": "snap-1"}]}) == {
		{"msg": "the root_block_device of aws_instance.x is not encrypted", "path": ["spec", "root_block_device", 0]},
		{"msg": "the ebs_block_device of aws_instance.x is not encrypted", "path": ["spec", "ebs_block_device", 0, "encrypted"]},
	}
	_found("aws_instance", {"root_block_device": [{"encrypted": true}]}) == set()
}

test_templates if {
	_found("aws_launch_template", {}) == set()
	_found("aws_launch_template", {"block_device_mappings": [
		{"ebs": [{"encrypted": "true"}]},
		{"ebs": [{"volume_size": 8}]},
		{"no_device": "x"},
		{"ebs": [{"snapshot_id": "snap-1"}]},
	]}) == {{
		"msg": "a volume of aws_launch_template.x is not encrypted",
		"path": ["spec", "block_device_mappings", 1, "ebs", 0],
	}}
}

test_the_default if {
	_found("aws_ebs_encryption_by_default", {"enabled": false}) == {{
		"msg": "aws_ebs_encryption_by_default.x turns the encryption of EBS volumes by default off",
		"path": ["spec", "enabled"],
	}}
	_found("aws_ebs_encryption_by_default", {}) == set()
	_found("aws_ebs_volume", {"enabled": false, "encrypted": true}) == set()
}

test_the_default_is_enough if {
	on := [samples.resource("aws_ebs_encryption_by_default", "d", {})]
	off := [samples.resource("aws_ebs_encryption_by_default", "d", {"enabled": false})]
	elsewhere := [object.union(on[0], {"metadata": {"root": "dev"}})]
	every kind, spec in {
		"aws_ebs_volume": {},
		"aws_instance": {},
		"aws_launch_configuration": {"root_block_device": [{}]},
		"aws_launch_template": {"block_device_mappings": [{"ebs": [{}]}]},
	} {
		_among(kind, spec, on) == set()
		count(_among(kind, spec, off)) == 1
		count(_among(kind, spec, elsewhere)) == 1
	}
}
