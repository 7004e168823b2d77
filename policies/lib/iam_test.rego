package holdfast.lib.iam_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.lib.iam

_grants(kind, spec) := found if {
	found := iam.grants with input as samples.of(kind, spec)
}

_trusts(kind, spec) := found if {
	found := iam.trusts with input as samples.of(kind, spec)
}

_document(statements) := json.marshal({"Version": "2012-10-17", "Statement": statements})

test_statements if {
	iam.statements(_document([{"Effect": "Allow"}, {"Effect": "Deny"}])) == [{"Effect": "Allow"}, {"Effect": "Deny"}]
	iam.statements(_document({"Effect": "Allow"})) == [{"Effect": "Allow"}]
	iam.statements(_document([7, null, {}])) == [{}]
	every text in ["", "no policy", "[]", "7", "null", "{}", 7, null, {}, samples.reference] {
		iam.statements(text) == []
	}
}

test_grants_of_a_text if {
	policy := _document([
		{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": ["a", "b", 7]},
		{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}, "Bool": ["a"], "Null": 7}},
		{"Effect": "Deny", "Action": "*", "Resource": "*"},
	])
	_grants("aws_iam_policy", {"policy": policy}) == {
		{
			"path": ["spec", "policy"], "label": `statement "Read"`,
			"actions": ["s3:Get*"], "not_actions": [], "resources": ["a", "b"], "conditions": [],
		},
		{
			"path": ["spec", "policy"], "label": "a statement",
			"actions": [], "not_actions": ["iam:*"], "resources": ["*"],
			"conditions": [{"operator": "StringEquals", "key": "aws:sourceaccount", "values": ["1"]}],
		},
	}
}

test_policies_of_resources_grant_nothing if {
	every principal in [{"Principal": "*"}, {"NotPrincipal": {"AWS": "1"}}] {
		_grants("aws_kms_key", {"policy": _document([object.union({"Effect": "Allow", "Action": "kms:*"}, principal)])}) == set()
	}
	every block in ["principals", "not_principals"] {
		_grants("data.aws_iam_policy_document", {"statement": [{"actions": [], block: [{"type": "AWS", "identifiers": ["1"]}]}]}) == set()
		count(_grants("data.aws_iam_policy_document", {"statement": [{"actions": [], block: []}]})) == 1
	}
}

test_labels if {
	every sid in ["", null, 7] {
		_grants("aws_iam_policy", {"policy": _document([{"Sid": sid, "Effect": "Allow"}])})[_].label == "a statement"
		_grants("data.aws_iam_policy_document", {"statement": [{"sid": sid, "actions": []}]})[_].label == "a statement"
	}
}

test_where_texts_are if {
	policy := _document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
	every attribute in ["policy", "assume_role_policy", "access_policies", "access_policy", "resource_policy", "inline_policy"] {
		{grant.path | some grant in _grants("aws_x", {attribute: policy})} == {["spec", attribute]}
		{trust.path | some trust in _trusts("aws_x", {attribute: policy})} == {["spec", attribute]}
	}
	{grant.path | some grant in _grants("aws_iam_role", {"inline_policy": [{"name": "a"}, {"policy": policy}]})} == {["spec", "inline_policy", 1, "policy"]}
	_grants("aws_iam_policy", {"policy": samples.reference}) == set()
	_grants("aws_iam_policy", {}) == set()
}

test_texts_of_data_sources_are_left_to_them if {
	policy := _document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
	resource := samples.of("aws_iam_role", {"policy": policy, "inline_policy": [{"policy": policy}]})
	found := iam.grants with input as object.union(resource, {"resource": {"references": {
		"policy": ["aws_x.y", "module.a.data.aws_iam_policy_document.p"],
		"inline_policy.0.policy": ["aws_s3_bucket.b"],
	}}})
	{grant.path | some grant in found} == {["spec", "inline_policy", 0, "policy"]}
	none := iam.grants with input as object.union(resource, {"resource": {"references": {
		"policy": ["data.aws_iam_policy_document.p"],
		"inline_policy.0.policy": ["data.aws_iam_policy_document.p"],
	}}})
	none == set()
}

