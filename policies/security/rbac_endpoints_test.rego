package holdfast.security.rbac_endpoints_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_endpoints

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_deny(rules) := found if {
	found := rbac_endpoints.deny with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_deny([_rule(groups, resources, verbs)]))

_named(metadata, rules) := found if {
	role := object.union(_role(rules), {"metadata": metadata})
	found := rbac_endpoints.deny with input as samples.of(role)
}

_edit := {"name": "system:aggregate-to-edit", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}

test_the_default_role_of_old_is_found if {
	_named(_edit, [_rule([""], ["pods", "endpoints"], ["get", "update"])]) == {{
		"msg": `ClusterRole "system:aggregate-to-edit" may update endpoints`,
		"path": ["rules", 0],
	}}
	every name in ["edit", "admin", "system:aggregate-to-admin"] {
		count(_named({"name": name}, [_rule([""], ["endpoints"], ["create"])])) == 1
		count(_named({"name": name}, [_rule(["apps"], ["deployments", "endpoints"], ["create"])])) == 1
	}
}

test_what_is_aggregated_is_found if {
	every role in ["edit", "admin"] {
		labels := {sprintf("rbac.authorization.k8s.io/aggregate-to-%s", [role]): "true"}
		every verb in ["create", "update", "patch", "*"] {
			count(_named({"labels": labels}, [_rule(["discovery.k8s.io"], ["endpointslices"], [verb])])) == 1
		}
	}
}

test_others_pass if {
	_named(_edit, [_rule([""], ["endpoints"], ["get", "list", "watch", "delete"])]) == set()
	_named(_edit, [_rule(["example.com"], ["endpoints"], ["update"])]) == set()
	_named(_edit, [_rule([""], ["services"], ["update"])]) == set()
	_named(_edit, null) == set()
	_named({"labels": {"rbac.authorization.k8s.io/aggregate-to-edit": "false"}}, [_rule([""], ["endpoints"], ["*"])]) == set()
	_counts([""], ["endpoints"], ["*"]) == 0
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: services-edit
  labels:
    rbac.authorization.k8s.io/aggregate-to-edit: "true"
rules:
  - apiGroups: [""]
    resources: [services]
    verbs: [create, update, patch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: services-edit
  labels:
    rbac.authorization.k8s.io/aggregate-to-edit: "true"
rules:
  - apiGroups: [""]
    resources: [services, endpoints]
    verbs: [create, update, patch]
`
