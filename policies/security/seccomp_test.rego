package holdfast.security.seccomp_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.seccomp

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        seccompProfile:
          type: RuntimeDefault
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        seccompProfile:
          type: Unconfined
`

_deny(spec) := found if {
	found := seccomp.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_profile(value) := {"seccompProfile": value}

test_the_pod_is_found if {
	_deny({"securityContext": _profile({"type": "Unconfined"}), "containers": [{"name": "web"}]}) == {{
		"msg": `Deployment "web" has the seccomp profile Unconfined`,
		"path": samples.in_pod(["securityContext", "seccompProfile", "type"]),
	}}
}

test_a_container_is_found if {
	_deny({
		"securityContext": _profile({"type": "RuntimeDefault"}),
		"containers": [{"name": "a"}, {"name": "web", "securityContext": _profile({"type": "Unconfined"})}],
	}) == {{
		"msg": `container "web" has the seccomp profile Unconfined`,
		"path": samples.in_pod(["containers", 1, "securityContext", "seccompProfile", "type"]),
	}}
}

test_no_type_is_found if {
	_deny({"securityContext": _profile({}), "initContainers": [{"name": "a", "securityContext": _profile({"type": null})}]}) == {
		{
			"msg": `Deployment "web" has the seccomp profile without a type`,
			"path": samples.in_pod(["securityContext", "seccompProfile"]),
		},
		{
			"msg": `init container "a" has the seccomp profile without a type`,
			"path": samples.in_pod(["initContainers", 0, "securityContext", "seccompProfile"]),
		},
	}
}

test_an_empty_type_is_found if {
	{f.msg | some f in _deny({"containers": [{"name": "web", "securityContext": _profile({"type": ""})}]})} == {
		`container "web" has the seccomp profile without a type`,
	}
}

test_other_profiles_pass if {
	every profile in [{"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "a.json"}, null, "text"] {
		_deny({
			"securityContext": _profile(profile),
			"containers": [{"name": "web", "securityContext": _profile(profile)}],
		}) == set()
	}
	_deny({"containers": [{"name": "web"}]}) == set()
}

test_fields_count_from_v1_19_on if {
	every spec in [
		{"securityContext": _profile({"type": "Unconfined"})},
		{"containers": [{"name": "web", "securityContext": _profile({"type": "Unconfined"})}]},
	] {
		_deny_at("v1.18", spec) == set()
		count(_deny_at("v1.19", spec)) == 1
	}
}

_pod(annotations) := {
	"kind": "Pod",
	"metadata": {"name": "web", "annotations": annotations},
	"spec": {
		"containers": [{"name": "web"}, {}, {"name": 7}],
		"initContainers": [{"name": "setup"}],
		"volumes": [{"name": "gone"}],
	},
}

_annotated(version, annotations) := found if {
	found := seccomp.deny with input as samples.of(_pod(annotations))
		with data.holdfast.params.pod_security_version as version
}

_prefix := "container.seccomp.security.alpha.kubernetes.io/"

test_annotations_are_found_up_to_v1_18 if {
	pod := "seccomp.security.alpha.kubernetes.io/pod"
	setup := concat("", [_prefix, "setup"])
	annotations := {pod: "unconfined", setup: "other"}
	_annotated("v1.18", annotations) == {
		{
			"msg": `Pod "web" has the seccomp profile "unconfined" (seccomp.security.alpha.kubernetes.io/pod)`,
			"path": ["metadata", "annotations", pod],
		},
		{
			"msg": `Pod "web" has the seccomp profile "other" (container.seccomp.security.alpha.kubernetes.io/setup)`,
			"path": ["metadata", "annotations", setup],
		},
	}
	_annotated("v1.19", annotations) == set()
	_annotated("latest", annotations) == set()
}

test_annotations_that_confine_pass if {
	every value in ["runtime/default", "docker/default", "localhost/a.json", null] {
		_annotated("v1.18", {"seccomp.security.alpha.kubernetes.io/pod": value}) == set()
	}
	_annotated("v1.18", {concat("", [_prefix, "gone"]): "unconfined"}) == set()
	count(_annotated("v1.18", {concat("", [_prefix, "web"]): ""})) == 1
}
