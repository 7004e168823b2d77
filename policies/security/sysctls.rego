# METADATA
# title: Unsafe sysctls
# description: |
#   Kernel parameters that are not known to be confined to a pod change its
#   node for all pods. The list of those that are has grown with v1.27, v1.29,
#   v1.32 and v1.37. Pod Security Standards, baseline, "Sysctls".
# custom:
#   id: security/sysctls
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove the sysctl from the pod's securityContext, and set it on the nodes that need it.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
#   params: {pod_security_version: latest}
package holdfast.security.sysctls

import data.holdfast.lib.names
import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

# The minor version since which each is safe.
_safe := {
	"kernel.shm_rmid_forced": 0,
	"net.ipv4.ip_local_port_range": 0,
	"net.ipv4.ip_unprivileged_port_start": 0,
	"net.ipv4.ping_group_range": 0,
	"net.ipv4.tcp_syncookies": 0,
	"net.ipv4.ip_local_reserved_ports": 27,
	"net.ipv4.tcp_fin_timeout": 29,
	"net.ipv4.tcp_keepalive_intvl": 29,
	"net.ipv4.tcp_keepalive_probes": 29,
	"net.ipv4.tcp_keepalive_time": 29,
	"net.ipv4.tcp_rmem": 32,
	"net.ipv4.tcp_wmem": 32,
	"net.ipv4.tcp_notsent_lowat": 37,
	"net.ipv4.tcp_slow_start_after_idle": 37,
}

deny contains {"msg": msg, "path": path} if {
	some i, sysctl in pods.judged.securityContext.sysctls
	is_object(sysctl)
	name := object.get(sysctl, "name", "without a name")
	not _confined(name)
	msg := sprintf("%s sets the sysctl %v, which is not confined to the pod", [names.title(input.resource), name])
	path := pods.nearest(["securityContext", "sysctls", i], ["name"])
}

_confined(name) if pod_security.since(_safe[name])
