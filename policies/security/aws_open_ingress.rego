# METADATA
# title: Ports open to the internet
# description: |
#   A security group that lets everyone (0.0.0.0/0 or ::/0) reach ports beyond
#   those of the parameter aws_public_ports, which are HTTP and HTTPS. What
#   security/aws-open-port reports is not reported again. AWS, Amazon VPC User
#   Guide, "Security best practices".
# custom:
#   id: security/aws-open-ingress
#   category: security
#   severity: medium
#   profile: strict
#   remediation: >-
#     Let in only the networks or security groups that need the port, or add it to the parameter
#     aws_public_ports.
#   scope: resource
#   kinds:
#     - terraform/aws_security_group
#     - terraform/aws_default_security_group
#     - terraform/aws_security_group_rule
#     - terraform/aws_vpc_security_group_ingress_rule
#   params:
#     aws_public_ports: [80, 443]
#     aws_closed_ports:
#       "20": FTP
#       "21": FTP
#       "22": SSH
#       "23": Telnet
#       "135": RPC
#       "137": NetBIOS
#       "138": NetBIOS
#       "139": NetBIOS
#       "445": SMB
#       "1433": SQL Server
#       "1434": SQL Server
#       "1521": Oracle
#       "2375": Docker
#       "2376": Docker
#       "2379": etcd
#       "2380": etcd
#       "3306": MySQL
#       "3389": RDP
#       "5432": PostgreSQL
#       "5439": Redshift
#       "5601": Kibana
#       "5900": VNC
#       "5985": WinRM
#       "5986": WinRM
#       "6379": Redis
#       "7000": Cassandra
#       "7001": Cassandra
#       "9042": Cassandra
#       "9200": Elasticsearch
#       "9300": Elasticsearch
#       "10250": kubelet
#       "11211": Memcached
#       "27017": MongoDB
#       "27018": MongoDB
package holdfast.security.aws_open_ingress

import data.holdfast.lib.aws
import data.holdfast.lib.aws_network

warn contains {"msg": msg, "path": opening.path} if {
	some opening in aws_network.into_groups
	not aws_network.ports(opening, data.holdfast.params.aws_closed_ports)
	not _public(opening)
	msg := sprintf("%s lets %s reach %s", [aws.title, opening.cidr, _phrase(opening)])
}

_public(opening) if {
	opening.from == opening.to
	opening.from in data.holdfast.params.aws_public_ports
}

_phrase(opening) := sprintf("port %d", [opening.from]) if {
	opening.from == opening.to
} else := sprintf("ports %d to %d", [opening.from, opening.to])
