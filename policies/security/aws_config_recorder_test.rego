package holdfast.security.aws_config_recorder_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_config_recorder

_found(kind, spec) := found if {
	found := aws_config_recorder.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/config"
  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}`

bad_example := `resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/config"
  recording_group {
    all_supported = false
  }
}`

test_recorders if {
	kind := "aws_config_configuration_recorder"
	_found(kind, {"recording_group": [{"all_supported": false}]}) == {{
		"msg": "aws_config_configuration_recorder.x does not record all resources",
		"path": ["spec", "recording_group", 0, "all_supported"],
	}}
	_found(kind, {"recording_group": [{"all_supported": true, "include_global_resource_types": false}]}) == {{
		"msg": "aws_config_configuration_recorder.x does not record global resources",
		"path": ["spec", "recording_group", 0, "include_global_resource_types"],
	}}
	_found(kind, {}) == {{"msg": "aws_config_configuration_recorder.x does not record global resources", "path": ["spec"]}}
	_found(kind, {"recording_group": [{"include_global_resource_types": true}]}) == set()
}

test_aggregators if {
	kind := "aws_config_configuration_aggregator"
	every source in ["account_aggregation_source", "organization_aggregation_source"] {
		_found(kind, {source: [{"regions": ["eu-central-1"]}]}) == {{
			"msg": "aws_config_configuration_aggregator.x does not gather from all regions",
			"path": ["spec", source, 0],
		}}
		_found(kind, {source: [{"all_regions": true}]}) == set()
	}
}
