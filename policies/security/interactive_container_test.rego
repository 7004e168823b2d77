package holdfast.security.interactive_container_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.interactive_container

_warn(spec) := found if {
	found := interactive_container.warn with input as samples.of(samples.deployment(spec))
}

test_it_is_found if {
	_warn({"containers": [{"name": "web", "stdin": true, "tty": true}]}) == {
		{"msg": `container "web" has stdin`, "path": samples.in_pod(["containers", 0, "stdin"])},
		{"msg": `container "web" has tty`, "path": samples.in_pod(["containers", 0, "tty"])},
	}
	count(_warn({"initContainers": [{"name": "a", "tty": true}]})) == 1
}

test_others_pass if {
	_warn({"containers": [{"name": "web", "stdin": false, "tty": null}, {"name": "b", "stdinOnce": true}]}) == set()
	_warn(null) == set()
}

# They are there to be attached to.
test_ephemeral_containers_pass if {
	_warn({"ephemeralContainers": [{"name": "debug", "stdin": true, "tty": true}]}) == set()
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
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
          stdin: true
          tty: true
`
