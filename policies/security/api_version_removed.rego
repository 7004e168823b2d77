# METADATA
# title: Versions of the API that are gone
# description: |
#   A manifest of an API version that the cluster does not serve cannot be
#   applied, and an upgrade of the cluster leaves it behind. The parameter
#   kubernetes_version says for which version of Kubernetes the manifests are.
#   Kubernetes documentation, "Deprecated API Migration Guide".
# custom:
#   id: security/api-version-removed
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Write the manifest for the version that took its place; kubectl convert helps with most.
#   params:
#     kubernetes_version: "1.36"
#   scope: resource
#   kinds:
#     - admissionregistration.k8s.io/MutatingAdmissionPolicy
#     - admissionregistration.k8s.io/MutatingAdmissionPolicyBinding
#     - admissionregistration.k8s.io/MutatingWebhookConfiguration
#     - admissionregistration.k8s.io/ValidatingAdmissionPolicy
#     - admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding
#     - admissionregistration.k8s.io/ValidatingWebhookConfiguration
#     - apiextensions.k8s.io/CustomResourceDefinition
#     - apiregistration.k8s.io/APIService
#     - apps/ControllerRevision
#     - apps/DaemonSet
#     - apps/Deployment
#     - apps/ReplicaSet
#     - apps/StatefulSet
#     - autoscaling/HorizontalPodAutoscaler
#     - batch/CronJob
#     - certificates.k8s.io/CertificateSigningRequest
#     - certificates.k8s.io/ClusterTrustBundle
#     - certificates.k8s.io/PodCertificateRequest
#     - coordination.k8s.io/Lease
#     - coordination.k8s.io/LeaseCandidate
#     - discovery.k8s.io/EndpointSlice
#     - extensions/DaemonSet
#     - extensions/Deployment
#     - extensions/Ingress
#     - extensions/NetworkPolicy
#     - extensions/PodSecurityPolicy
#     - extensions/ReplicaSet
#     - flowcontrol.apiserver.k8s.io/FlowSchema
#     - flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration
#     - networking.k8s.io/ClusterCIDR
#     - networking.k8s.io/IPAddress
#     - networking.k8s.io/Ingress
#     - networking.k8s.io/IngressClass
#     - networking.k8s.io/ServiceCIDR
#     - node.k8s.io/RuntimeClass
#     - policy/PodDisruptionBudget
#     - policy/PodSecurityPolicy
#     - rbac.authorization.k8s.io/ClusterRole
#     - rbac.authorization.k8s.io/ClusterRoleBinding
#     - rbac.authorization.k8s.io/Role
#     - rbac.authorization.k8s.io/RoleBinding
#     - resource.k8s.io/DeviceClass
#     - resource.k8s.io/DeviceTaintRule
#     - resource.k8s.io/ResourceClaim
#     - resource.k8s.io/ResourceClaimTemplate
#     - resource.k8s.io/ResourceSlice
#     - scheduling.k8s.io/PriorityClass
#     - settings.k8s.io/PodPreset
#     - storage.k8s.io/CSIDriver
#     - storage.k8s.io/CSINode
#     - storage.k8s.io/CSIStorageCapacity
#     - storage.k8s.io/StorageClass
#     - storage.k8s.io/VolumeAttachment
#     - storage.k8s.io/VolumeAttributesClass
#     - storagemigration.k8s.io/StorageVersionMigration
package holdfast.security.api_version_removed

import data.holdfast.lib.apis
import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["apiVersion"]} if {
	lifecycle := apis.lifecycle(input.resource)
	lifecycle.removed <= apis.cluster
	msg := sprintf("%s is of %s, which Kubernetes does not serve from 1.%d on%s", [
		names.title(input.resource),
		input.resource.apiVersion,
		lifecycle.removed,
		apis.phrase(lifecycle),
	])
}