test_grants_of_blocks if {
	_grants("data.aws_iam_policy_document", {"statement": [
		{"sid": "A", "actions": ["s3:*", 7], "not_actions": [7], "resources": ["*"]},
		{"effect": "Deny", "actions": ["*"], "resources": ["*"]},
		{"effect": "Allow", "not_actions": ["iam:*"], "condition": [
			{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]},
			{"test": 7, "variable": "a", "values": []},
			{"test": "Bool", "variable": 7, "values": []},
		]},
	]}) == {
		{
			"path": ["spec", "statement", 0], "label": `statement "A"`,
			"actions": ["s3:*"], "not_actions": [], "resources": ["*"], "conditions": [],
		},
		{
			"path": ["spec", "statement", 2], "label": "a statement",
			"actions": [], "not_actions": ["iam:*"], "resources": [],
			"conditions": [{"operator": "Bool", "key": "aws:securetransport", "values": ["true"]}],
		},
	}
}

_anyone(statement) := {trust.anyone | some trust in _trusts("aws_s3_bucket_policy", {"policy": _document([object.union({"Effect": "Allow"}, statement)])})}

test_anyone_of_a_text if {
	every principal in ["*", ["a", "*"], {"AWS": "arn:aws:iam::*:role/a"}, {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}] {
		_anyone({"Principal": principal}) == {true}
	}
	every principal in ["a", {"AWS": "1"}, {"AWS": ["1", 7]}, {"AWS": "arn:aws:iam::1:role/*"}, {"Service": "*"}, {}, null, 7] {
		_anyone({"Principal": principal}) == {false}
	}
	_anyone({"NotPrincipal": {"AWS": "1"}}) == {true}
	_anyone({"Effect": "Deny", "Principal": "*"}) == set()
	_anyone({}) == {false}
}

_block(statement) := {trust.anyone | some trust in _trusts("data.aws_iam_policy_document", {"statement": [statement]})}

test_anyone_of_blocks if {
	_block({"principals": [{"type": "AWS", "identifiers": ["1", "*"]}]}) == {true}
	_block({"principals": [{"type": "Service", "identifiers": ["a"]}, {"type": "*", "identifiers": ["*"]}]}) == {true}
	_block({"principals": [{"type": "AWS", "identifiers": ["1"]}]}) == {false}
	_block({"principals": [{"type": "Service", "identifiers": ["*"]}]}) == {false}
	_block({"not_principals": [{"type": "AWS", "identifiers": ["1"]}]}) == {true}
	_block({"not_principals": []}) == set()
	_block({}) == set()
	_block({"effect": "Deny", "principals": [{"type": "*", "identifiers": ["*"]}]}) == set()
}

test_federated if {
	_trusts("aws_iam_role", {"assume_role_policy": _document([{"Sid": "A", "Effect": "Allow", "Principal": {"Federated": ["x", 7]}}])}) == {{
		"path": ["spec", "assume_role_policy"], "label": `statement "A"`,
		"anyone": false, "federated": ["x"], "conditions": [],
	}}
	_trusts("data.aws_iam_policy_document", {"statement": [{"sid": "A", "principals": [{"type": "Federated", "identifiers": ["x", 7]}, {"type": "AWS", "identifiers": ["y"]}]}]}) == {{
		"path": ["spec", "statement", 0], "label": `statement "A"`,
		"anyone": false, "federated": ["x"], "conditions": [],
	}}
}

_narrows(operator, key, values) if iam.narrows([{"operator": operator, "key": key, "values": values}])

test_narrows if {
	_narrows("StringEquals", "aws:sourceaccount", ["1"])
	_narrows("ArnLike", "aws:sourcearn", ["arn:aws:s3:::a*", "b"])
	iam.narrows([
		{"operator": "Bool", "key": "aws:securetransport", "values": ["true"]},
		{"operator": "StringEquals", "key": "aws:principalorgid", "values": ["o-1"]},
	])
	not iam.narrows([])
	not _narrows("StringLike", "aws:sourcearn", ["a", "*"])
	not _narrows("ArnEquals", "aws:principalarn", ["arn:aws-cn:iam::*"])
	not _narrows("IpAddress", "aws:sourceip", ["0.0.0.0/0"])
	not _narrows("StringNotEquals", "aws:sourceaccount", ["1"])
	not _narrows("StringEquals", "aws:sourceaccount", [])
	every key in [
		"aws:currenttime", "aws:epochtime", "aws:referer", "aws:securetransport",
		"aws:useragent", "s3:tlsversion", "s3:x-amz-acl", "s3:x-amz-server-side-encryption",
	] {
		not _narrows("StringEquals", key, ["1"])
	}
}
