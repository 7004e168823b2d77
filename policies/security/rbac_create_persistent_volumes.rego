# METADATA
# title: Roles that create PersistentVolumes
# description: |
#   Whoever may create PersistentVolumes makes one with hostPath and reads the
#   node's files through it, whatever Pod Security allows their pods. Storage
#   drivers need it; people and applications claim volumes by
#   PersistentVolumeClaims. Kubernetes documentation, "Role Based Access Control
#   Good Practices", privilege escalation risks. CIS Kubernetes Benchmark 5.1.9.
# custom:
#   id: security/rbac-create-persistent-volumes
#   category: security
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Remove persistentvolumes from the role, or leave get, list and watch.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_create_persistent_volumes

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"persistentvolumes"}

_verbs := {"create", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
