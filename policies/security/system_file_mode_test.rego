package holdfast.security.system_file_mode_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.system_file_mode

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sudoers
spec:
  path: /etc/sudoers.d/site
  source: files/sudoers
  mode: "0440"
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sudoers
spec:
  path: /etc/sudoers.d/site
  source: files/sudoers
  mode: "0660"
`

_deny(spec) := found if {
	found := system_file_mode.deny with input as samples.of(samples.file(spec))
}

_warn(spec) := found if {
	found := system_file_mode.warn with input as samples.of(samples.file(spec))
}

_warn_directory(spec) := found if {
	found := system_file_mode.warn with input as samples.of(samples.directory(spec))
}

test_a_group_that_may_write_is_denied if {
	_deny({"path": "/etc/sudoers.d/site", "mode": "0660"}) == {{
		"msg": `File "app", /etc/sudoers.d/site, has the mode 0660, wider than 0640`,
		"path": ["spec", "mode"],
	}}
	_warn({"path": "/etc/sudoers.d/site", "mode": "0660"}) == set()
	{f.msg | some f in _deny({"path": "etc/cron.d/job", "mode": "0775"})} == {
		`File "app", /etc/cron.d/job, has the mode 0775, wider than 0755`,
	}
}

test_others_who_may_read_are_reported if {
	_warn({"path": "/etc/ssh/sshd_config", "mode": "0604"}) == {{
		"msg": `File "app", /etc/ssh/sshd_config, has the mode 0604, wider than 0600`,
		"path": ["spec", "mode"],
	}}
	_deny({"path": "/etc/ssh/sshd_config", "mode": "0644"}) == set()
}

test_the_driver_s_default_counts if {
	_warn({"path": "/etc/crontab"}) == {{
		"msg": `File "app", /etc/crontab, has the mode 0644, wider than 0600`,
		"path": ["spec"],
	}}
	_warn({"path": "/etc/crontab", "sensitive": true}) == set()
	_warn_directory({"path": "/etc/cron.d"}) == {{
		"msg": `Directory "app", /etc/cron.d, has the mode 0755, wider than 0700`,
		"path": ["spec"],
	}}
}

test_each_path_and_its_mode if {
	every path, pair in {
		"/etc/passwd": ["0644", "0654"],
		"/etc/group-": ["0644", "0645"],
		"/etc/shadow": ["0640", "0641"],
		"/etc/gshadow-": ["0600", "0650"],
		"/etc/ssh/sshd_config": ["0600", "0640"],
		"/etc/ssh/sshd_config.d/a.conf": ["0400", "0604"],
		"/etc/sudoers": ["0440", "0444"],
		"/etc/sudoers.d/a": ["0640", "0740"],
		"/etc/crontab": ["0600", "0700"],
		"/etc/anacrontab": ["0600", "0610"],
		"/etc/cron.daily": ["0700", "0750"],
		"/etc/cron.hourly": ["0700", "0705"],
		"/etc/cron.weekly": ["0700", "0710"],
		"/etc/cron.monthly": ["700", "0701"],
		"/etc/cron.allow": ["0640", "0644"],
		"/etc/at.allow": ["0640", "0650"],
		"/boot/grub/grub.cfg": ["0600", "0640"],
		"/boot/grub2/user.cfg": ["0600", "0604"],
	} {
		_warn({"path": path, "mode": pair[0]}) == set()
		count(_warn({"path": path, "mode": pair[1]})) == 1
	}
	_warn({"path": "/etc/cron.d/job", "mode": "0755"}) == set()
}

# Those are others' findings.
test_what_other_rules_find_passes if {
	every mode in ["0666", "0602", "0662"] {
		_deny({"path": "/etc/sudoers", "mode": mode}) == set()
		_warn({"path": "/etc/sudoers", "mode": mode}) == set()
	}
	_warn({"path": "/etc/shadow", "mode": "0644"}) == set()
	count(_warn({"path": "/etc/passwd", "mode": "0744"})) == 1
}

test_other_paths_pass if {
	every path in ["/etc/motd", "/srv/etc/shadow", "/etc/cron.d/a/b", "/etc/sudoers2", "/etc/ssh/ssh_config", "/etc/passwd.bak"] {
		_deny({"path": path, "mode": "0664"}) == set()
		_warn({"path": path, "mode": "0755"}) == set()
	}
	_warn({"path": "/etc/crontab", "mode": "rw-r--r--"}) == set()
	_warn({"path": "/etc/crontab", "mode": 420}) == set()
}
