package holdfast.allocation.gp2_volumes_test

import data.holdfast.allocation.gp2_volumes
import data.holdfast.lib.samples_test as samples

good_example := `resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 100
  type              = "gp3"
}
`

bad_example := `resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 100
  type              = "gp2"
}
`

_warn_of(resource) := found if {
	found := gp2_volumes.warn with input as samples.of(resource)
}

_warn(spec) := _warn_of({"kind": "aws_instance", "metadata": {"name": "web", "address": "aws_instance.web"}, "spec": spec})

test_each_place_is_found if {
	places := [
		[{"type": "gp2"}, ["spec", "type"]],
		[{"storage_type": "gp2"}, ["spec", "storage_type"]],
		[{"root_block_device": [{"volume_type": "gp2"}]}, ["spec", "root_block_device", 0, "volume_type"]],
		[{"ebs_block_device": [{}, {"volume_type": "gp2"}]}, ["spec", "ebs_block_device", 1, "volume_type"]],
		[
			{"block_device_mappings": [{"ebs": [{"volume_type": "gp2"}]}]},
			["spec", "block_device_mappings", 0, "ebs", 0, "volume_type"],
		],
	]
	every place in places {
		_warn(place[0]) == {{"msg": "aws_instance.web has a volume of type gp2", "path": place[1]}}
	}
}

test_others_pass if {
	every type in ["gp3", "io2", "standard", null, 2] {
		_warn({
			"type": type,
			"storage_type": type,
			"other": "gp2",
			"root_block_device": [{"volume_type": type}],
			"block_device_mappings": [{"ebs": [{"volume_type": type}]}],
		}) == set()
	}
	_warn(null) == set()
}

_class(provisioner, type) := {
	"kind": "StorageClass",
	"metadata": {"name": "fast"},
	"provisioner": provisioner,
	"parameters": {"type": type},
}

test_storage_classes if {
	every provisioner in ["ebs.csi.aws.com", "kubernetes.io/aws-ebs"] {
		_warn_of(_class(provisioner, "gp2")) == {{
			"msg": `StorageClass "fast" has a volume of type gp2`,
			"path": ["parameters", "type"],
		}}
	}
	_warn_of(_class("ebs.csi.aws.com", "gp3")) == set()
	_warn_of(_class("example.com/disk", "gp2")) == set()
	_warn_of(object.union(_class("ebs.csi.aws.com", "gp2"), {"kind": "Other"})) == set()
}

test_other_blocks_pass if {
	_warn({"other_block": [{"volume_type": "gp2"}]}) == set()
}
