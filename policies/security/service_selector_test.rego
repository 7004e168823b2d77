package holdfast.security.service_selector_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.service_selector

_service(spec) := ["core/Service", {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}]

_selects(labels) := _service({"selector": labels})

_web := ["apps/Deployment", {
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"metadata": {"labels": {"app": "web", "tier": "front"}}}},
}]

_custom(kind, namespace) := [kind, {"metadata": {"name": "a", "namespace": namespace}}]

_warn(pairs) := found if {
	found := service_selector.warn with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

test_a_misspelt_label_is_found if {
	_warn({_web, _selects({"app": "wbe"})}) == {{
		"msg": `Service "web" selects the pods of no workload`,
		"path": ["spec", "selector"],
		"resource": {"target": "prod", "apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
	}}
	count(_warn({_web, _selects({"app": "web", "tier": "back"})})) == 1
	count(_warn({_web, _service({"type": "ClusterIP", "selector": {"app": "api"}})})) == 1
}

test_a_selector_that_matches_passes if {
	_warn({_web, _selects({"app": "web"})}) == set()
	_warn({_web, _selects({"app": "web", "tier": "front"})}) == set()
}

test_labels_that_kubernetes_sets_pass if {
	every label in [
		"statefulset.kubernetes.io/pod-name",
		"apps.kubernetes.io/pod-index",
		"pod-template-hash",
		"controller-revision-hash",
		"batch.kubernetes.io/job-name",
		"job-name",
	] {
		_warn({_web, _selects({"app": "web", label: "web-0"})}) == set()
		_warn({_web, _selects({label: "web-0"})}) == set()
	}
}

test_no_selector_passes if {
	every spec in [{}, {"selector": null}, {"selector": {}}, {"type": "ExternalName", "selector": {"app": "none"}}] {
		_warn({_web, _service(spec)}) == set()
	}
	_warn({_web, _service(null)}) == set()
}

test_a_namespace_without_workloads_passes if {
	_warn({_selects({"app": "none"})}) == set()
	other := [_web[0], object.union(_web[1], {"metadata": {"namespace": "other"}})]
	_warn({other, _selects({"app": "web"})}) == set()
}

test_what_may_make_pods_passes if {
	every kind in ["postgresql.cnpg.io/Cluster", "cluster.x-k8s.io/Cluster", "gateway.networking.k8s.io/Gateway", "monitoring.coreos.com/Prometheus"] {
		_warn({_web, _selects({"app": "none"}), _custom(kind, "shop")}) == set()
		count(_warn({_web, _selects({"app": "none"}), _custom(kind, "other")})) == 1
	}
	every kind in [
		"helm.toolkit.fluxcd.io/HelmRelease",
		"kustomize.toolkit.fluxcd.io/Kustomization",
		"argoproj.io/Application",
		"argoproj.io/ApplicationSet",
		"helm.cattle.io/HelmChart",
	] {
		_warn({_web, _selects({"app": "none"}), _custom(kind, "other")}) == set()
	}
}

test_what_makes_none_is_no_excuse if {
	every kind in [
		"monitoring.coreos.com/ServiceMonitor",
		"monitoring.coreos.com/PodMonitor",
		"monitoring.coreos.com/PrometheusRule",
		"cert-manager.io/Certificate",
		"external-secrets.io/ExternalSecret",
		"bitnami.com/SealedSecret",
		"cilium.io/CiliumNetworkPolicy",
		"networking.istio.io/VirtualService",
		"security.istio.io/PeerAuthentication",
		"traefik.io/IngressRoute",
		"velero.io/Schedule",
		"keda.sh/ScaledObject",
		"networking.k8s.io/Ingress",
		"rbac.authorization.k8s.io/Role",
		"gateway.networking.k8s.io/HTTPRoute",
		"policy/PodDisruptionBudget",
	] {
		count(_warn({_web, _selects({"app": "none"}), _custom(kind, "shop")})) == 1
	}
}

good_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: {app: web}
  ports: [{port: 80}]
`

bad_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: {app: wbe}
  ports: [{port: 80}]
`
