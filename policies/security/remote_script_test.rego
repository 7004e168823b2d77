package holdfast.security.remote_script_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.remote_script

_spec(field, words) := found if {
	found := remote_script.warn with input as samples.of(samples.deployment({"containers": [{"name": "web", field: words}]}))
}

test_it_is_found if {
	_spec("command", ["sh", "-c", "curl -fsSL https://example.com/install.sh | sh"]) == {{
		"msg": `container "web" fetches a program and runs it at once`,
		"path": samples.in_pod(["containers", 0, "command"]),
	}}
	every script in [
		"set -e\nwget -qO- https://example.com/i.sh | sudo -E bash -s -- --yes",
		"curl https://example.com/a.py | python3 -",
		"curl https://example.com/a.sh | /bin/bash",
		"(curl https://example.com/a.sh | ash)",
		"bash <(curl -s https://example.com/a.sh)",
		"source <(wget -O- https://example.com/a.sh)",
		`sh -c "$(curl -fsSL https://example.com/a.sh)"`,
		`eval $(curl https://example.com/env)`,
		"curl https://example.com/a.pl | perl",
		"curl https://example.com/a.rb | ruby; exit",
		"curl https://example.com/a.js | node",
	] {
		{f.path | some f in _spec("args", ["-c", script])} == {samples.in_pod(["containers", 0, "args"])}
	}
}

test_words_are_read_together if {
	count(_spec("command", ["sh", "-c", "curl https://example.com/a.sh |", "sh"])) == 1
}

test_others_pass if {
	every script in [
		"curl -fsSL https://example.com/health",
		"curl https://example.com/a.json | jq .",
		"curl https://example.com/a.tgz | tar xz",
		"curl https://example.com/a || sh fallback.sh",
		"curl https://example.com/a > a; sh b.sh",
		"curl https://example.com/a | shasum",
		"cat install.sh | sh",
		"echo $(curl https://example.com/a)",
		"nodecurl | sh",
	] {
		_spec("args", ["-c", script]) == set()
	}
	_spec("other", ["sh", "-c", "curl https://example.com/a.sh | sh"]) == set()
	every words in [null, "curl a | sh", [null, 1], []] {
		_spec("command", words) == set()
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
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
          command: [sh, -c, "curl -fsS https://example.com/data.json -o /data/data.json"]
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
          image: registry.example.com/web:1.4.2
          command: [sh, -c, "curl -fsSL https://example.com/install.sh | sh"]
`
