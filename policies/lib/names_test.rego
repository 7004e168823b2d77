package holdfast.lib.names_test

import data.holdfast.lib.names

test_title if {
	names.title({"kind": "Job", "metadata": {"name": "a", "generateName": "b-"}}) == `Job "a"`
	names.title({"kind": "Job", "metadata": {"generateName": "b-"}}) == `Job "b-"`
	names.title({"kind": "Job"}) == "Job"
	names.title({"kind": "Job", "metadata": {"name": 7, "generateName": "b-"}}) == `Job "b-"`
	names.title({"kind": "Job", "metadata": {"name": null, "generateName": null}}) == "Job"
}

test_namespace if {
	names.namespace({"metadata": {"namespace": "shop"}}) == "shop"
	every metadata in [{}, {"namespace": null}, {"namespace": 7}] {
		names.namespace({"metadata": metadata}) == ""
	}
}

test_reason if {
	names.reason({"metadata": {"annotations": {"why": " so "}}}, "why")
	every annotations in [{"why": " "}, {"why": ""}, {"why": 7}, {"other": "so"}, null] {
		not names.reason({"metadata": {"annotations": annotations}}, "why")
	}
}

test_identity if {
	web := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}
	expected := {"target": "prod", "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
	names.identity("prod", web) == expected

	node := {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
	names.identity("prod", node) == {"target": "prod", "apiVersion": "v1", "kind": "Node", "namespace": "", "name": "n1"}
}
