package holdfast.security.secret_environment_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.secret_environment

_warn(spec) := found if {
	found := secret_environment.warn with input as samples.of(samples.deployment(spec))
}

test_a_variable_is_found if {
	_warn({"containers": [{"name": "web", "env": [
		{"name": "LOG", "value": "info"},
		{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
	]}]}) == {{
		"msg": `container "web" has a Secret in the variable PASSWORD`,
		"path": samples.in_pod(["containers", 0, "env", 1, "valueFrom", "secretKeyRef"]),
	}}
}

test_a_whole_secret_is_found if {
	_warn({"initContainers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "c"}}, {"secretRef": {"name": "db"}}]}]}) == {{
		"msg": `init container "a" has the Secret db in its environment`,
		"path": samples.in_pod(["initContainers", 0, "envFrom", 1, "secretRef"]),
	}}
}

test_others_pass if {
	_warn({"containers": [{
		"name": "web",
		"env": [
			{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "a"}}},
			{"name": "B", "valueFrom": {"secretKeyRef": null}},
		],
		"envFrom": [{"configMapRef": {"name": "c"}}, {"secretRef": null}],
	}]}) == set()
	_warn({"containers": [{"env": null, "envFrom": null}]}) == set()
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
      volumes: [{name: db, secret: {secretName: db}}]
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
          volumeMounts: [{name: db, mountPath: /run/secrets/db, readOnly: true}]
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
          env:
            - name: DB_PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
`
