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
	"spec": {"name": object.get(input.resource, ["spec", "name"], null)},
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

# place is the path to an attribute, or as much of it as there is. It is given
# what is found at the path's first step: [] or [value].
place(_, []) := ["spec"]

place(path, [value]) := array.concat(["spec"], array.slice(path, 0, max(lengths))) if {
	lengths := [length |
		some i, _ in path
		length := i + 1
		_there(value, array.slice(path, 1, length))
	]
}

_there(_, []) := true

_there(value, path) if {
	is_array(value)
	object.get({"value": value}, array.concat(["value"], path), null) != null
}
