package holdfast.security.network_policy_allows_all_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.network_policy_allows_all

_warn(spec) := found if {
	policy := {"kind": "NetworkPolicy", "metadata": {"name": "open"}, "spec": spec}
	found := network_policy_allows_all.warn with input as samples.of(policy)
}

_closed := {"from": [{"podSelector": {}}]}

test_it_is_found if {
	_warn({"podSelector": {}, "ingress": [_closed, {}], "policyTypes": ["Ingress"]}) == {{
		"msg": `NetworkPolicy "open" lets everything reach all pods of its namespace`,
		"path": ["spec", "ingress", 1],
	}}
	count(_warn({"ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]})) == 1
	count(_warn({"podSelector": {"matchLabels": {}, "matchExpressions": null}, "ingress": [{}]})) == 1
}

test_rules_with_peers_pass if {
	_warn({"podSelector": {}, "ingress": [_closed, {"ports": [{"port": 443}]}]}) == set()
	_warn({"podSelector": {}, "ingress": []}) == set()
	_warn({"podSelector": {}}) == set()
	_warn(null) == set()
}

test_some_pods_pass if {
	_warn({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{}]}) == set()
	_warn({"podSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "ingress": [{}]}) == set()
	_warn({"podSelector": null, "ingress": [{}]}) == set()
}

test_another_direction_passes if {
	_warn({"podSelector": {}, "egress": [{}], "policyTypes": ["Egress"]}) == set()
	_warn({"podSelector": {}, "ingress": [{}], "policyTypes": ["Egress"]}) == set()
}

good_example := `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
`

bad_example := `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - {}
`
