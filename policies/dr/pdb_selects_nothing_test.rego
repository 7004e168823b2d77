package holdfast.dr.pdb_selects_nothing_test

import data.holdfast.dr.pdb_selects_nothing
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 3)

_budget(selector) := clusters.make("policy/v1", "PodDisruptionBudget", "web", {"maxUnavailable": 1, "selector": selector})

_other := _budget({"matchLabels": {"app": "webb"}})

_warn(resources) := found if {
	found := pdb_selects_nothing.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_another_label_is_found if {
	_warn([_web, _other]) == {{
		"msg": `PodDisruptionBudget "web" selects the pods of no workload in namespace "shop"`,
		"path": ["spec", "selector"],
		"resource": clusters.identity(_other),
	}}
	count(_warn([_web, _budget(null)])) == 1
	count(_warn([_web, clusters.make("policy/v1", "PodDisruptionBudget", "web", {"maxUnavailable": 1})])) == 1
	count(_warn([_web, _budget({"matchExpressions": [{"key": "web", "operator": "Exists"}]})])) == 1
}

test_the_default_namespace if {
	{f.msg | some f in _warn([
		clusters.at(_web, {"namespace": ""}),
		clusters.at(_other, {"namespace": ""}),
	])} == {`PodDisruptionBudget "web" selects the pods of no workload in the default namespace`}
}

test_pods_of_any_kind_pass if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
		_warn([clusters.workload(kind, "webb", 1), _other]) == set()
	}
	labelled := {"metadata": {"labels": {"app": "webb"}}}
	every of in [
		clusters.make("v1", "ReplicationController", "a", {"template": labelled}),
		clusters.make("argoproj.io/v1alpha1", "Rollout", "a", {"template": labelled}),
		clusters.make("batch/v1", "Job", "a", {"template": labelled}),
		clusters.make("batch/v1", "CronJob", "a", {"jobTemplate": {"spec": {"template": labelled}}}),
		clusters.at(clusters.make("v1", "Pod", "a", {}), labelled.metadata),
	] {
		_warn([_web, of, _other]) == set()
	}
}

test_an_empty_selector_passes if {
	_warn([_web, _budget({})]) == set()
}

test_a_label_that_is_to_be_filled_in_passes if {
	_warn([_web, _budget({"matchLabels": {"app": "${APP}"}})]) == set()
}

# The workload may come from another place.
test_a_namespace_without_workloads_passes if {
	_warn([_other]) == set()
	_warn([clusters.at(_web, {"namespace": "else"}), _other]) == set()
}

test_labels_that_controllers_add_pass if {
	_warn([_web, _budget({"matchLabels": {"job-name": "x"}})]) == set()
	count(_warn([_web, _budget({"matchLabels": {"app.kubernetes.io/name": "x"}})])) == 1
}

test_pods_of_an_operator_pass if {
	every of in [
		clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", {}),
		clusters.make("monitoring.coreos.com/v1", "Prometheus", "db", {}),
		clusters.make("monitoring.coreos.com/v1", "Alertmanager", "db", {}),
	] {
		_warn([_web, of, _other]) == set()
		count(_warn([_web, clusters.at(of, {"namespace": "else"}), _other])) == 1
	}
	count(_warn([_web, clusters.make("monitoring.coreos.com/v1", "ServiceMonitor", "web", {}), _other])) == 1
	every group in [
		"apps", "batch", "policy", "autoscaling", "networking.k8s.io", "rbac.authorization.k8s.io",
		"storage.k8s.io", "scheduling.k8s.io", "discovery.k8s.io", "coordination.k8s.io", "gateway.networking.k8s.io",
		"snapshot.storage.k8s.io", "argoproj.io", "bitnami.com", "cert-manager.io", "external-secrets.io", "keda.sh",
		"kyverno.io", "monitoring.coreos.com", "networking.istio.io", "security.istio.io", "cilium.io", "velero.io",
	] {
		count(_warn([_web, clusters.make(concat("/", [group, "v1"]), "Any", "a", {}), _other])) == 1
	}
	count(_warn([_web, clusters.make("v1", "ConfigMap", "a", {}), _other])) == 1
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app.kubernetes.io/name: web}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
`
