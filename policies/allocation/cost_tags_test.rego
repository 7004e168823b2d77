package holdfast.allocation.cost_tags_test

import data.holdfast.allocation.cost_tags
import data.holdfast.lib.samples_test as samples

example_params := {"cost_tags": ["team"]}

good_example := `resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m7i.large"
  tags          = { team = "shop" }
}
`

bad_example := `resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m7i.large"
  tags          = { name = "web" }
}
`

_deny_of(asked, spec) := found if {
	found := cost_tags.deny with input as samples.of({
		"apiVersion": "terraform/v1",
		"kind": "aws_instance",
		"metadata": {"name": "web", "address": "aws_instance.web"},
		"spec": spec,
	})
		with data.holdfast.params.cost_tags as asked
}

_deny(spec) := _deny_of(["team", "cost-center"], spec)

test_tags_that_are_missing_are_found if {
	_deny({"tags": {"team": "a"}}) == {{"msg": "aws_instance.web has no tag cost-center", "path": ["spec"]}}
	every spec in [{}, {"tags": {}}, {"tags": {"team": "", "cost-center": " "}}, {"tags": {"team": null, "cost-center": null}}] {
		_deny(spec) == {{"msg": "aws_instance.web has no tag team and no tag cost-center", "path": ["spec"]}}
	}
}

test_each_name_of_tags_counts if {
	both := {"team": "a", "cost-center": 17}
	every field in ["tags", "tags_all", "labels", "resource_labels"] {
		_deny({field: both}) == set()
	}
	_deny({"settings": [{"user_labels": both}]}) == set()
	_deny({"tag": [{"key": "team", "value": "a"}, {"key": "cost-center", "value": "17"}]}) == set()
	count(_deny({"other": both})) == 1
	count(_deny({"tag": [{"key": "team", "value": "a"}, {"key": "cost-center", "value": ""}]})) == 1
}

test_a_reference_passes if {
	_deny({"tags": "${local.tags}"}) == set()
	_deny({"tags": {"team": "${var.team}", "cost-center": "1"}}) == set()
}

test_by_default_none_are_asked_for if {
	_deny_of([], {}) == set()
}

test_one_tag if {
	_deny_of(["team"], {"ami": "ami-1"}) == {{"msg": "aws_instance.web has no tag team", "path": ["spec"]}}
	count(_deny_of(["team"], {"settings": [{"tier": "a"}]})) == 1
	count(_deny_of(["team"], {"tag": [{"key": "name", "value": "a"}]})) == 1
}
