package holdfast.security.dashboard_skip_login_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.dashboard_skip_login

_deny(spec) := found if {
	found := dashboard_skip_login.deny with input as samples.of(samples.deployment(spec))
}

test_it_is_found if {
	_deny({"containers": [{"name": "dashboard", "args": ["--namespace=a", "--enable-skip-login"]}]}) == {{
		"msg": `container "dashboard" lets everyone skip the login`,
		"path": samples.in_pod(["containers", 0, "args", 1]),
	}}
	{f.path | some f in _deny({"containers": [{"command": ["/dashboard", "--enable-skip-login=true"]}]})} == {
		samples.in_pod(["containers", 0, "command", 1]),
	}
}

test_others_pass if {
	every word in ["--enable-skip-login=false", "--enable-insecure-login", "--no--enable-skip-login", "--enable-skip-login-x", null] {
		_deny({"containers": [{"name": "dashboard", "args": [word]}]}) == set()
	}
	_deny({"containers": [{"name": "dashboard", "other": ["--enable-skip-login"]}]}) == set()
	_deny({"containers": [{"args": "--enable-skip-login"}, {"args": null}]}) == set()
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
        - name: dashboard
          image: kubernetesui/dashboard:v2.7.0
          args: [--auto-generate-certificates]
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
        - name: dashboard
          image: kubernetesui/dashboard:v2.7.0
          args: [--auto-generate-certificates, --enable-skip-login]
`
