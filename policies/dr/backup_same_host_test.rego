package holdfast.dr.backup_same_host_test

import data.holdfast.dr.backup_same_host
import data.holdfast.lib.samples_test as samples

_warn_of(spec) := found if {
	found := backup_same_host.warn with input as samples.of(samples.file(spec))
		with data.holdfast.params as {"backup_config_paths": ["**/pgbackrest.conf", "**/restic*"]}
}

_pgbackrest(content) := _warn_of({"path": "/etc/pgbackrest.conf", "content": content})

_restic(content) := _warn_of({"path": "/etc/restic.env", "content": content})

_local := "[global]\nrepo1-path=/var/lib/pgbackrest\n"

_finding(what) := {{
	"msg": sprintf(`File "app" stores backups on the host itself (%s)`, [what]),
	"path": ["spec", "content"],
}}

test_a_local_repository_is_found if {
	_pgbackrest(concat("", [_local, "[main]\npg1-path=/var/lib/postgresql/16/main\n"])) == _finding("repo1-path /var/lib/pgbackrest")
	_pgbackrest("[global]\nrepo1-path=/var/lib/pgbackrest\nrepo1-type=posix\n") == _finding("repo1-path /var/lib/pgbackrest")
	_restic("export RESTIC_REPOSITORY=/srv/restic\n") == _finding("RESTIC_REPOSITORY /srv/restic")
	_restic("BORG_REPO=/srv/borg\n") == _finding("BORG_REPO /srv/borg")
}

test_a_repository_elsewhere_passes if {
	every more in [
		"repo1-host=backup.example.com\n", "repo2-type=s3\n", "repo1-type=gcs\n", "repo1-type=azure\n", "repo1-type=sftp\n",
		"repo1-type=cifs\n", "[main]\npg1-host=db.example.com\n",
	] {
		_pgbackrest(concat("", [_local, more])) == set()
	}
	_restic("RESTIC_REPOSITORY=s3:https://s3.example.com/b\n") == set()
	_restic("BORG_REPO=backup.example.com:/srv/borg\n") == set()
}

test_other_types_do_not_count if {
	_pgbackrest(concat("", [_local, "process-type=s3\n"])) == _finding("repo1-path /var/lib/pgbackrest")
}

test_mounts_pass if {
	every path in ["/mnt/nas/x", "/media/x", "/net/x", "/nfs/x", "/srv/nfs/x"] {
		_pgbackrest(sprintf("repo1-path=%s\n", [path])) == set()
		_restic(sprintf("RESTIC_REPOSITORY=%s\n", [path])) == set()
	}
	count(_restic("RESTIC_REPOSITORY=/mntx/y\n")) == 1
}

test_other_settings_and_files_pass if {
	_pgbackrest("log-path=/var/log/pgbackrest\n") == set()
	_restic("RESTIC_CACHE_DIR=/var/cache/restic\n") == set()
	_warn_of({"path": "/etc/app.conf", "content": _local}) == set()
	_warn_of({"path": "/etc/pgbackrest.conf", "source": "pgbackrest.conf"}) == set()
	_warn_of({"path": 5, "content": _local}) == set()
	_warn_of({"path": "/etc/restic.yaml", "content": "restic_repository: 5\n"}) == set()
	_warn_of({"path": "/etc/pgbackrest.conf", "content": 5}) == set()
}

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: pgbackrest
spec:
  path: /etc/pgbackrest.conf
  content: |
    [global]
    repo1-type=s3
    repo1-s3-bucket=shop-backups
    repo1-path=/pgbackrest
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: pgbackrest
spec:
  path: /etc/pgbackrest.conf
  content: |
    [global]
    repo1-path=/var/lib/pgbackrest
    [main]
    pg1-path=/var/lib/postgresql/16/main
`
