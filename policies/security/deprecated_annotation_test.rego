package holdfast.security.deprecated_annotation_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.deprecated_annotation

_warn(kind, annotations) := found if {
	resource := {"kind": kind, "metadata": {"name": "web", "annotations": annotations}}
	found := deprecated_annotation.warn with input as samples.of(resource)
}

test_each_is_found if {
	_warn("Ingress", {"kubernetes.io/ingress.class": "nginx", "a": "b"}) == {{
		"msg": `annotation kubernetes.io/ingress.class of Ingress "web" gave way to spec.ingressClassName`,
		"path": ["metadata", "annotations", "kubernetes.io/ingress.class"],
	}}
	every annotation, field in {
		"volume.beta.kubernetes.io/storage-class": "spec.storageClassName",
		"volume.beta.kubernetes.io/mount-options": "spec.mountOptions",
		"scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
		"service.kubernetes.io/topology-aware-hints": "spec.trafficDistribution",
		"service.alpha.kubernetes.io/tolerate-unready-endpoints": "spec.publishNotReadyAddresses",
		"container.apparmor.security.beta.kubernetes.io/web": "securityContext.appArmorProfile",
	} {
		{f.msg | some f in _warn("Service", {annotation: ""})} == {
			sprintf(`annotation %s of Service "web" gave way to %s`, [annotation, field]),
		}
	}
}

test_the_pod_of_a_workload_counts if {
	deployment := object.union(samples.deployment({}), {"spec": {"template": {"metadata": {"annotations": {
		"container.apparmor.security.beta.kubernetes.io/web": "runtime/default",
	}}}}})
	found := deprecated_annotation.warn with input as samples.of(deployment)
	{f.path | some f in found} == {[
		"spec", "template", "metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/web",
	]}
}

test_others_pass if {
	_warn("Ingress", {"nginx.ingress.kubernetes.io/rewrite-target": "/", "ingress.class": "nginx"}) == set()
	_warn("Ingress", null) == set()
	_warn("Ingress", {}) == set()
	_warn("Ingress", ["a"]) == set()
	deprecated_annotation.warn == set() with input as samples.of(null)
}

good_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 80}}}
`

bad_example := `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    kubernetes.io/ingress.class: nginx
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
`
