# METADATA
# title: Administrative and database ports open to the internet
# description: |
#   A security group that lets everyone (0.0.0.0/0 or ::/0) reach a port on which
#   machines are administered or data is served, or every port. CIS AWS
#   Foundations Benchmark 3.0.0, sections 5.2 and 5.3. The ports are those of the
#   parameter aws_closed_ports.
# custom:
#   id: security/aws-open-port
#   category: security
#   severity: critical
#   profile: starter
#   controls: [cis-aws/5.2, cis-aws/5.3]
#   remediation: >-
#     Let in only the networks or security groups that need the port; for administration use Session
#     Manager or a VPN.
#   scope: resource
#   kinds:
#     - terraform/aws_security_group
#     - terraform/aws_default_security_group
#     - terraform/aws_security_group_rule
#     - terraform/aws_vpc_security_group_ingress_rule
#   params:
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
package holdfast.security.aws_open_port

import data.holdfast.lib.aws
import data.holdfast.lib.aws_network

deny contains {"msg": msg, "path": opening.path} if {
	some opening in aws_network.into_groups
	ports := aws_network.ports(opening, data.holdfast.params.aws_closed_ports)
	msg := sprintf("%s lets %s reach %s", [aws.title, opening.cidr, ports])
}
