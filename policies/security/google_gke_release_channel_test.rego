package holdfast.security.google_gke_release_channel_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_release_channel

_found(kind, spec) := found if {
	found := google_gke_release_channel.warn with input as attributes_test.judged(kind, spec)
}

test_no_channel_is_found if {
	_found("google_container_cluster", {"release_channel": [{"channel": "UNSPECIFIED"}]}) == {{
		"msg": "google_container_cluster.it is in no release channel",
		"path": ["spec", "release_channel", 0, "channel"],
	}}
	{f.path | some f in _found("google_container_cluster", {"enable_autopilot": false})} == {["spec"]}
}

test_a_channel_passes if {
	_found("google_container_cluster", {"release_channel": [{"channel": "REGULAR"}]}) == set()
	_found("google_container_cluster", {"release_channel": [{"channel": "${var.x}"}]}) == set()
	_found("google_container_cluster", {"enable_autopilot": true}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  release_channel {
    channel = "REGULAR"
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
