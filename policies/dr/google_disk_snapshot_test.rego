package holdfast.dr.google_disk_snapshot_test

import data.holdfast.dr.google_disk_snapshot
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_disk_snapshot.warn with input as attributes_test.judged(kind, spec)
}

_disk := attributes_test.made("google_compute_disk", {"name": "data"})

_with(kind, of) := found if {
	attachment := attributes_test.points(attributes_test.made(kind, {}), "disk", [of])
	found := google_disk_snapshot.warn with input as attributes_test.of(_disk)
		with data.holdfast.resources as attributes_test.stored({_disk, attachment})
}

test_no_schedule_is_found if {
	_found("google_compute_disk", {"resource_policies": []}) == {{
		"msg": "google_compute_disk.it has no schedule of snapshots",
		"path": ["spec"],
	}}
	count(_with("google_compute_disk_resource_policy_attachment", "google_compute_disk.other")) == 1
	count(_with("google_compute_region_disk_resource_policy_attachment", "google_compute_disk.other")) == 1
}

test_a_schedule_passes if {
	_with("google_compute_disk_resource_policy_attachment", "google_compute_disk.it") == set()
	_with("google_compute_region_disk_resource_policy_attachment", "google_compute_disk.it") == set()
	_found("google_compute_disk", {"resource_policies": ["x"]}) == set()
}

good_example := `resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west1-b"
}

resource "google_compute_disk_resource_policy_attachment" "data" {
  name = "nightly"
  disk = google_compute_disk.data.name
  zone = "europe-west1-b"
}
`

bad_example := `resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west1-b"
}
`
