package holdfast.security.google_firewall_database_ports_test

import data.holdfast.lib.vpc_test
import data.holdfast.security.google_firewall_database_ports

_deny(it) := found if {
	found := google_firewall_database_ports.deny with input as it
}

test_open_ports_are_found if {
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["3306", "27000-28000"]}, {})) == {{
		"msg": "google_compute_firewall.it lets the Internet in on port 3306 (MySQL), 27017 (MongoDB)",
		"path": ["spec", "allow", 0, "ports"],
	}}
	count(_deny(vpc_test.policy_rule({"ip_protocol": "all", "ports": ["6379"]}, {}))) == 1
}

test_other_rules_pass if {
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["443"]}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "tcp"}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "udp", "ports": ["3306"]}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["3306"]}, {"source_ranges": ["10.0.0.0/8"]})) == set()
}

good_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["10.0.0.0/8"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}
`

bad_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}
`
