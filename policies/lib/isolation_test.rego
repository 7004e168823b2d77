package holdfast.lib.isolation_test

import data.holdfast.lib.isolation
import data.holdfast.lib.samples_test as samples

_workload(kind, namespace, name, spec) := [concat("/", ["apps", kind]), {
	"kind": kind,
	"metadata": {"name": name, "namespace": namespace},
	"spec": {"template": {"metadata": {"labels": {"app": name}}, "spec": spec}},
}]

_policy(namespace, spec) := ["networking.k8s.io/NetworkPolicy", {"metadata": {"name": "p", "namespace": namespace}, "spec": spec}]

_web := _workload("Deployment", "shop", "web", {})

_api := _workload("Deployment", "shop", "api", {})

_exposed(pairs, direction) := found if {
	found := isolation.exposed(direction, {"Deployment"}) with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

_titles(pairs, direction) := {namespace: entry.titles | some namespace, entry in _exposed(pairs, direction)}

test_exposed if {
	_exposed({_web, _api, _workload("DaemonSet", "shop", "agent", {})}, "Ingress") == {"shop": {
		"titles": [`Deployment "api"`, `Deployment "web"`],
		"first": _api[1],
	}}
	_titles({_web, _policy("shop", {"podSelector": {"matchLabels": {"app": "api"}}})}, "Ingress") == {
		"shop": [`Deployment "web"`],
	}
	_titles({_web, _policy("other", {"podSelector": {}})}, "Ingress") == {"shop": [`Deployment "web"`]}
	_titles({_web, _workload("Deployment", "other", "db", {})}, "Ingress") == {
		"shop": [`Deployment "web"`],
		"other": [`Deployment "db"`],
	}
}

test_isolated if {
	every spec in [
		{},
		{"podSelector": {}},
		{"podSelector": {}, "policyTypes": ["Egress", "Ingress"]},
		{"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"from": [{"podSelector": {}}]}]},
	] {
		_titles({_web, _policy("shop", spec)}, "Ingress") == {}
	}
	_titles({_web, _policy("shop", {"podSelector": {}, "policyTypes": ["Egress"]})}, "Egress") == {}
}

test_of_another_direction if {
	count(_titles({_web, _policy("shop", {"podSelector": {}, "policyTypes": ["Egress"]})}, "Ingress")) == 1
	count(_titles({_web, _policy("shop", {"podSelector": {}})}, "Egress")) == 1
	count(_titles({_web, _policy("shop", null)}, "Ingress")) == 1
}

test_left_alone if {
	every namespace in ["kube-system", "kube-public", "kube-node-lease"] {
		_titles({_workload("Deployment", namespace, "dns", {})}, "Ingress") == {}
	}
	_titles({_workload("Deployment", "shop", "web", {"hostNetwork": true})}, "Ingress") == {}
	count(_titles({_workload("Deployment", "shop", "web", {"hostNetwork": false})}, "Ingress")) == 1
}

test_policies_of_plugins if {
	every kind in [
		"cilium.io/CiliumClusterwideNetworkPolicy",
		"crd.antrea.io/ClusterNetworkPolicy",
		"crd.projectcalico.org/GlobalNetworkPolicy",
		"projectcalico.org/GlobalNetworkPolicy",
		"policy.networking.k8s.io/AdminNetworkPolicy",
		"policy.networking.k8s.io/BaselineAdminNetworkPolicy",
		"policy.networking.k8s.io/ClusterNetworkPolicy",
	] {
		_titles({_web, [kind, {"metadata": {"name": "p"}}]}, "Ingress") == {}
	}
	every kind in [
		"cilium.io/CiliumNetworkPolicy",
		"crd.antrea.io/NetworkPolicy",
		"crd.projectcalico.org/NetworkPolicy",
		"projectcalico.org/NetworkPolicy",
	] {
		_titles({_web, [kind, {"metadata": {"name": "p", "namespace": "shop"}}]}, "Ingress") == {}
		count(_titles({_web, [kind, {"metadata": {"name": "p", "namespace": "other"}}]}, "Ingress")) == 1
	}
}

test_of_direction if {
	isolation.of_direction({"spec": {}}, "Ingress")
	isolation.of_direction({"spec": {"policyTypes": []}}, "Ingress")
	isolation.of_direction({"spec": {"policyTypes": ["Egress"]}}, "Egress")
	isolation.of_direction({"spec": {"egress": [{}]}}, "Egress")
	not isolation.of_direction({"spec": {"policyTypes": ["Egress"]}}, "Ingress")
	not isolation.of_direction({"spec": {"egress": []}}, "Egress")
	not isolation.of_direction({"spec": {"policyTypes": ["Ingress"], "egress": [{}]}}, "Egress")
}

test_restricts if {
	isolation.restricts({"spec": {}}, "Ingress")
	isolation.restricts({"spec": {"ingress": [{"ports": [{"port": 80}]}]}}, "Ingress")
	not isolation.restricts({"spec": {"ingress": [{"ports": [{"port": 80}]}, {}]}}, "Ingress")
	not isolation.restricts({"spec": null}, "Ingress")
}

test_open if {
	every rule in [{}, {"from": [], "ports": null}, {"from": [{"podSelector": {}}, {"ipBlock": {"cidr": "0.0.0.0/0"}}]}] {
		isolation.open(rule, "Ingress")
	}
	isolation.open({"to": [{"ipBlock": {"cidr": "::/0"}}]}, "Egress")
	every rule in [
		{"ports": [{"port": 80}]},
		{"from": [{"podSelector": {}}]},
		{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]},
		{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 80}]},
		{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
		null,
	] {
		not isolation.open(rule, "Ingress")
	}
	not isolation.open({"to": [{"podSelector": {}}]}, "Egress")
}

test_list if {
	isolation.list(["a", "b", "c"]) == "a, b, c"
	isolation.list(["a", "b", "c", "d"]) == "a, b, c and 1 more"
	isolation.list(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
}
