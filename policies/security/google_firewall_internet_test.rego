package holdfast.security.google_firewall_internet_test

import data.holdfast.lib.vpc_test
import data.holdfast.security.google_firewall_internet

_warn(it) := found if {
	found := google_firewall_internet.warn with input as it with data.holdfast.params.google_public_ports as ["80", "443"]
}

test_open_ports_are_found if {
	_warn(vpc_test.firewall({"protocol": "tcp", "ports": ["443", "8080", 80]}, {})) == {{
		"msg": "google_compute_firewall.it lets the Internet in over tcp on port 8080",
		"path": ["spec", "allow", 0, "ports"],
	}}
	_warn(vpc_test.firewall({"protocol": "udp"}, {})) == {{
		"msg": "google_compute_firewall.it lets the Internet in over udp on port *",
		"path": ["spec", "allow", 0],
	}}
	count(_warn(vpc_test.firewall({"protocol": "udp", "ports": ["443"]}, {}))) == 1
}

test_other_rules_pass if {
	_warn(vpc_test.firewall({"protocol": "tcp", "ports": ["80", "443"]}, {})) == set()
	_warn(vpc_test.firewall({"protocol": "icmp"}, {})) == set()
	_warn(vpc_test.firewall({"protocol": "tcp", "ports": ["22"]}, {})) == set()
	_warn(vpc_test.firewall({"protocol": "tcp", "ports": ["5432"]}, {})) == set()
	_warn(vpc_test.firewall({"protocol": "all"}, {})) == set()
	_warn(vpc_test.firewall({"protocol": "tcp", "ports": ["8080"]}, {"source_ranges": ["10.0.0.0/8"]})) == set()
}

good_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
`

bad_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}
`
