# METADATA
# title: Services that talk in plain text
# description: |
#   Caches, search domains, streams, proxies, mounts and databases that do not
#   encrypt what goes over the network, by a switch that is off or a parameter
#   that allows it. ElastiCache for Redis, search domains, DAX, RDS Proxy and EFS
#   volumes of ECS are plain unless the code says otherwise; MSK and MemoryDB are
#   encrypted unless it says otherwise. AWS Security Hub ElastiCache.5,
#   Opensearch.3, Opensearch.8, MSK.1 and DynamoDB.7; Amazon RDS User Guide,
#   "Using SSL/TLS".
# custom:
#   id: security/aws-unencrypted-transit
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Turn encryption in transit on, and have clients connect with TLS.
#   scope: resource
#   kinds:
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_memorydb_cluster
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_msk_cluster
#     - terraform/aws_dax_cluster
#     - terraform/aws_db_proxy
#     - terraform/aws_ecs_task_definition
#     - terraform/aws_db_parameter_group
#     - terraform/aws_rds_cluster_parameter_group
#     - terraform/aws_docdb_cluster_parameter_group
#     - terraform/aws_redshift_parameter_group
package holdfast.security.aws_unencrypted_transit

import data.holdfast.lib.aws

_switches := {
	"aws_elasticache_replication_group": "transit_encryption_enabled",
	"aws_db_proxy": "require_tls",
}

_blocks := {
	["aws_opensearch_domain", "node_to_node_encryption", "enabled"],
	["aws_opensearch_domain", "domain_endpoint_options", "enforce_https"],
	["aws_elasticsearch_domain", "node_to_node_encryption", "enabled"],
	["aws_elasticsearch_domain", "domain_endpoint_options", "enforce_https"],
}

# Parameters of databases, with the values that allow plain text.
_parameters := {
	"rds.force_ssl": {"0"},
	"require_secure_transport": {"0", "off"},
	"require_ssl": {"false"},
	"tls": {"disabled"},
}

deny contains {"msg": msg, "path": path} if {
	switch := _switches[input.resource.kind]
	not aws.on(aws.get(_spec, switch))
	not _elsewhere
	msg := sprintf("%s does not set %s", [aws.title, switch])
	path := aws.path(["spec"], _spec, switch)
}

deny contains {"msg": msg, "path": ["spec"]} if {
	some [input.resource.kind, name, switch] in _blocks
	not aws.present(aws.get(_spec, name))
	msg := sprintf("%s does not set %s.%s", [aws.title, name, switch])
}

deny contains {"msg": msg, "path": path} if {
	some [input.resource.kind, name, switch] in _blocks
	some i, block in _spec[name]
	not aws.on(aws.get(block, switch))
	msg := sprintf("%s does not set %s.%s", [aws.title, name, switch])
	path := aws.path(["spec", name, i], block, switch)
}

deny contains {"msg": msg, "path": ["spec", "tls_enabled"]} if {
	aws.off(input.resource.spec.tls_enabled)
	msg := sprintf("%s turns TLS off", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_dax_cluster"
	aws.get(_spec, "cluster_endpoint_encryption_type") in {null, "NONE"}
	msg := sprintf("%s does not use TLS", [aws.title])
	path := aws.path(["spec"], _spec, "cluster_endpoint_encryption_type")
}

deny contains {"msg": msg, "path": path} if {
	some i, j
	some field, value in input.resource.spec.encryption_info[i].encryption_in_transit[j]
	_allows(field, value)
	msg := sprintf("%s allows plain text, by %s", [aws.title, field])
	path := ["spec", "encryption_info", i, "encryption_in_transit", j, field]
}

deny contains {"msg": msg, "path": path} if {
	some i
	some j, efs in input.resource.spec.volume[i].efs_volume_configuration
	aws.get(efs, "transit_encryption") in {null, "DISABLED"}
	msg := sprintf("%s mounts a file system without TLS", [aws.title])
	path := aws.path(["spec", "volume", i, "efs_volume_configuration", j], efs, "transit_encryption")
}

deny contains {"msg": msg, "path": ["spec", "parameter", i, "value"]} if {
	some i
	name := input.resource.spec.parameter[i].name
	value := input.resource.spec.parameter[i].value
	lower(sprintf("%v", [value])) in _parameters[name]
	msg := sprintf("%s sets %s to %v", [aws.title, name, value])
}

_allows("client_broker", value) if value in {"PLAINTEXT", "TLS_PLAINTEXT"}

_allows("in_cluster", value) if aws.off(value)

_elsewhere if aws.present(input.resource.spec.global_replication_group_id)

_spec["transit_encryption_enabled"] := input.resource.spec.transit_encryption_enabled

_spec["require_tls"] := input.resource.spec.require_tls

_spec["node_to_node_encryption"] := input.resource.spec.node_to_node_encryption

_spec["domain_endpoint_options"] := input.resource.spec.domain_endpoint_options

_spec["cluster_endpoint_encryption_type"] := input.resource.spec.cluster_endpoint_encryption_type
