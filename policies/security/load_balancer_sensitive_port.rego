# METADATA
# title: Databases and shells on the internet
# description: |
#   A load balancer that is open to every address passes a port on which
#   databases, caches, message brokers, remote shells or the cluster's own parts
#   listen. What is internal by the annotations of the cloud providers, by a
#   private address or by loadBalancerSourceRanges passes. CIS Controls 4.4 and
#   12.2; Kubernetes documentation, "Service", internal load balancer.
# custom:
#   id: security/load-balancer-sensitive-port
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Make it a ClusterIP or an internal load balancer, or list in spec.loadBalancerSourceRanges who
#     may come.
#   scope: resource
#   kinds: [core/Service]
package holdfast.security.load_balancer_sensitive_port

import data.holdfast.lib.exposure
import data.holdfast.lib.names

_services := {
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
	5432: "PostgreSQL",
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
}

deny contains {"msg": msg, "path": ["spec", "ports", i, "port"]} if {
	some i, port in input.resource.spec.ports
	service := _services[port.port]
	exposure.open(input.resource)
	msg := sprintf("%s is open to the internet on port %d, that of %s", [names.title(input.resource), port.port, service])
}
