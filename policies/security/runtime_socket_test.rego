package holdfast.security.runtime_socket_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.runtime_socket

_deny(spec) := found if {
	found := runtime_socket.deny with input as samples.of(samples.deployment(spec))
}

_path(path) := _deny({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "runtime", "hostPath": {"path": path}}]})

test_sockets_are_found if {
	_path("/var/run/docker.sock") == {{
		"msg": `volume "runtime" gives the container runtime of the node away, by /var/run/docker.sock`,
		"path": samples.in_pod(["volumes", 1, "hostPath", "path"]),
	}}
	every path in [
		"/run/docker.sock",
		"/run/containerd/containerd.sock",
		"/run/k3s/containerd/containerd.sock",
		"/var/run/crio/crio.sock",
		"/run/cri-dockerd.sock",
		"/var/run/dockershim.sock",
		"/run/user/1000/podman/podman.sock",
		`\\.\pipe\docker_engine`,
		"//./pipe/containerd-containerd",
	] {
		count(_path(path)) == 1
	}
}

test_folders_are_found if {
	every path in [
		"/run", "/var/run/", "/run/containerd", "/run/crio/", "/run/docker", "/run/podman", "/run/k3s/containerd",
	] {
		count(_path(path)) == 1
	}
}

test_others_pass if {
	every path in ["/var/run/cilium", "/var/log", "/", "/srv/docker.sock", "/run/udev", "/run/xdocker.sock", "/run/docker.socket", "/running", null] {
		_path(path) == set()
	}
	_deny({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": null}]}) == set()
	_deny(null) == set()
}

test_a_nameless_volume_counts if {
	{f.msg | some f in _deny({"volumes": [{"hostPath": {"path": "/run/docker.sock"}}]})} == {
		`volume "" gives the container runtime of the node away, by /run/docker.sock`,
	}
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes:
        - name: cache
          emptyDir: {}
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes:
        - name: docker
          hostPath: {path: /var/run/docker.sock}
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
