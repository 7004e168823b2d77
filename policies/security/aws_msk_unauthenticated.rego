# METADATA
# title: Kafka clusters that anybody may use
# description: |
#   A cluster with client_authentication.unauthenticated lets whoever reaches its
#   brokers read and write. AWS Security Hub MSK.6.
# custom:
#   id: security/aws-msk-unauthenticated
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set unauthenticated to false and enable sasl.iam, sasl.scram or tls.
#   scope: resource
#   kinds: [terraform/aws_msk_cluster]
package holdfast.security.aws_msk_unauthenticated

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "client_authentication", i, "unauthenticated"]} if {
	some i
	input.resource.spec.client_authentication[i].unauthenticated in {true, "true"}
	msg := sprintf("%s lets clients in without authentication", [aws.title])
}
