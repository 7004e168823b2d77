# METADATA
# title: Grants of Google Cloud IAM
# description: |
#   Who is given which role by an IAM member, binding or policy. The bindings
#   of a policy are those of the data source google_iam_policy that it takes
#   its policy_data from.
package holdfast.lib.grants

import data.holdfast.lib.terraform

# all is the set of the resource's grants, each as {"role", "member", "path",
# "role_path"}: the paths are where it says so. It is a rule and not a function
# for the same reason as attributes.title.
all contains {"role": _role, "member": member, "path": ["spec", "member"], "role_path": ["spec", "role"]} if {
	member := input.resource.spec.member
	is_string(member)
}

all contains {"role": _role, "member": member, "path": ["spec", "members", i], "role_path": ["spec", "role"]} if {
	some i, member in input.resource.spec.members
	is_string(member)
}

all contains grant if {
	endswith(input.resource.kind, "_iam_policy")
	some policy in data.holdfast.resources[input.target.name]["terraform/data.google_iam_policy"][_]
	terraform.refers_to(_policy, "policy_data", policy)
	some binding in policy.spec.binding
	some member in binding.members
	is_string(member)
	is_string(binding.role)
	grant := {
		"role": binding.role,
		"member": member,
		"path": ["spec", "policy_data"],
		"role_path": ["spec", "policy_data"],
	}
}

# A policy may be written as JSON too.
all contains grant if {
	endswith(input.resource.kind, "_iam_policy")
	json.is_valid(input.resource.spec.policy_data)
	some binding in json.unmarshal(input.resource.spec.policy_data).bindings
	some member in binding.members
	is_string(member)
	is_string(binding.role)
	grant := {
		"role": binding.role,
		"member": member,
		"path": ["spec", "policy_data"],
		"role_path": ["spec", "policy_data"],
	}
}

# roles is the set of the roles that are given, each as {"role", "path"},
# whoever they are given to.
roles contains {"role": role, "path": ["spec", "role"]} if {
	role := input.resource.spec.role
	is_string(role)
}

roles contains {"role": grant.role, "path": grant.role_path} if {
	some grant in all
	grant.role_path == ["spec", "policy_data"]
}

# everyone is true for those who need no account at all, or any account.
everyone(grant) if grant.member in {"allUsers", "allAuthenticatedUsers"}

_role := input.resource.spec.role if {
	is_string(input.resource.spec.role)
} else := "a role"

# As much of the resource as the question asks for.
_policy := {
	"metadata": input.resource.metadata,
	"references": {"policy_data": input.resource.references.policy_data},
}
