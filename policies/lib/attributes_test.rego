package holdfast.lib.attributes_test

import data.holdfast.lib.attributes

# made is a Terraform resource "it", named and addressed as rendered from HCL.
made(kind, spec) := named(kind, "it", spec)

named(kind, name, spec) := {
	"apiVersion": "terraform/v1",
	"kind": kind,
	"metadata": {"name": name, "address": sprintf("%s.%s", [kind, name])},
	"spec": spec,
	"references": {},
}

# judged is the input in which it is judged before merge.
judged(kind, spec) := of(made(kind, spec))

of(resource) := {
	"resource": resource,
	"live": null,
	"change": null,
	"target": {"name": "prod", "driver": "terraform", "path": "terraform", "mode": "apply"},
	"phase": "check",
}

# stored is data.holdfast.resources with these in target prod.
stored(resources) := {"prod": {group_kind: {"": {r.metadata.name: r |
	some r in resources
	sprintf("terraform/%s", [r.kind]) == group_kind
}} |
	some resource in resources
	group_kind := sprintf("terraform/%s", [resource.kind])
}}

# points lets an attribute of a resource refer to others.
points(resource, attribute, addresses) := object.union(resource, {"references": {attribute: addresses}})

test_title_is_the_address if {
	attributes.title == "azurerm_key_vault.it" with input as judged("azurerm_key_vault", {})
	attributes.title == "a.b" with input as of({"kind": "a", "metadata": {"name": "b"}})
	attributes.title == "a.b" with input as of({"kind": "a", "metadata": {"name": "b", "address": 1}})
	attributes.title == "a" with input as of({"kind": "a", "metadata": {"name": null}})
}

test_self_is_the_metadata_and_the_name if {
	attributes.self == {
		"metadata": {"name": "it", "address": "x.it"},
		"spec": {"name": "n"},
	} with input as judged("x", {"name": "n", "other": 1})
	attributes.self.spec == {} with input as judged("x", {})
}

test_switches if {
	{v | some v in [true, "true", false, "false", "${x.y}", "", 1, null]; attributes.on(v)} == {true, "true"}
	{v | some v in [true, "true", false, "false", "${x.y}", "", 0, null]; attributes.off(v)} == {false, "false"}
	{v | some v in [true, false, "${x.y}", null]; attributes.maybe_on(v)} == {true, "${x.y}"}
	{v | some v in [true, false, "${x.y}", null]; attributes.maybe_off(v)} == {false, "${x.y}"}
}

test_metadata if {
	values := [true, "TRUE", "Yes", "y", 1, "1", false, "FALSE", "No", "n", 0, "0", "", null, "${x.y}"]
	[v | some v in values; attributes.yes(v)] == [true, "TRUE", "Yes", "y", 1, "1"]
	[v | some v in values; attributes.no(v)] == [false, "FALSE", "No", "n", 0, "0"]
}

test_literal if {
	{v | some v in ["a", "", "a-${x.y}", 1, null]; attributes.literal(v)} == {"a"}
	{v | some v in ["a", "a-${x.y}", 1, null]; attributes.later(v)} == {"a-${x.y}"}
}

test_word if {
	[w | some v in ["Deny", "a", null, 1, ["A"]]; w := attributes.word(v)] == ["deny", "a"]
}

test_place if {
	attributes.place(["profile", 0, "policy"], []) == ["spec"]
	attributes.place(["profile", 0, "policy"], [false]) == ["spec", "profile", 0, "policy"]
}
