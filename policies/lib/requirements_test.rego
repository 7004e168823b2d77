package holdfast.lib.requirements_test

import data.holdfast.lib.requirements

_faults(kind, metadata, wanted) := requirements.faults({"kind": kind, "metadata": metadata}, "labels", wanted)

test_missing if {
	_faults("Deployment", {"labels": {"app": "web"}}, ["app", "owner"]) == {{
		"key": "owner",
		"phrase": "is missing",
		"path": ["metadata", "labels"],
	}}
	every labels in [{}, {"owner": ""}, {"owner": " "}, {"owner": null}, {"owner": 1}] {
		count(_faults("Namespace", {"labels": labels}, ["owner"])) == 1
	}
	every metadata in [{}, {"labels": null}, {"annotations": {"owner": "shop"}}] {
		{f.path | some f in _faults("Pod", metadata, ["owner"])} == {["metadata"]}
	}
}

test_present if {
	_faults("Deployment", {"labels": {"owner": "shop"}}, ["owner", {"key": "owner"}]) == set()
	_faults("Deployment", null, []) == set()
}

test_patterns if {
	wanted := [{"key": "owner", "allowed_regex": "^team-[a-z]+$"}]
	_faults("Deployment", {"labels": {"owner": "team-shop"}}, wanted) == set()
	_faults("Deployment", {"labels": {"owner": "ann"}}, wanted) == {{
		"key": "owner",
		"phrase": `is "ann", not as ^team-[a-z]+$`,
		"path": ["metadata", "labels", "owner"],
	}}
	{f.phrase | some f in _faults("Deployment", {}, wanted)} == {"is missing"}

	{f.phrase | some f in _faults("Deployment", {"labels": {"owner": ""}}, wanted)} == {"is missing"}

	# Not a pattern at all.
	_faults("Deployment", {"labels": {"owner": "ann"}}, [{"key": "owner", "allowed_regex": "["}]) == set()
	_faults("Deployment", {"labels": {"owner": "ann"}}, [{"key": "owner", "allowed_regex": null}]) == set()
}

test_kinds if {
	every kind in [
		"Namespace", "Pod", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob",
	] {
		count(_faults(kind, {}, ["owner"])) == 1
		count(_faults(kind, {}, [{"key": "owner", "kinds": []}])) == 1
	}
	_faults("Service", {}, ["owner"]) == set()
	count(_faults("Service", {}, [{"key": "owner", "kinds": ["Service", "Ingress"]}])) == 1
	_faults("Deployment", {}, [{"key": "owner", "kinds": ["Service"]}]) == set()
}

test_what_is_no_requirement_asks_nothing if {
	_faults("Deployment", {}, [null, 1, {}, {"key": null}]) == set()
}
