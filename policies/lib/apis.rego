# METADATA
# title: Versions of the Kubernetes API
# description: |
#   Which versions of built-in kinds Kubernetes has deprecated and ceased to
#   serve, by its "Deprecated API Migration Guide" and the lifecycles that its
#   API types declare. Versions of Kubernetes are their minor numbers.
package holdfast.lib.apis

# lifecycle is what became of a resource's version of its kind, as
# {"deprecated", "removed", "instead"}, the latter two where there is one. It is
# undefined for what is not deprecated.
lifecycle(resource) := _lifecycles[resource.apiVersion][resource.kind]

# cluster is the minor version of the clusters that the resources are for.
cluster := minor if {
	minor := _minor(data.holdfast.params.kubernetes_version)
} else := 36

# phrase is the version that takes the place of another, in words.
phrase(lifecycle) := sprintf("; %s takes its place", [instead]) if {
	instead := lifecycle.instead
} else := ""

_minor(text) := to_number(match[1]) if {
	some match in regex.find_all_string_submatch_n(`^v?1\.([0-9]+)(?:[.+-].*)?$`, text, 1)
}

# A constant, so that asking it of each resource costs one look.
_lifecycles := {
	"admissionregistration.k8s.io/v1alpha1": {
		"MutatingAdmissionPolicy": {"deprecated": 35, "removed": 38, "instead": "admissionregistration.k8s.io/v1"},
		"MutatingAdmissionPolicyBinding": {"deprecated": 35, "removed": 38, "instead": "admissionregistration.k8s.io/v1"},
		"ValidatingAdmissionPolicy": {"deprecated": 29, "removed": 32, "instead": "admissionregistration.k8s.io/v1"},
		"ValidatingAdmissionPolicyBinding": {"deprecated": 29, "removed": 32, "instead": "admissionregistration.k8s.io/v1"},
	},
	"admissionregistration.k8s.io/v1beta1": {
		"MutatingAdmissionPolicy": {"deprecated": 37, "removed": 40, "instead": "admissionregistration.k8s.io/v1"},
		"MutatingAdmissionPolicyBinding": {"deprecated": 37, "removed": 40, "instead": "admissionregistration.k8s.io/v1"},
		"MutatingWebhookConfiguration": {"deprecated": 16, "removed": 22, "instead": "admissionregistration.k8s.io/v1"},
		"ValidatingAdmissionPolicy": {"deprecated": 31, "removed": 34, "instead": "admissionregistration.k8s.io/v1"},
		"ValidatingAdmissionPolicyBinding": {"deprecated": 31, "removed": 34, "instead": "admissionregistration.k8s.io/v1"},
		"ValidatingWebhookConfiguration": {"deprecated": 16, "removed": 22, "instead": "admissionregistration.k8s.io/v1"},
	},
	"apiextensions.k8s.io/v1beta1": {
		"CustomResourceDefinition": {"deprecated": 16, "removed": 22, "instead": "apiextensions.k8s.io/v1"},
	},
	"apiregistration.k8s.io/v1beta1": {
		"APIService": {"deprecated": 19, "removed": 22, "instead": "apiregistration.k8s.io/v1"},
	},
	"apps/v1beta1": {
		"ControllerRevision": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
		"Deployment": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
		"StatefulSet": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
	},
	"apps/v1beta2": {
		"ControllerRevision": {"deprecated": 9, "removed": 16, "instead": "apps/v1"},
		"DaemonSet": {"deprecated": 9, "removed": 16, "instead": "apps/v1"},
		"Deployment": {"deprecated": 9, "removed": 16, "instead": "apps/v1"},
		"ReplicaSet": {"deprecated": 9, "removed": 16, "instead": "apps/v1"},
		"StatefulSet": {"deprecated": 9, "removed": 16, "instead": "apps/v1"},
	},
	"autoscaling/v2beta1": {
		"HorizontalPodAutoscaler": {"deprecated": 22, "removed": 25, "instead": "autoscaling/v2"},
	},
	"autoscaling/v2beta2": {
		"HorizontalPodAutoscaler": {"deprecated": 23, "removed": 26, "instead": "autoscaling/v2"},
	},
	"batch/v1beta1": {
		"CronJob": {"deprecated": 21, "removed": 25, "instead": "batch/v1"},
	},
	"batch/v2alpha1": {
		"CronJob": {"deprecated": 21, "removed": 21, "instead": "batch/v1"},
	},
	"certificates.k8s.io/v1alpha1": {
		"ClusterTrustBundle": {"deprecated": 34, "removed": 37, "instead": "certificates.k8s.io/v1"},
	},
	"certificates.k8s.io/v1beta1": {
		"CertificateSigningRequest": {"deprecated": 19, "removed": 22, "instead": "certificates.k8s.io/v1"},
		"ClusterTrustBundle": {"deprecated": 37, "removed": 40, "instead": "certificates.k8s.io/v1"},
		"PodCertificateRequest": {"deprecated": 37, "removed": 40, "instead": "certificates.k8s.io/v1"},
	},
	"coordination.k8s.io/v1alpha2": {
		"LeaseCandidate": {"deprecated": 35, "removed": 38, "instead": "coordination.k8s.io/v1beta1"},
	},
	"coordination.k8s.io/v1beta1": {
		"Lease": {"deprecated": 19, "removed": 22, "instead": "coordination.k8s.io/v1"},
		"LeaseCandidate": {"deprecated": 36, "removed": 39},
	},
	"discovery.k8s.io/v1beta1": {
		"EndpointSlice": {"deprecated": 21, "removed": 25, "instead": "discovery.k8s.io/v1"},
	},
	"extensions/v1beta1": {
		"DaemonSet": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
		"Deployment": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
		"Ingress": {"deprecated": 14, "removed": 22, "instead": "networking.k8s.io/v1"},
		"NetworkPolicy": {"deprecated": 9, "removed": 16, "instead": "networking.k8s.io/v1"},
		"PodSecurityPolicy": {"deprecated": 10, "removed": 16},
		"ReplicaSet": {"deprecated": 8, "removed": 16, "instead": "apps/v1"},
	},
	"flowcontrol.apiserver.k8s.io/v1alpha1": {
		"FlowSchema": {"deprecated": 20, "removed": 24, "instead": "flowcontrol.apiserver.k8s.io/v1"},
		"PriorityLevelConfiguration": {"deprecated": 20, "removed": 24, "instead": "flowcontrol.apiserver.k8s.io/v1"},
	},
	"flowcontrol.apiserver.k8s.io/v1beta1": {
		"FlowSchema": {"deprecated": 23, "removed": 26, "instead": "flowcontrol.apiserver.k8s.io/v1"},
		"PriorityLevelConfiguration": {"deprecated": 23, "removed": 26, "instead": "flowcontrol.apiserver.k8s.io/v1"},
	},
	"flowcontrol.apiserver.k8s.io/v1beta2": {
		"FlowSchema": {"deprecated": 26, "removed": 29, "instead": "flowcontrol.apiserver.k8s.io/v1"},
		"PriorityLevelConfiguration": {"deprecated": 26, "removed": 29, "instead": "flowcontrol.apiserver.k8s.io/v1"},
	},
	"flowcontrol.apiserver.k8s.io/v1beta3": {
		"FlowSchema": {"deprecated": 29, "removed": 32, "instead": "flowcontrol.apiserver.k8s.io/v1"},
		"PriorityLevelConfiguration": {"deprecated": 29, "removed": 32, "instead": "flowcontrol.apiserver.k8s.io/v1"},
	},
	"networking.k8s.io/v1alpha1": {
		"ClusterCIDR": {"deprecated": 29, "removed": 29},
	},
	"networking.k8s.io/v1beta1": {
		"IPAddress": {"deprecated": 34, "removed": 37, "instead": "networking.k8s.io/v1"},
		"Ingress": {"deprecated": 19, "removed": 22, "instead": "networking.k8s.io/v1"},
		"IngressClass": {"deprecated": 19, "removed": 22, "instead": "networking.k8s.io/v1"},
		"ServiceCIDR": {"deprecated": 34, "removed": 37, "instead": "networking.k8s.io/v1"},
	},
	"node.k8s.io/v1beta1": {
		"RuntimeClass": {"deprecated": 22, "removed": 25, "instead": "node.k8s.io/v1"},
	},
	"policy/v1beta1": {
		"PodDisruptionBudget": {"deprecated": 21, "removed": 25, "instead": "policy/v1"},
		"PodSecurityPolicy": {"deprecated": 21, "removed": 25},
	},
	"rbac.authorization.k8s.io/v1alpha1": {
		"ClusterRole": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"ClusterRoleBinding": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"Role": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"RoleBinding": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
	},
	"rbac.authorization.k8s.io/v1beta1": {
		"ClusterRole": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"ClusterRoleBinding": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"Role": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
		"RoleBinding": {"deprecated": 17, "removed": 22, "instead": "rbac.authorization.k8s.io/v1"},
	},
	"resource.k8s.io/v1alpha3": {
		"DeviceTaintRule": {"deprecated": 36, "removed": 39, "instead": "resource.k8s.io/v1beta2"},
	},
	"resource.k8s.io/v1beta1": {
		"DeviceClass": {"deprecated": 35, "removed": 38, "instead": "resource.k8s.io/v1"},
		"ResourceClaim": {"deprecated": 35, "removed": 38, "instead": "resource.k8s.io/v1"},
		"ResourceClaimTemplate": {"deprecated": 35, "removed": 38, "instead": "resource.k8s.io/v1"},
		"ResourceSlice": {"deprecated": 35, "removed": 38, "instead": "resource.k8s.io/v1"},
	},
	"resource.k8s.io/v1beta2": {
		"DeviceClass": {"deprecated": 36, "removed": 39, "instead": "resource.k8s.io/v1"},
		"DeviceTaintRule": {"deprecated": 39, "removed": 42},
		"ResourceClaim": {"deprecated": 36, "removed": 39, "instead": "resource.k8s.io/v1"},
		"ResourceClaimTemplate": {"deprecated": 36, "removed": 39, "instead": "resource.k8s.io/v1"},
		"ResourceSlice": {"deprecated": 36, "removed": 39, "instead": "resource.k8s.io/v1"},
	},
	"scheduling.k8s.io/v1beta1": {
		"PriorityClass": {"deprecated": 14, "removed": 22, "instead": "scheduling.k8s.io/v1"},
	},
	"settings.k8s.io/v1alpha1": {
		"PodPreset": {"deprecated": 20, "removed": 20},
	},
	"storage.k8s.io/v1alpha1": {
		"CSIStorageCapacity": {"deprecated": 21, "removed": 24, "instead": "storage.k8s.io/v1"},
		"VolumeAttachment": {"deprecated": 21, "removed": 24, "instead": "storage.k8s.io/v1"},
		"VolumeAttributesClass": {"deprecated": 32, "removed": 35, "instead": "storage.k8s.io/v1"},
	},
	"storage.k8s.io/v1beta1": {
		"CSIDriver": {"deprecated": 19, "removed": 22, "instead": "storage.k8s.io/v1"},
		"CSINode": {"deprecated": 17, "removed": 22, "instead": "storage.k8s.io/v1"},
		"CSIStorageCapacity": {"deprecated": 24, "removed": 27, "instead": "storage.k8s.io/v1"},
		"StorageClass": {"deprecated": 19, "removed": 22, "instead": "storage.k8s.io/v1"},
		"VolumeAttachment": {"deprecated": 19, "removed": 22, "instead": "storage.k8s.io/v1"},
		"VolumeAttributesClass": {"deprecated": 34, "removed": 37, "instead": "storage.k8s.io/v1"},
	},
	"storagemigration.k8s.io/v1beta1": {
		"StorageVersionMigration": {"deprecated": 37, "removed": 40, "instead": "storagemigration.k8s.io/v1"},
	},
	"v1": {
		"ComponentStatus": {"deprecated": 19},
		"Endpoints": {"deprecated": 33, "instead": "discovery.k8s.io/v1 EndpointSlice"},
	},
}
