# METADATA
# title: Sockets of the container runtime
# description: |
#   Whoever reaches the socket of Docker, containerd, CRI-O or Podman starts
#   containers on the node as root, past the API server and every policy; a
#   read-only mount is no hindrance. The folders that hold only these sockets,
#   /run and /var/run count too. CIS Docker Benchmark 5.32; Kubernetes
#   documentation, "Pod Security Standards", baseline, HostPath Volumes.
# custom:
#   id: security/runtime-socket
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Remove the volume; build images without a daemon (BuildKit rootless, Kaniko, Buildah) and read
#     logs and metrics through the kubelet.
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
package holdfast.security.runtime_socket

import data.holdfast.lib.pods

_patterns := [
	`^/(?:var/)?run/(?:.+/)?(?:docker|containerd|crio|cri-dockerd|dockershim|podman)\.sock$`,
	`^/(?:var/)?run(?:/(?:docker|containerd|crio|podman|k3s/containerd))?/*$`,
	`^(?i)(?:\\\\|//)\.[\\/]pipe[\\/](?:docker_engine|containerd-containerd)$`,
]

deny contains {"msg": msg, "path": path} if {
	some i, volume in pods.spec(input.resource).volumes
	host_path := volume.hostPath.path
	is_string(host_path)
	some pattern in _patterns
	regex.match(pattern, host_path)
	msg := sprintf("volume %q gives the container runtime of the node away, by %s", [_name(volume), host_path])
	path := array.concat(pods.spec_path(input.resource), ["volumes", i, "hostPath", "path"])
}

_name(volume) := object.get(volume, "name", "")
