package holdfast.lib.rbac_test

import data.holdfast.lib.rbac

_secrets := {"apiGroups": [""], "resources": ["secrets", "pods"], "verbs": ["get", "list", "create"]}

_role(rules) := {"kind": "Role", "metadata": {"name": "a"}, "rules": rules}

_named(name) := {"metadata": {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}, "rules": [_secrets]}

test_grants if {
	rbac.grants(_role([{}, _secrets]), "", {"secrets"}, {"get", "list", "*"}) == {{
		"rule": _secrets,
		"path": ["rules", 1],
		"resources": {"secrets"},
		"verbs": {"get", "list"},
	}}
	every_group := object.union(_secrets, {"apiGroups": ["*"], "verbs": ["*"]})
	[grant] := [g | some g in rbac.grants(_role([every_group]), "apps", {"secrets"}, {"get", "*"})]
	grant.verbs == {"*"}
}

test_no_grants if {
	rbac.grants(_role([_secrets]), "apps", {"secrets"}, {"get"}) == set()
	rbac.grants(_role([_secrets]), "", {"nodes"}, {"get"}) == set()
	rbac.grants(_role([_secrets]), "", {"secrets"}, {"watch"}) == set()
	every rules in [null, [], "none", [null], [{"apiGroups": null, "resources": "secrets", "verbs": [null]}]] {
		rbac.grants(_role(rules), "", {"secrets"}, {"get"}) == set()
	}
}

# The control plane overwrites what an aggregated role says.
test_an_aggregated_role_has_no_rules_of_its_own if {
	role := object.union(_role([_secrets]), {"aggregationRule": {"clusterRoleSelectors": []}})
	rbac.grants(role, "", {"secrets"}, {"get"}) == set()
}

test_default_roles if {
	every name in ["cluster-admin", "admin", "edit", "view", "system:node"] {
		rbac.default_role(_named(name))
		rbac.grants(_named(name), "", {"secrets"}, {"get"}) == set()
	}
	every name in ["mine", "system:", "viewer", "my-admin"] {
		not rbac.default_role(_named(name))
	}
	not rbac.default_role({"metadata": {"name": "admin", "labels": {"kubernetes.io/bootstrapping": "no"}}})
	not rbac.default_role({"metadata": {"name": "admin"}})
	not rbac.default_role(_named(1))
}

test_named if {
	rbac.named({"resourceNames": ["a"]})
	not rbac.named({"resourceNames": []})
	not rbac.named({"resourceNames": null})
	not rbac.named({})
}

test_phrase if {
	rbac.phrase({"verbs": {"list", "get"}, "resources": {"secrets", "pods"}}) == "get, list pods, secrets"
	rbac.phrase({"verbs": {"*", "get"}, "resources": {"secrets"}}) == "do everything with secrets"
}

test_superuser if {
	rbac.superuser({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})
	rbac.superuser({"apiGroups": ["apps", ""], "resources": ["*"], "verbs": ["*", "get"]})
	not rbac.superuser({"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]})
	not rbac.superuser({"apiGroups": ["*"], "resources": ["pods"], "verbs": ["*"]})
	not rbac.superuser({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get"]})
	not rbac.superuser({})
}

test_subjects if {
	rbac.subjects({"subjects": [null, {"name": "a"}]}) == {{"subject": {"name": "a"}, "path": ["subjects", 1]}}
	rbac.subjects(object.union(_named("cluster-admin"), {"subjects": [{"name": "a"}]})) == set()
	rbac.subjects({"subjects": null}) == set()
}
