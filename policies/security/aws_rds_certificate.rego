# METADATA
# title: Databases with a certificate of an expired authority
# description: |
#   The authorities rds-ca-2015 and rds-ca-2019 have expired, so that clients
#   that check the certificate can no longer connect and the others no longer
#   check. Amazon RDS User Guide, "Rotating your SSL/TLS certificate"; the names
#   are those of the parameter aws_expired_authorities.
# custom:
#   id: security/aws-rds-certificate
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set ca_cert_identifier to rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1, after
#     clients trust it.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_rds_cluster_instance
#     - terraform/aws_docdb_cluster_instance
#   params:
#     aws_expired_authorities: [rds-ca-2010, rds-ca-2015, rds-ca-2019]
package holdfast.security.aws_rds_certificate

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, authority in _spec
	authority in data.holdfast.params.aws_expired_authorities
	msg := sprintf("%s has a certificate of %s", [aws.title, authority])
}

_spec["ca_cert_identifier"] := input.resource.spec.ca_cert_identifier

_spec["ca_certificate_identifier"] := input.resource.spec.ca_certificate_identifier
