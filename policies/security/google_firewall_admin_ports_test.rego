package holdfast.security.google_firewall_admin_ports_test

import data.holdfast.lib.vpc_test
import data.holdfast.security.google_firewall_admin_ports

_deny(it) := found if {
	found := google_firewall_admin_ports.deny with input as it
}

test_open_ports_are_found if {
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["20-22", "443"]}, {})) == {{
		"msg": "google_compute_firewall.it lets the Internet in on port 22 (SSH)",
		"path": ["spec", "allow", 0, "ports"],
	}}
	_deny(vpc_test.firewall({"protocol": "all"}, {})) == {{
		"msg": "google_compute_firewall.it lets the Internet in on every port",
		"path": ["spec", "allow", 0],
	}}
	_deny(vpc_test.policy_rule({"ip_protocol": "tcp", "ports": ["3389"]}, {})) == {{
		"msg": "google_compute_network_firewall_policy_rule.it lets the Internet in on port 3389 (RDP)",
		"path": ["spec", "match", 0, "layer4_configs", 0, "ports"],
	}}
}

test_other_rules_pass if {
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["80", "443"]}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "udp", "ports": ["22"]}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "icmp"}, {})) == set()
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["22"]}, {"source_ranges": ["35.235.240.0/20"]})) == set()
	_deny(vpc_test.firewall({"protocol": "tcp", "ports": ["22"]}, {"direction": "EGRESS"})) == set()
}

good_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
`

bad_example := `resource "google_compute_firewall" "in" {
  name          = "in"
  network       = "shop"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
`
