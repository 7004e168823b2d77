# METADATA
# title: IAM policy documents
# description: |
#   Reads the statements of the policies that a Terraform resource holds: JSON
#   text under policy, assume_role_policy and the like, and the blocks of the
#   data source aws_iam_policy_document. Only the parts that a question is about
#   are read of the blocks, so that it can be answered where others are unknown.
package holdfast.lib.iam

import data.holdfast.lib.aws

# grants is what the statements without principals, those of identities, allow:
# each as {"path", "label", "actions", "not_actions", "resources",
# "conditions"}.
grants contains grant if {
	some text in _texts
	some statement in statements(text.value)
	statement.Effect == "Allow"
	not statement.Principal
	not statement.NotPrincipal
	grant := {
		"path": text.path,
		"label": _label(statement),
		"actions": _strings(statement, "Action"),
		"not_actions": _strings(statement, "NotAction"),
		"resources": _strings(statement, "Resource"),
		"conditions": _conditions(statement),
	}
}

grants contains grant if {
	some i in _acting
	not _denies(i)
	not i in _of_resources
	grant := {
		"path": ["spec", "statement", i],
		"label": _block_label(i),
		"actions": [x | some x in input.resource.spec.statement[i].actions; is_string(x)],
		"not_actions": [x | some x in input.resource.spec.statement[i].not_actions; is_string(x)],
		"resources": [x | some x in input.resource.spec.statement[i].resources],
		"conditions": _block_conditions(i),
	}
}

# trusts is whom the statements that allow something to principals allow it: each as {"path",
# "label", "anyone", "federated", "conditions"}.
trusts contains trust if {
	some text in _texts
	some statement in statements(text.value)
	statement.Effect == "Allow"
	trust := {
		"path": text.path,
		"label": _label(statement),
		"anyone": _anyone(statement),
		"federated": _federated(statement),
		"conditions": _conditions(statement),
	}
}

trusts contains trust if {
	some i in _of_resources
	not _denies(i)
	trust := {
		"path": ["spec", "statement", i],
		"label": _block_label(i),
		"anyone": _block_anyone(i),
		"federated": [identifier |
			some principals in input.resource.spec.statement[i].principals
			principals.type == "Federated"
			some identifier in principals.identifiers
			is_string(identifier)
		],
		"conditions": _block_conditions(i),
	}
}

# statements is the list of a policy's statements; of a text that is no policy,
# the empty one.
statements(text) := [statement |
	some statement in aws.list(json.unmarshal(text).Statement)
	is_object(statement)
] if {
	json.is_valid(text)
} else := []

# narrows is true if some condition leaves fewer who meet the statement: not one
# on how the request comes in, nor one that all meet.
narrows(conditions) if {
	some condition in conditions
	not contains(condition.operator, "Not")
	not condition.key in _ways
	count(condition.values) > 0
	every value in condition.values {
		not _all(value)
	}
}

_ways := {
	"aws:currenttime",
	"aws:epochtime",
	"aws:referer",
	"aws:securetransport",
	"aws:useragent",
	"s3:tlsversion",
	"s3:x-amz-acl",
	"s3:x-amz-server-side-encryption",
}

_all(value) if _any_account(value)

_all(value) if aws.world(value)

# A text that a data source makes is not looked at, since the data source is.
_texts contains text if {
	some text in _written
	attribute := concat(".", [sprintf("%v", [step]) | some step in array.slice(text.path, 1, count(text.path))])
	not _from_document(attribute)
}

_from_document(attribute) if {
	some address in input.resource.references[attribute]
	contains(address, "data.aws_iam_policy_document.")
}

_written contains {"path": ["spec", "policy"], "value": input.resource.spec.policy}

_written contains {"path": ["spec", "assume_role_policy"], "value": input.resource.spec.assume_role_policy}

_written contains {"path": ["spec", "access_policies"], "value": input.resource.spec.access_policies}

_written contains {"path": ["spec", "access_policy"], "value": input.resource.spec.access_policy}

_written contains {"path": ["spec", "resource_policy"], "value": input.resource.spec.resource_policy}

_written contains {"path": ["spec", "inline_policy"], "value": input.resource.spec.inline_policy}

_written contains {"path": ["spec", "inline_policy", i, "policy"], "value": value} if {
	some i
	value := input.resource.spec.inline_policy[i].policy
}

_label(statement) := sprintf("statement %q", [statement.Sid]) if {
	is_string(statement.Sid)
	statement.Sid != ""
} else := "a statement"

_block_label(i) := sprintf("statement %q", [input.resource.spec.statement[i].sid]) if {
	is_string(input.resource.spec.statement[i].sid)
	input.resource.spec.statement[i].sid != ""
} else := "a statement"

# The blocks that name actions, and those that name principals. To go through
# the blocks themselves would be to read all of them.
_acting contains i if input.resource.spec.statement[i].actions

_acting contains i if input.resource.spec.statement[i].not_actions

_of_resources contains i if aws.present(input.resource.spec.statement[i].principals)

_of_resources contains i if aws.present(input.resource.spec.statement[i].not_principals)

_denies(i) if input.resource.spec.statement[i].effect == "Deny"

_strings(statement, field) := [value |
	some value in aws.list(statement[field])
	is_string(value)
]

_anyone(statement) if {
	_principal_is_anyone(statement.Principal)
} else if {
	statement.NotPrincipal
} else := false

_principal_is_anyone(principal) if "*" in aws.list(principal)

_principal_is_anyone(principal) if {
	some who in aws.list(principal.AWS)
	_any_account(who)
}

# An account cannot be left open in an ARN; who writes so means anyone.
_any_account("*") := true

_any_account(who) if {
	is_string(who)
	regex.match(`^arn:aws[a-z-]*:iam::\*`, who)
}

_block_anyone(i) if {
	some principals in input.resource.spec.statement[i].principals
	principals.type in {"*", "AWS"}
	some who in principals.identifiers
	_any_account(who)
} else if {
	aws.present(input.resource.spec.statement[i].not_principals)
} else := false

_federated(statement) := [value |
	some value in aws.list(statement.Principal.Federated)
	is_string(value)
]

_conditions(statement) := [condition |
	some operator, keys in statement.Condition
	some key, values in keys
	is_string(key)
	condition := {"operator": operator, "key": lower(key), "values": aws.list(values)}
]

_block_conditions(i) := [condition |
	some block in input.resource.spec.statement[i].condition
	is_string(block.test)
	is_string(block.variable)
	condition := {"operator": block.test, "key": lower(block.variable), "values": aws.list(block.values)}
]
