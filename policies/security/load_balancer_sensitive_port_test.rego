package holdfast.security.load_balancer_sensitive_port_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.load_balancer_sensitive_port

_service(metadata, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, metadata),
	"spec": spec,
}

_deny(spec) := found if {
	found := load_balancer_sensitive_port.deny with input as samples.of(_service({}, spec))
}

_ports(ports) := _deny({"type": "LoadBalancer", "ports": [{"port": port} | some port in ports]})

test_a_database_is_found if {
	_ports([443, 5432]) == {{
		"msg": `Service "web" is open to the internet on port 5432, that of PostgreSQL`,
		"path": ["spec", "ports", 1, "port"],
	}}
}

test_each_port_counts if {
	every port, service in {
		22: "SSH",
		23: "Telnet",
		445: "SMB",
		1433: "SQL Server",
		1521: "Oracle Database",
		2049: "NFS",
		2375: "Docker",
		2376: "Docker",
		2379: "etcd",
		2380: "etcd",
		3306: "MySQL",
		3389: "RDP",
		5672: "AMQP",
		5900: "VNC",
		5984: "CouchDB",
		6379: "Redis",
		7000: "Cassandra",
		9042: "Cassandra",
		9092: "Kafka",
		9200: "Elasticsearch",
		9300: "Elasticsearch",
		10250: "the kubelet",
		11211: "memcached",
		27017: "MongoDB",
	} {
		{f.msg | some f in _ports([port])} == {
			sprintf(`Service "web" is open to the internet on port %d, that of %s`, [port, service]),
		}
	}
}

test_others_pass if {
	_ports([80, 443, 8080, 53]) == set()
	_deny({"type": "ClusterIP", "ports": [{"port": 5432}]}) == set()
	_deny({"type": "LoadBalancer", "ports": [{"port": 5432}], "loadBalancerSourceRanges": ["198.51.100.0/24"]}) == set()
	_deny({"type": "LoadBalancer", "ports": [{"port": "5432"}, {"targetPort": 5432}, null]}) == set()
	_deny(null) == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: db
spec:
  type: LoadBalancer
  loadBalancerSourceRanges: [198.51.100.0/24]
  selector: {app: db}
  ports: [{port: 5432}]
`

bad_example := `apiVersion: v1
kind: Service
metadata:
  name: db
spec:
  type: LoadBalancer
  selector: {app: db}
  ports: [{port: 5432}]
`
