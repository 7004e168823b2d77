package holdfast.security.selinux_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.selinux

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        seLinuxOptions:
          level: s0:c123,c456
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
        seLinuxOptions:
          type: spc_t
`

_deny(spec) := found if {
	found := selinux.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_options(value) := {"seLinuxOptions": value}

test_the_pod_is_found if {
	_deny({"securityContext": _options({"type": "spc_t", "user": "system_u", "role": "system_r", "level": "s0"})}) == {
		{
			"msg": `Deployment "web" sets the SELinux type spc_t`,
			"path": samples.in_pod(["securityContext", "seLinuxOptions", "type"]),
		},
		{
			"msg": `Deployment "web" sets the SELinux user system_u`,
			"path": samples.in_pod(["securityContext", "seLinuxOptions", "user"]),
		},
		{
			"msg": `Deployment "web" sets the SELinux role system_r`,
			"path": samples.in_pod(["securityContext", "seLinuxOptions", "role"]),
		},
	}
}

test_a_container_is_found if {
	_deny({
		"containers": [{"name": "web", "securityContext": _options({"type": "container_t"})}],
		"ephemeralContainers": [{"name": "debug", "securityContext": _options({"type": "container_t", "user": "root"})}],
	}) == {{
		"msg": `ephemeral container "debug" sets the SELinux user root`,
		"path": samples.in_pod(["ephemeralContainers", 0, "securityContext", "seLinuxOptions", "user"]),
	}}
}

test_types_of_containers_pass if {
	every options in [
		{"type": "container_t"}, {"type": "container_init_t"}, {"type": "container_kvm_t"}, {"type": "container_engine_t"},
		{"type": ""}, {"type": null}, {"user": "", "role": ""}, {"user": null, "role": null}, {"level": "s0"}, {}, null, "spc_t",
	] {
		_deny({"securityContext": _options(options), "containers": [{"name": "web", "securityContext": _options(options)}]}) == set()
	}
}

test_the_engine_s_type_by_version if {
	spec := {"securityContext": _options({"type": "container_engine_t"})}
	count(_deny_at("v1.30", spec)) == 1
	_deny_at("v1.31", spec) == set()
	_deny_at("v1.30", {"securityContext": _options({"type": "container_t"})}) == set()
}
