package holdfast.security.required_annotations_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.required_annotations

_deny(metadata, wanted) := found if {
	resource := {"kind": "Deployment", "metadata": object.union({"name": "web"}, metadata)}
	found := required_annotations.deny with input as samples.of(resource) with data.holdfast.params as {"required_annotations": wanted}
}

test_a_missing_one_is_found if {
	_deny({"annotations": {"app": "web"}}, ["app", "owner"]) == {{
		"msg": `annotation owner of Deployment "web" is missing`,
		"path": ["metadata", "annotations"],
	}}
	_deny({}, ["owner"]) == {{"msg": `annotation owner of Deployment "web" is missing`, "path": ["metadata"]}}
}

test_a_wrong_one_is_found if {
	_deny({"annotations": {"owner": "ann"}}, [{"key": "owner", "allowed_regex": "^team-"}]) == {{
		"msg": `annotation owner of Deployment "web" is "ann", not as ^team-`,
		"path": ["metadata", "annotations", "owner"],
	}}
}

test_others_pass if {
	_deny({"annotations": {"owner": "team-shop"}}, ["owner", {"key": "owner", "allowed_regex": "^team-"}]) == set()
	_deny({}, [{"key": "owner", "kinds": ["Namespace"]}]) == set()
}

test_an_empty_list_is_not_enforced if {
	_deny({}, []) == set()
	_deny({"annotations": null}, []) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
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

example_params := {"required_annotations": ["owner"]}
