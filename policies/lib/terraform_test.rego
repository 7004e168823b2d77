package holdfast.lib.terraform_test

import data.holdfast.lib.terraform

test_title if {
	terraform.title({"kind": "aws_s3_bucket", "metadata": {"name": "logs", "address": "module.a.aws_s3_bucket.logs"}}) == "module.a.aws_s3_bucket.logs"
	terraform.title({"kind": "aws_s3_bucket", "metadata": {"name": "logs", "address": null}}) == "aws_s3_bucket.logs"
	terraform.title({"kind": "aws_s3_bucket", "metadata": {"name": null}}) == "aws_s3_bucket"
}

_bucket(address, spec) := {"kind": "aws_s3_bucket", "metadata": {"name": "logs", "address": address}, "spec": spec}

_logs := _bucket("aws_s3_bucket.logs", {"bucket": "acme-logs"})

_referring(addresses) := {"kind": "aws_s3_bucket_policy", "metadata": {"name": "p"}, "spec": {}, "references": {"bucket": addresses}}

_naming(name) := {"kind": "aws_s3_bucket_policy", "metadata": {"name": "p"}, "spec": {"bucket": name}}

test_refers_by_address if {
	terraform.refers_to(_referring(["aws_s3_bucket.logs"]), "bucket", _logs)
	terraform.refers_to(_referring(["aws_s3_bucket.x", "aws_s3_bucket.logs"]), "bucket", _logs)
	not terraform.refers_to(_referring(["aws_s3_bucket.logs2"]), "bucket", _logs)
	not terraform.refers_to(_referring(["aws_s3_bucket_acl.logs"]), "bucket", _logs)
	not terraform.refers_to(_referring(["module.a.aws_s3_bucket.logs"]), "bucket", _logs)
	not terraform.refers_to(_referring(["aws_s3_bucket.logs"]), "name", _logs)
	not terraform.refers_to(_referring(["module.a"]), "bucket", _bucket("module.a.aws_s3_bucket.logs", {}))
}

test_refers_to_instances if {
	some index in ["[0]", `["x"]`, `["a.b"]`, `["a\"]b"]`]
	whole := _bucket("aws_s3_bucket.logs", {})
	instance := _bucket(concat("", ["aws_s3_bucket.logs", index]), {})
	terraform.refers_to(_referring(["aws_s3_bucket.logs"]), "bucket", instance)
	terraform.refers_to(_referring([instance.metadata.address]), "bucket", whole)
	terraform.refers_to(_referring([instance.metadata.address]), "bucket", instance)
	not terraform.refers_to(_referring(["aws_s3_bucket.logs[1]"]), "bucket", instance)
	not terraform.refers_to(_referring([`aws_s3_bucket.logs["y"]`]), "bucket", instance)
}

test_refers_to_instances_of_modules if {
	other := _bucket(`module.a["x"].aws_s3_bucket.logs[0]`, {})
	terraform.refers_to(_referring(["module.a.aws_s3_bucket.logs[0]"]), "bucket", other)
	terraform.refers_to(_referring([`module.a["x"].aws_s3_bucket.logs`]), "bucket", other)
	not terraform.refers_to(_referring([`module.a["y"].aws_s3_bucket.logs`]), "bucket", other)
	not terraform.refers_to(_referring(["module.a.aws_s3_bucket.logs[1]"]), "bucket", other)
}

test_refers_by_name if {
	terraform.refers_to(_naming("acme-logs"), "bucket", _logs)
	terraform.refers_to(_naming("acme-logs"), "bucket", _bucket("aws_s3_bucket.x", {"identifier": "acme-logs"}))
	terraform.refers_to(_naming("acme-logs"), "bucket", _bucket("aws_s3_bucket.x", {"name": "acme-logs"}))
	terraform.refers_to(_naming("acme-logs"), "bucket", _bucket("aws_s3_bucket.x", {"id": "acme-logs"}))
	not terraform.refers_to(_naming("acme-logs"), "bucket", _bucket("aws_s3_bucket.x", {"arn": "acme-logs"}))
	not terraform.refers_to(_naming("acme"), "bucket", _logs)
	not terraform.refers_to(_naming(""), "bucket", _bucket("aws_s3_bucket.x", {"bucket": ""}))
	not terraform.refers_to(_naming(7), "bucket", _bucket("aws_s3_bucket.x", {"bucket": 7}))
	not terraform.refers_to({"kind": "aws_s3_bucket_policy", "metadata": {}}, "bucket", _logs)
}

test_refers_in_blocks if {
	other := _bucket("aws_s3_bucket.logs", {"bucket": "acme-logs"})
	terraform.refers_to({"metadata": {}, "spec": {"logging": [{"target": "x"}, {"target": "acme-logs"}]}}, "logging.1.target", other)
	not terraform.refers_to({"metadata": {}, "spec": {"logging": [{"target": "x"}, {"target": "acme-logs"}]}}, "logging.0.target", other)
	terraform.refers_to({"metadata": {}, "spec": {}, "references": {"logging.0.target": ["aws_s3_bucket.logs"]}}, "logging.0.target", other)
}

test_roots_apart if {
	here := {"metadata": {"root": "envs/dev"}, "spec": {"bucket": "acme-logs"}, "references": {"bucket": ["aws_s3_bucket.logs"]}}
	not terraform.refers_to(here, "bucket", _logs)
	terraform.refers_to(here, "bucket", object.union(_logs, {"metadata": {"root": "envs/dev"}}))
	not terraform.refers_to(here, "bucket", object.union(_logs, {"metadata": {"root": "envs/prod"}}))
}

test_attached if {
	mine := object.union(_naming("acme-logs"), {"metadata": {"namespace": "module.a"}})
	referring := _referring(["aws_s3_bucket.logs"])
	resources := {"prod": {
		"terraform/aws_s3_bucket_policy": {"module.a": {"p": mine}, "": {"q": referring, "r": _naming("other")}},
		"terraform/aws_s3_bucket_acl": {"": {"p": referring}},
	}}
	terraform.attached("prod", "aws_s3_bucket_policy", "bucket", _logs) == {mine, referring} with data.holdfast.resources as resources
	terraform.attached("dev", "aws_s3_bucket_policy", "bucket", _logs) == set() with data.holdfast.resources as resources
	terraform.attached("prod", "aws_s3_bucket_policy", "acl", _logs) == set() with data.holdfast.resources as resources
}
