package holdfast.security.rbac_certificate_approval_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_certificate_approval

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_deny(rules) := found if {
	found := rbac_certificate_approval.deny with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_deny([_rule(groups, resources, verbs)]))

_certificates := "certificates.k8s.io"

_approval := _rule([_certificates], ["certificatesigningrequests", "certificatesigningrequests/approval"], ["update"])

_signers(verbs, resource_names) := object.union(
	_rule([_certificates], ["signers"], verbs),
	{"resourceNames": resource_names},
)

test_it_is_found if {
	_deny([_approval]) == {{
		"msg": `ClusterRole "operator" may update certificatesigningrequests/approval`,
		"path": ["rules", 0],
	}}
	_counts([""], ["certificatesigningrequests/approval"], ["update"]) == 1
	every verb in ["update", "patch", "*"] {
		_counts([_certificates], ["certificatesigningrequests/approval"], [verb]) == 1
	}
}

test_any_client_is_found if {
	every signers in [["kubernetes.io/kube-apiserver-client"], ["a", "kubernetes.io/*"], [], null] {
		count(_deny([_approval, _signers(["approve"], signers)])) == 1
	}
	serving := _signers(["approve"], ["kubernetes.io/kubelet-serving"])
	count(_deny([_approval, serving, _signers(["*"], null)])) == 1
}

# Another verb says nothing of what may be approved.
test_another_verb_is_found if {
	count(_deny([_approval, _signers(["sign"], ["kubernetes.io/kubelet-serving"])])) == 1
}

test_other_signers_pass if {
	_deny([_approval, _signers(["approve"], ["kubernetes.io/kubelet-serving"])]) == set()
	_deny([_approval, _signers(["*"], ["example.com/mine"])]) == set()
}

test_other_rules_pass if {
	_counts([_certificates], ["certificatesigningrequests/approval"], ["get"]) == 0
	_counts([_certificates], ["certificatesigningrequests"], ["update"]) == 0
	_counts(["example.com"], ["certificatesigningrequests/approval"], ["update"]) == 0
	_deny(null) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [certificatesigningrequests/approval]
    verbs: [update]
  - apiGroups: [certificates.k8s.io]
    resources: [signers]
    resourceNames: [kubernetes.io/kubelet-serving]
    verbs: [approve]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [certificatesigningrequests/approval]
    verbs: [update, patch]
`
