package holdfast.allocation.unattached_test

import data.holdfast.allocation.unattached
import data.holdfast.lib.samples_test as samples

good_example := `resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat.id
  subnet_id     = "subnet-0123456789abcdef0"
}
`

bad_example := `resource "aws_eip" "nat" {
  domain = "vpc"
}
`

_of(kind, name, address, more) := [concat("/", ["terraform", kind]), object.union(
	{"apiVersion": "terraform/v1", "kind": kind, "metadata": {"name": name, "address": address}},
	more,
)]

_warn(pairs) := found if {
	found := unattached.warn with input as samples.of(null) with data.holdfast.resources as samples.stored(pairs)
}

_eip(more) := _of("aws_eip", "nat", "aws_eip.nat", more)

_refers(kind, address) := _of(kind, "x", concat(".", [kind, "x"]), {"references": {"a": ["aws_vpc.main"], "b": [null, address]}})

test_what_nothing_refers_to_is_found if {
	_warn({_eip({"spec": {"domain": "vpc"}}), _refers("aws_nat_gateway", "aws_eip.other")}) == {{
		"msg": "nothing refers to aws_eip.nat",
		"path": ["spec"],
		"resource": {"target": "prod", "apiVersion": "terraform/v1", "kind": "aws_eip", "namespace": "", "name": "nat"},
	}}
}

test_every_kind if {
	every kind in [
		"aws_ebs_volume", "aws_eip", "azurerm_managed_disk", "azurerm_public_ip", "google_compute_address", "google_compute_disk",
	] {
		address := concat(".", [kind, "a"])
		count(_warn({_of(kind, "a", address, {})})) == 1
		_warn({_of(kind, "a", address, {}), _refers("aws_thing", address)}) == set()
	}
	_warn({_of("aws_vpc", "a", "aws_vpc.a", {})}) == set()
}

test_instances_of_count if {
	one := _of("aws_eip", "nat[0]", "aws_eip.nat[0]", {})
	_warn({one, _refers("aws_nat_gateway", "aws_eip.nat")}) == set()
	_warn({one, _refers("aws_nat_gateway", "aws_eip.nat[1]")}) == set()
	_warn({_eip({}), _refers("aws_nat_gateway", `aws_eip.nat["a"]`)}) == set()
}

test_what_is_attached_by_itself_passes if {
	every field in ["instance", "network_interface", "associate_with_private_ip"] {
		_warn({_eip({"spec": {field: "${aws_instance.web.id}"}})}) == set()
		count(_warn({_eip({"spec": {field: ""}})})) == 1
		count(_warn({_eip({"spec": {field: null}})})) == 1
	}
}

# Only what Terraform has refers to it.
test_other_resources_do_not_count if {
	other := ["core/ConfigMap", {"kind": "ConfigMap", "metadata": {"name": "a"}, "references": {"a": ["aws_eip.nat"]}}]
	count(_warn({_eip({}), other})) == 1
}

test_no_address_passes if {
	_warn({_of("aws_eip", "nat", null, {})}) == set()
}
