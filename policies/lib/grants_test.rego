package holdfast.lib.grants_test

import data.holdfast.lib.attributes_test
import data.holdfast.lib.grants

# policy is an IAM policy made of one binding, as the input, and the resources
# beside it.
policy(kind, binding) := {
	"input": attributes_test.of(attributes_test.points(
		attributes_test.made(kind, {"policy_data": "${data.google_iam_policy.it.policy_data}"}),
		"policy_data",
		["data.google_iam_policy.it"],
	)),
	"resources": attributes_test.stored({attributes_test.made("data.google_iam_policy", {"binding": [binding]})}),
}

_all(kind, spec) := found if {
	found := grants.all with input as attributes_test.judged(kind, spec)
}

test_a_member if {
	_all("google_project_iam_member", {"role": "roles/viewer", "member": "allUsers"}) == {{
		"role": "roles/viewer",
		"member": "allUsers",
		"path": ["spec", "member"],
		"role_path": ["spec", "role"],
	}}
	{g.role | some g in _all("google_project_iam_member", {"role": null, "member": "allUsers"})} == {"a role"}
	_all("google_project_iam_member", {"role": "x", "member": 1}) == set()
}

test_a_binding if {
	_all("google_project_iam_binding", {"role": "roles/viewer", "members": [1, "user:a@example.com"]}) == {{
		"role": "roles/viewer",
		"member": "user:a@example.com",
		"path": ["spec", "members", 1],
		"role_path": ["spec", "role"],
	}}
	_all("google_project_iam_binding", {"role": "roles/viewer", "members": "x"}) == set()
}

_of(given) := found if {
	found := grants.all with input as given.input with data.holdfast.resources as given.resources
}

test_a_policy if {
	_of(policy("google_project_iam_policy", {"role": "roles/viewer", "members": ["allUsers", 1]})) == {{
		"role": "roles/viewer",
		"member": "allUsers",
		"path": ["spec", "policy_data"],
		"role_path": ["spec", "policy_data"],
	}}
	_of(policy("google_project_iam_policy", {"role": 1, "members": ["allUsers"]})) == set()
	_of(policy("google_project_thing", {"role": "roles/viewer", "members": ["allUsers"]})) == set()
	given := policy("google_project_iam_policy", {"role": "roles/viewer", "members": ["allUsers"]})
	elsewhere := object.union(given, {"input": {"resource": {"references": {"policy_data": ["data.google_iam_policy.other"]}}}})
	_of(elsewhere) == set()
}

test_a_policy_in_json if {
	bindings := [{"role": "roles/viewer", "members": ["allUsers", 1]}, {"role": 1, "members": ["allUsers"]}]
	text := json.marshal({"bindings": bindings})
	_all("google_kms_crypto_key_iam_policy", {"policy_data": text}) == {{
		"role": "roles/viewer",
		"member": "allUsers",
		"path": ["spec", "policy_data"],
		"role_path": ["spec", "policy_data"],
	}}
	_all("google_kms_crypto_key", {"policy_data": text}) == set()
	_all("google_kms_crypto_key_iam_policy", {"policy_data": "bindings"}) == set()
	_all("google_kms_crypto_key_iam_policy", {"policy_data": 1}) == set()
	_all("google_kms_crypto_key_iam_policy", {"policy_data": "[]"}) == set()
}

_roles(given) := found if {
	found := grants.roles with input as given.input with data.holdfast.resources as given.resources
}

test_roles if {
	member := {"input": attributes_test.judged("google_project_iam_member", {"role": "x", "member": "allUsers"}), "resources": {}}
	_roles(member) == {{"role": "x", "path": ["spec", "role"]}}
	_roles(policy("google_project_iam_policy", {"role": "x", "members": ["allUsers"]})) == {{
		"role": "x",
		"path": ["spec", "policy_data"],
	}}
	_roles({"input": attributes_test.judged("google_project_iam_member", {"role": 1, "member": "allUsers"}), "resources": {}}) == set()
}

test_everyone if {
	grants.everyone({"member": "allUsers"})
	grants.everyone({"member": "allAuthenticatedUsers"})
	not grants.everyone({"member": "user:allUsers@example.com"})
}
