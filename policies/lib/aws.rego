# METADATA
# title: AWS resources in Terraform
# description: |
#   Reads the attributes of the AWS provider's resources. What is known only
#   after apply is a text such as ${aws_kms_key.main.arn}; it is set, and may
#   turn out to be anything.
#
#   A rule is undecided about a resource where anything that its code names is
#   unknown. So nothing here takes the resource as a whole: a database is judged
#   although its password is a variable.
package holdfast.lib.aws

import data.holdfast.lib.terraform

# title is the address of the resource that is judged, as messages write it.
title := terraform.title(_self)

_self := {
	"kind": input.resource.kind,
	"metadata": input.resource.metadata,
}

# unresolved is true of a text that is known only after apply.
unresolved(value) if {
	is_string(value)
	contains(value, "${")
}

# on is true if a switch is on, or may be after apply.
on(value) if value in {true, "true"}

on(value) if unresolved(value)

# off is true if a switch is set to off. One that is not set is neither.
off(value) if value in {false, "false"}

# present is true of a value that says something.
present(value) if not value in {null, "", [], {}, false}

# number is the value as a whole number, or undefined.
number(value) := value if {
	is_number(value)
	value == floor(value)
}

number(value) := to_number(value) if {
	is_string(value)
	regex.match(`^-?(?:0|[1-9][0-9]{0,14})$`, value)
}

# list is the value's elements; one that stands alone is a list of one.
list(value) := value if {
	is_array(value)
} else := [] if {
	value in {null, ""}
} else := [value]

# get is a field's value, null where there is none; so it may stand below "not",
# where what is undefined would leave the rule without an answer.
get(block, field) := block[field]

get(block, field) := null if not _has(block, field)

_has(block, field) if _ := block[field]

# path leads to a field of the block at a path, or to the block if it lacks it.
path(at, block, field) := array.concat(at, [field]) if {
	_has(block, field)
} else := at

# world is true of the networks that are the whole internet.
world(cidr) if {
	is_string(cidr)
	regex.match(`^(?:0\.0\.0\.0|0*:[0:]*)/0$`, trim_space(cidr))
}

# here is true of a resource of the root module that the judged one is in: what
# is set for an account holds there, and may not elsewhere.
here(other) if terraform.same_root(other, _self)

# attached is true if one of the others, as data.holdfast.resources has those of
# a kind, refers by the attribute to the resource that is judged. One that
# gives a name instead, in the same module, may be meant for it.
attached(others, attribute) if {
	some by_name in others
	some other in by_name
	attaches(other, attribute)
}

attaches(other, attribute) if {
	is_object(other.spec)
	terraform.refers_to(other, attribute, _self)
}

attaches(other, attribute) if {
	not other.references[attribute]
	is_string(other.spec[attribute])
	terraform.same_root(other, _self)
	object.get(other.metadata, "namespace", "") == object.get(_self.metadata, "namespace", "")
}
