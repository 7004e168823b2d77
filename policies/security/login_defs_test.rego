package holdfast.security.login_defs_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.login_defs

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: login
spec:
  path: /etc/login.defs
  content: |
    PASS_MAX_DAYS 365
    UMASK 027
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: login
spec:
  path: /etc/login.defs
  content: |
    PASS_MAX_DAYS 99999
    UMASK 022
`

_warn(content) := _warn_at("/etc/login.defs", content)

_warn_at(path, content) := found if {
	found := login_defs.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

test_both_are_found if {
	_warn("PASS_MAX_DAYS 366\nUMASK 022\n") == {
		{
			"msg": `File "app" lets passwords hold for more than 365 days (PASS_MAX_DAYS 366)`,
			"path": ["spec", "content"],
		},
		{
			"msg": `File "app" gives new files to more than their owner, and their group to read (UMASK 022)`,
			"path": ["spec", "content"],
		},
	}
}

test_never_is_found if {
	{f.msg | some f in _warn("PASS_MAX_DAYS -1\n")} == {`File "app" lets passwords hold for more than 365 days (PASS_MAX_DAYS -1)`}
}

test_the_limit_passes if {
	_warn("PASS_MAX_DAYS 365\n") == set()
	_warn("PASS_MAX_DAYS soon\nUMASK wide\n") == set()
	_warn("PASS_MAX_DAYS 400\n") == set() with data.holdfast.params.login_pass_max_days as 400
}

test_umasks if {
	every umask in ["027", "077", "0027", "037", "27", "067"] {
		_warn(sprintf("UMASK %s\n", [umask])) == set()
	}
	every umask in ["022", "002", "026", "007", "017", "000", "0022", "047", "057"] {
		count(_warn(sprintf("UMASK %s\n", [umask]))) == 1
	}
}
