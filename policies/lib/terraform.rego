# METADATA
# title: Terraform resources
# description: |
#   How Terraform's resources, in the form that is rendered from HCL, are named
#   and refer to each other. metadata.root is the folder of the root module,
#   left out where that is what was checked: modules apart share no addresses.
package holdfast.lib.terraform

# title is a resource's address as messages write it: aws_s3_bucket.logs.
title(resource) := resource.metadata.address if {
	is_string(resource.metadata.address)
} else := sprintf("%s.%s", [resource.kind, resource.metadata.name]) if {
	is_string(resource.metadata.name)
} else := resource.kind

# refers_to is true if an attribute of the resource, given by its dotted path,
# names the other one: its expression refers to it, or its value is what the
# other one is called. An address without an instance's index stands for each.
refers_to(resource, attribute, other) if {
	some address in resource.references[attribute]
	same_root(resource, other)
	_same(address, other.metadata.address)
}

refers_to(resource, attribute, other) if {
	value := object.get(resource, _path(attribute), null)
	value in _called(other)
	same_root(resource, other)
}

# attached is the set of a target's resources of a kind, such as
# aws_s3_bucket_versioning, whose attribute refers to the other resource.
attached(target, kind, attribute, other) := {resource |
	some resource in data.holdfast.resources[target][sprintf("terraform/%s", [kind])][_]
	refers_to(resource, attribute, other)
}

# same_root is true if one root module has both resources.
same_root(a, b) if object.get(a.metadata, "root", "") == object.get(b.metadata, "root", "")

_same(a, b) if {
	steps_a := _steps(a)
	steps_b := _steps(b)
	count(steps_a) == count(steps_b)
	every i, step in steps_a {
		_agree(step, steps_b[i])
	}
}

# A step is what stands in the address, its name and its index, "" for none.
_agree(a, b) if {
	a[1] == b[1]
	_indexes_agree(a[2], b[2])
}

_indexes_agree(index, index) := true

_indexes_agree(a, b) if "" in {a, b}

_steps(address) := regex.find_all_string_submatch_n(
	`([^.\[\]]+)(\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?`,
	address,
	-1,
)

_called(other) := {value |
	some field in ["bucket", "name", "id", "identifier"]
	value := object.get(other, ["spec", field], null)
	is_string(value)
	value != ""
}

_path(attribute) := array.concat(["spec"], [_step(part) | some part in split(attribute, ".")])

_step(part) := to_number(part) if {
	regex.match(`^[0-9]+$`, part)
} else := part
