package holdfast.security.apparmor_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.apparmor

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        appArmorProfile:
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
        appArmorProfile:
          type: Unconfined
`

_deny(spec) := found if {
	found := apparmor.deny with input as samples.of(samples.deployment(spec))
}

_profile(value) := {"appArmorProfile": value}

_annotated(value) := {
	"kind": "Deployment",
	"metadata": {"name": "web", "annotations": {"container.apparmor.security.beta.kubernetes.io/own": "unconfined"}},
	"spec": {"template": {
		"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/web": value, "other/web": "unconfined"}},
		"spec": {"containers": [{"name": "web"}]},
	}},
}

test_the_pod_is_found if {
	_deny({"securityContext": _profile({"type": "Unconfined"}), "containers": []}) == {{
		"msg": `Deployment "web" has the AppArmor profile Unconfined`,
		"path": samples.in_pod(["securityContext", "appArmorProfile", "type"]),
	}}
}

test_a_container_is_found if {
	_deny({
		"securityContext": _profile({"type": "RuntimeDefault"}),
		"initContainers": [{"name": "a", "securityContext": _profile({"type": "Unconfined"})}],
	}) == {{
		"msg": `init container "a" has the AppArmor profile Unconfined`,
		"path": samples.in_pod(["initContainers", 0, "securityContext", "appArmorProfile", "type"]),
	}}
}

# The API server refuses a profile without a type, and the standard does.
test_no_type_is_found if {
	_deny({"securityContext": _profile({}), "containers": [{"name": "web", "securityContext": _profile({"type": null})}]}) == {
		{
			"msg": `Deployment "web" has the AppArmor profile without a type`,
			"path": samples.in_pod(["securityContext", "appArmorProfile"]),
		},
		{
			"msg": `container "web" has the AppArmor profile without a type`,
			"path": samples.in_pod(["containers", 0, "securityContext", "appArmorProfile"]),
		},
	}
}

# Those of the workload itself say nothing about its pods.
test_an_annotation_of_the_pod_is_found if {
	found := apparmor.deny with input as samples.of(_annotated("unconfined"))
	found == {{
		"msg": `Deployment "web" has the AppArmor profile unconfined for its container "web"`,
		"path": ["spec", "template", "metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/web"],
	}}
}

test_an_annotation_that_confines_passes if {
	every value in ["runtime/default", "localhost/web", "", null] {
		apparmor.deny == set() with input as samples.of(_annotated(value))
	}
	count(apparmor.deny) == 1 with input as samples.of(_annotated("runtime/default2"))
}

test_an_empty_type_is_found if {
	{f.msg | some f in _deny({"containers": [{"name": "web", "securityContext": _profile({"type": ""})}]})} == {
		`container "web" has the AppArmor profile without a type`,
	}
}

test_other_profiles_pass if {
	every profile in [{"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "web"}, null, "text"] {
		_deny({
			"securityContext": _profile(profile),
			"containers": [{"name": "web", "securityContext": _profile(profile)}],
		}) == set()
	}
	_deny({"containers": [{"name": "web"}]}) == set()
}
