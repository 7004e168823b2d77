# METADATA
# title: Attributes of a Terraform resource
# description: |
#   What the attributes of Terraform resources say, and where they stand. Rules
#   hand over the attribute and not the resource: what is handed to a function
#   counts as read whole, and an attribute without a value, of which a rule may
#   know nothing, would leave all rules undecided. A value that is known only
#   after apply is the text "${…}": it is set, and may be anything.
package holdfast.lib.attributes

# title is the address of the resource that is judged.
title := input.resource.metadata.address if {
	is_string(input.resource.metadata.address)
} else := sprintf("%s.%s", [input.resource.kind, input.resource.metadata.name]) if {
	is_string(input.resource.metadata.name)
} else := input.resource.kind

# self is as much of the resource as terraform.refers_to asks of the other one.
self := {
	"metadata": input.resource.metadata,
	"spec": {"name": name | name := input.resource.spec.name},
}

# on and off are what a switch surely is. Terraform takes "true" for true.
on(value) if value in {true, "true"}

off(value) if value in {false, "false"}

# maybe_on is true if the switch is on or may be.
maybe_on(value) if on(value)

maybe_on(value) if later(value)

# maybe_off is true if the switch is off or may be.
maybe_off(value) if off(value)

maybe_off(value) if later(value)

# yes and no are what a value of Google Cloud's metadata means.
yes(value) if lower(sprintf("%v", [value])) in {"true", "y", "yes", "1"}

no(value) if lower(sprintf("%v", [value])) in {"false", "n", "no", "0"}

# later is true for a value that is known only after apply, at least in part.
later(value) if {
	is_string(value)
	contains(value, "${")
}

# word is a text in small letters, as providers compare most of them.
word(value) := lower(value) if is_string(value)

# literal is true for a text that stands in the configuration as it is.
literal(value) if {
	is_string(value)
	value != ""
	not later(value)
}

# place is the path to an attribute if it is there, and to all attributes if it
# is not. It is given what is found there, [] or [value], and not the blocks
# around it, which would count as read whole.
place(_, []) := ["spec"]

place(path, [_]) := array.concat(["spec"], path)
