# METADATA
# title: Ports and sources of firewall rules
# description: |
#   Ports as Azure and Google Cloud write them ("22", "20-25", "*"), which of
#   them are for administrators or belong to databases, and sources that are
#   all of the Internet.
package holdfast.lib.ports

admin := {22: "SSH", 23: "Telnet", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}

# databases are the ports of databases, caches and search engines as IANA has them
# registered, or as their documentation says.
databases := {
	1433: "SQL Server",
	1521: "Oracle",
	3306: "MySQL",
	5432: "PostgreSQL",
	5984: "CouchDB",
	6379: "Redis",
	7001: "Cassandra",
	9042: "Cassandra",
	9200: "Elasticsearch",
	11211: "Memcached",
	27017: "MongoDB",
}

# internet is true for a source that is every address, or half of them.
internet(source) if {
	is_string(source)
	lower(trim_space(source)) in {"*", "any", "internet", "0.0.0.0", "0.0.0.0/1", "128.0.0.0/1"}
}

internet(source) if {
	is_string(source)
	endswith(trim_space(source), "/0")
}

# all is true for a range of all ports.
all(range) if {
	bounds := _bounds(range)
	bounds[0] <= 1
	bounds[1] == 65535
}

# named are the ports of a table that the ranges cover, in words.
named(ranges, table) := [sprintf("%d (%s)", [port, name]) |
	some port, name in table
	_covered(ranges, port)
]

_covered(ranges, port) if {
	some range in ranges
	bounds := _bounds(range)
	bounds[0] <= port
	port <= bounds[1]
}

_bounds("*") := [1, 65535]

_bounds(range) := [range, range] if is_number(range)

_bounds(range) := [to_number(match[1]), to_number(_last(match))] if {
	is_string(range)
	some match in regex.find_all_string_submatch_n(`^\s*0*([0-9]{1,5})\s*(?:-\s*0*([0-9]{1,5})\s*)?$`, range, 1)
}

_last(match) := match[2] if {
	match[2] != ""
} else := match[1]
