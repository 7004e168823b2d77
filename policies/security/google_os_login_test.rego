package holdfast.security.google_os_login_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_os_login

_found(kind, spec) := found if {
	found := google_os_login.deny with input as attributes_test.judged(kind, spec)
}

_project := "google_compute_project_metadata"

test_off_is_found if {
	_found(_project, {"metadata": {"foo": "bar"}}) == {{
		"msg": "google_compute_project_metadata.it leaves OS Login off in the project",
		"path": ["spec", "metadata"],
	}}
	{f.path | some f in _found(_project, {})} == {["spec"]}
	count(_found(_project, {"metadata": {"enable-oslogin": "FALSE"}})) == 1
	_found("google_compute_instance", {"metadata": {"enable-oslogin": "FALSE"}}) == {{
		"msg": "google_compute_instance.it switches OS Login off",
		"path": ["spec", "metadata", "enable-oslogin"],
	}}
	_found("google_compute_project_metadata_item", {"key": "enable-oslogin", "value": "false"}) == {{
		"msg": "google_compute_project_metadata_item.it switches OS Login off",
		"path": ["spec", "value"],
	}}
}

test_on_passes if {
	_found(_project, {"metadata": {"enable-oslogin": "TRUE"}}) == set()
	_found(_project, {"metadata": {"enable-oslogin": "${var.x}"}}) == set()
	_found(_project, {"metadata": "${var.x}"}) == set()
	_found("google_compute_instance", {"metadata": {"enable-oslogin": "TRUE"}}) == set()
	_found("google_compute_instance", {}) == set()
	_found("google_compute_project_metadata_item", {"key": "enable-oslogin", "value": "TRUE"}) == set()
	_found("google_compute_project_metadata_item", {"key": "other", "value": "FALSE"}) == set()
}

good_example := `resource "google_compute_project_metadata" "all" {
  metadata = {
    enable-oslogin = "TRUE"
  }
}
`

bad_example := `resource "google_compute_project_metadata" "all" {
  metadata = {
    enable-oslogin = "FALSE"
  }
}
`
