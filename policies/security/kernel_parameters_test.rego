package holdfast.security.kernel_parameters_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.kernel_parameters

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sysctl
spec:
  path: /etc/sysctl.d/60-site.conf
  content: |
    kernel.randomize_va_space = 2
    kernel.kptr_restrict = 1
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sysctl
spec:
  path: /etc/sysctl.d/60-site.conf
  content: |
    kernel.randomize_va_space = 0
`

_deny(content) := _deny_at("/etc/sysctl.d/60-site.conf", content)

_deny_at(path, content) := found if {
	found := kernel_parameters.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_a_weak_value_is_found if {
	_deny("kernel.randomize_va_space = 0\nvm.swappiness = 0\n") == {{
		"msg": `File "app" leaves addresses where they are (kernel.randomize_va_space = 0)`,
		"path": ["spec", "content"],
	}}
}

test_each_parameter_is_looked_at if {
	every setting, what in {
		"kernel.randomize_va_space=1": "leaves the heap's address where it is",
		"kernel.kptr_restrict=0": "shows kernel pointers to every user",
		"kernel.dmesg_restrict=0": "shows the kernel's log to every user",
		"kernel.unprivileged_bpf_disabled=0": "lets every user load BPF programs",
		"kernel.yama.ptrace_scope=0": "lets every process trace others of its user",
		"fs.suid_dumpable=1": "lets setuid programs dump their memory",
		"fs.protected_hardlinks=0": "lets users make hard links to files of others",
		"fs.protected_symlinks=0": "has programs follow links that others put into shared directories",
	} {
		{f.msg | some f in _deny(setting)} == {sprintf(`File "app" %s (%s)`, [what, replace(setting, "=", " = ")])}
	}
}

test_strong_values_pass if {
	_deny(concat("\n", [
		"kernel.randomize_va_space=2", "kernel.kptr_restrict=2", "kernel.dmesg_restrict=1", "fs.suid_dumpable=2",
		"kernel.unprivileged_bpf_disabled=1", "kernel.yama.ptrace_scope=1", "fs.protected_hardlinks=1", "fs.protected_symlinks=1",
	])) == set()
	_deny("fs.suid_dumpable=0\n") == set()
}

test_the_last_value_counts if {
	_deny("kernel.kptr_restrict=0\nkernel.kptr_restrict=1\n") == set()
	count(_deny("kernel.kptr_restrict=1\nkernel.kptr_restrict=0\n")) == 1
}
