package holdfast.security.required_labels_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.required_labels

_deny(metadata, wanted) := found if {
	resource := {"kind": "Deployment", "metadata": object.union({"name": "web"}, metadata)}
	found := required_labels.deny with input as samples.of(resource) with data.holdfast.params as {"required_labels": wanted}
}

test_a_missing_one_is_found if {
	_deny({"labels": {"app": "web"}}, ["app", "owner"]) == {{
		"msg": `label owner of Deployment "web" is missing`,
		"path": ["metadata", "labels"],
	}}
	_deny({}, ["owner"]) == {{"msg": `label owner of Deployment "web" is missing`, "path": ["metadata"]}}
}

test_a_wrong_one_is_found if {
	_deny({"labels": {"owner": "ann"}}, [{"key": "owner", "allowed_regex": "^team-"}]) == {{
		"msg": `label owner of Deployment "web" is "ann", not as ^team-`,
		"path": ["metadata", "labels", "owner"],
	}}
}

test_others_pass if {
	_deny({"labels": {"owner": "team-shop"}}, ["owner", {"key": "owner", "allowed_regex": "^team-"}]) == set()
	_deny({}, [{"key": "owner", "kinds": ["Namespace"]}]) == set()
}

test_an_empty_list_is_not_enforced if {
	_deny({}, []) == set()
	_deny({"labels": null}, []) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    owner: team-shop
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
`

example_params := {"required_labels": ["owner"]}
