package holdfast.security.dashboard_exposed_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.dashboard_exposed

_service(kind, name, type) := found if {
	service := {"kind": kind, "metadata": {"name": name}, "spec": {"type": type}}
	found := dashboard_exposed.warn with input as samples.of(service)
}

_ingress(kind, service) := found if {
	paths := [{"path": "/", "backend": {"service": {"name": "web"}}}, {"path": "/d", "backend": {"service": {"name": service}}}]
	ingress := {"kind": kind, "metadata": {"name": "web"}, "spec": {"rules": [null, {"http": {"paths": paths}}]}}
	found := dashboard_exposed.warn with input as samples.of(ingress)
}

test_a_service_is_found if {
	_service("Service", "kubernetes-dashboard", "NodePort") == {{
		"msg": `Service "kubernetes-dashboard" is of type NodePort`,
		"path": ["spec", "type"],
	}}
	count(_service("Service", "kubernetes-dashboard-kong-proxy", "LoadBalancer")) == 1
}

test_an_ingress_is_found if {
	_ingress("Ingress", "kubernetes-dashboard") == {{
		"msg": `Ingress "web" leads to Service "kubernetes-dashboard"`,
		"path": ["spec", "rules", 1, "http", "paths", 1, "backend"],
	}}
	count(_ingress("Ingress", "kubernetes-dashboard-web")) == 1
}

test_an_ingress_with_a_login_passes if {
	paths := [{"path": "/", "backend": {"service": {"name": "kubernetes-dashboard"}}}]
	every annotation in ["auth-url", "auth-type", "auth-tls-secret"] {
		metadata := {"annotations": {sprintf("nginx.ingress.kubernetes.io/%s", [annotation]): "a"}}
		ingress := {"kind": "Ingress", "metadata": metadata, "spec": {"rules": [{"http": {"paths": paths}}]}}
		found := dashboard_exposed.warn with input as samples.of(ingress)
		found == set()
	}
	other := {"annotations": {"nginx.ingress.kubernetes.io/rewrite-target": "/"}}
	ingress := {"kind": "Ingress", "metadata": other, "spec": {"rules": [{"http": {"paths": paths}}]}}
	found := dashboard_exposed.warn with input as samples.of(ingress)
	count(found) == 1
}

test_others_pass if {
	_service("Service", "kubernetes-dashboard", "ClusterIP") == set()
	_service("Service", "kubernetes-dashboard", null) == set()
	_service("Service", "grafana-dashboard", "NodePort") == set()
	_service("Service", "kubernetes-dashboards", "NodePort") == set()
	_service("Ingress", "kubernetes-dashboard", "NodePort") == set()
	_ingress("Ingress", "grafana") == set()
	_ingress("Ingress", null) == set()
	_ingress("Service", "kubernetes-dashboard") == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: kubernetes-dashboard
spec:
  type: ClusterIP
  ports: [{port: 443}]
`

bad_example := `apiVersion: v1
kind: Service
metadata:
  name: kubernetes-dashboard
spec:
  type: NodePort
  ports: [{port: 443}]
`
