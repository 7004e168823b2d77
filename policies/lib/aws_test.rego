package holdfast.lib.aws_test

import data.holdfast.lib.aws

# of is the input in which a resource named "x" is judged before merge.
of(kind, spec) := {
	"resource": resource(kind, "x", spec),
	"live": null,
	"change": null,
	"target": {"name": "prod", "driver": "terraform", "path": "terraform/prod", "mode": "apply"},
	"phase": "check",
}

resource(kind, name, spec) := {
	"apiVersion": "terraform/v1",
	"kind": kind,
	"metadata": {"name": name, "address": sprintf("%s.%s", [kind, name])},
	"spec": spec,
}

# referring is the resource with references, as {attribute: address}.
referring(resource_, references) := object.union(resource_, {"references": {attribute: [address] |
	some attribute, address in references
}})

# stored lays resources of the root module out as data.holdfast.resources does.
stored(resources) := {"prod": object.union_n([layer |
	some each in resources
	layer := {sprintf("terraform/%s", [each.kind]): {"": {each.metadata.name: each}}}
])}

# A text that is known only after apply.
reference := "${aws_thing.other.value}"

test_title if {
	aws.title == "aws_vpc.x" with input as of("aws_vpc", {})
	aws.title == "aws_vpc.y" with input as {"resource": {"kind": "aws_vpc", "metadata": {"name": "y"}}}
}

test_unresolved if {
	aws.unresolved("${aws_kms_key.k.arn}")
	aws.unresolved("a-${var.x}")
	not aws.unresolved("a")
	not aws.unresolved(7)
	not aws.unresolved(null)
}

test_on_and_off if {
	every value in [true, "true", reference] {
		aws.on(value)
		not aws.off(value)
	}
	every value in [false, "false"] {
		aws.off(value)
		not aws.on(value)
	}
	every value in [null, 1, "yes", [], {}] {
		not aws.on(value)
		not aws.off(value)
	}
}

test_present if {
	every value in ["a", reference, ["a"], {"a": 1}, 0, true] {
		aws.present(value)
	}
	every value in ["", [], {}, null, false] {
		not aws.present(value)
	}
}

test_number if {
	aws.number(22) == 22
	aws.number(0) == 0
	aws.number("22") == 22
	aws.number("0") == 0
	aws.number("-1") == -1
	every value in [2.5, "2.5", "", "022", "x", "22x", "x22", null, reference, [1], "1234567890123456"] {
		not aws.number(value)
	}
	aws.number("123456789012345") == 123456789012345
}

test_list if {
	aws.list(["a", "b"]) == ["a", "b"]
	aws.list("a") == ["a"]
	aws.list({"a": 1}) == [{"a": 1}]
	aws.list("") == []
	aws.list(null) == []
}

test_get if {
	aws.get({"a": false}, "a") == false
	aws.get({"a": 1}, "b") == null
	aws.get(null, "b") == null
	aws.get("text", "b") == null
}

test_path if {
	aws.path(["spec"], {"a": false}, "a") == ["spec", "a"]
	aws.path(["spec"], {"b": false}, "a") == ["spec"]
	aws.path(["spec"], null, "a") == ["spec"]
}

test_world if {
	every cidr in ["0.0.0.0/0", " 0.0.0.0/0", "::/0", "0:0:0:0:0:0:0:0/0", "0000::/0"] {
		aws.world(cidr)
	}
	every cidr in ["10.0.0.0/8", "0.0.0.0/1", "::1/128", "::/1", "fe80::/10", "10.0.0.0/0x", "0a0.0.0/0", "10.0.0.0/0", null, 0, reference] {
		not aws.world(cidr)
	}
}

test_here if {
	aws.here(resource("aws_config", "c", {})) with input as of("aws_vpc", {})
	not aws.here({"metadata": {"root": "dev"}}) with input as of("aws_vpc", {})
}

_vpc(metadata) := object.union(of("aws_vpc", {}), {"resource": {"metadata": metadata}})

_log(changes) := {"": {"l": object.union(resource("aws_flow_log", "l", {"vpc_id": reference}), changes)}}

test_attached_by_reference if {
	aws.attached(_log({"references": {"vpc_id": ["aws_vpc.x"]}}), "vpc_id") with input as of("aws_vpc", {})
	aws.attached(_log({"references": {"vpc_id": ["aws_vpc.x[0]"]}}), "vpc_id") with input as of("aws_vpc", {})
	not aws.attached(_log({"references": {"vpc_id": ["aws_vpc.y"]}}), "vpc_id") with input as of("aws_vpc", {})
	not aws.attached(_log({"references": {"subnet_id": ["aws_vpc.x"]}, "spec": {"vpc_id": null}}), "vpc_id") with input as of("aws_vpc", {})
	not aws.attached({"": {"l": {"kind": "aws_flow_log", "metadata": {}, "spec": null, "references": {"vpc_id": ["aws_vpc.x"]}}}}, "vpc_id") with input as of("aws_vpc", {})
	not aws.attached({}, "vpc_id") with input as of("aws_vpc", {})
}

test_attached_by_a_name if {
	aws.attached(_log({}), "vpc_id") with input as of("aws_vpc", {})
	not aws.attached(_log({"metadata": {"namespace": "module.a"}}), "vpc_id") with input as of("aws_vpc", {})
	aws.attached(_log({"metadata": {"namespace": "module.a"}}), "vpc_id") with input as _vpc({"namespace": "module.a"})
	not aws.attached(_log({}), "vpc_id") with input as _vpc({"namespace": "module.a"})
	not aws.attached(_log({"metadata": {"root": "dev"}}), "vpc_id") with input as of("aws_vpc", {})
	not aws.attached(_log({"spec": {"vpc_id": 7}}), "vpc_id") with input as of("aws_vpc", {})
}
