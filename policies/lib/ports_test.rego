package holdfast.lib.ports_test

import data.holdfast.lib.ports

test_ranges if {
	ports.named(["22"], ports.admin) == ["22 (SSH)"]
	ports.named([22], ports.admin) == ["22 (SSH)"]
	ports.named(["20-22"], ports.admin) == ["22 (SSH)"]
	ports.named(["22 - 23", "443"], ports.admin) == ["22 (SSH)", "23 (Telnet)"]
	ports.named(["0022-0023"], ports.admin) == ["22 (SSH)", "23 (Telnet)"]
	ports.named(["*"], ports.admin) == [
		"22 (SSH)",
		"23 (Telnet)",
		"3389 (RDP)",
		"5985 (WinRM)",
		"5986 (WinRM)",
	]
}

test_other_ranges if {
	every ranges in [["21"], ["24-3388"], ["80", "443"], [""], ["ssh"], [null], ["22-"], ["${var.port}"], [], "22"] {
		ports.named(ranges, {22: "SSH", 3389: "RDP", 23: "Telnet"}) == []
	}
}

test_all_ports if {
	every range in ["*", "0-65535", "1-65535"] {
		ports.all(range)
	}
	every range in ["2-65535", "0-65534", "22", "", null, 65535] {
		not ports.all(range)
	}
}

test_the_tables if {
	ports.admin == {22: "SSH", 23: "Telnet", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}
	object.keys(ports.databases) == {1433, 1521, 3306, 5432, 5984, 6379, 7001, 9042, 9200, 11211, 27017}
	concat(" ", ports.named(["*"], ports.databases)) == concat(" ", [
		"1433 (SQL Server) 1521 (Oracle) 3306 (MySQL) 5432 (PostgreSQL) 5984 (CouchDB) 6379 (Redis)",
		"7001 (Cassandra) 9042 (Cassandra) 9200 (Elasticsearch) 11211 (Memcached) 27017 (MongoDB)",
	])
}

test_the_internet if {
	every source in [
		"*", "Any", "Internet", "internet", " 0.0.0.0/0 ", "::/0", "0.0.0.0", "0.0.0.0/1", "128.0.0.0/1", "<nw>/0",
		" * ",
	] {
		ports.internet(source)
	}
	every source in ["10.0.0.0/8", "VirtualNetwork", "", null, 0, "1.2.3.4/10", "${a.b}", "AzureLoadBalancer"] {
		not ports.internet(source)
	}
}
