# METADATA
# title: TLS below version 1.2
# description: |
#   Load balancers, CloudFront distributions, search domains, API domains and
#   file servers that still accept TLS 1.0 or 1.1, as most do where no policy is
#   named. A distribution with CloudFront's own certificate accepts them whatever
#   it says. RFC 8996 deprecates both versions; AWS Security Hub ELB.17,
#   CloudFront.15 and Opensearch.8.
# custom:
#   id: security/aws-tls-floor
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Choose a policy with TLS 1.2 as the least, such as ELBSecurityPolicy-TLS13-1-2-2021-06,
#     TLSv1.2_2021, Policy-Min-TLS-1-2-2019-07 or TLS_1_2.
#   scope: resource
#   kinds:
#     - terraform/aws_lb_listener
#     - terraform/aws_alb_listener
#     - terraform/aws_cloudfront_distribution
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_api_gateway_domain_name
#     - terraform/aws_transfer_server
package holdfast.security.aws_tls_floor

import data.holdfast.lib.aws

# Policies of load balancers that begin so ask for TLS 1.2 at least.
_elb_policies := `^ELBSecurityPolicy-(?:TLS13-1-[23]-|TLS-1-2-|FS-1-2-)`

deny contains {"msg": msg, "path": path} if {
	input.resource.kind in {"aws_lb_listener", "aws_alb_listener"}
	input.resource.spec.protocol in {"HTTPS", "TLS"}
	_old_elb(aws.get(_spec, "ssl_policy"))
	msg := sprintf("%s accepts TLS below 1.2", [aws.title])
	path := aws.path(["spec"], _spec, "ssl_policy")
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_cloudfront_distribution"
	not _own_default
	aws.get(_certificate, "minimum_protocol_version") in {null, "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"}
	msg := sprintf("%s accepts TLS below 1.2", [aws.title])
	path := aws.path(["spec", "viewer_certificate", 0], _certificate, "minimum_protocol_version")
}

deny contains {"msg": msg, "path": ["spec", "viewer_certificate", 0, "cloudfront_default_certificate"]} if {
	_own_default
	msg := sprintf("%s accepts TLS below 1.2", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind in {"aws_opensearch_domain", "aws_elasticsearch_domain"}
	aws.get(_options, "tls_security_policy") in {null, "Policy-Min-TLS-1-0-2019-07"}
	msg := sprintf("%s accepts TLS below 1.2", [aws.title])
	path := aws.path(["spec", "domain_endpoint_options", 0], _options, "tls_security_policy")
}

deny contains {"msg": msg, "path": ["spec", "security_policy"]} if {
	input.resource.spec.security_policy == "TLS_1_0"
	msg := sprintf("%s accepts TLS below 1.2", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "protocols", i]} if {
	some i, "FTP" in input.resource.spec.protocols
	msg := sprintf("%s serves FTP, which is not encrypted", [aws.title])
}

_own_default if aws.get(_certificate, "cloudfront_default_certificate") in {true, "true"}

_old_elb(null) := true

_old_elb(policy) if {
	is_string(policy)
	startswith(policy, "ELBSecurityPolicy-")
	not regex.match(_elb_policies, policy)
}

_spec["ssl_policy"] := input.resource.spec.ssl_policy

_certificate["cloudfront_default_certificate"] := input.resource.spec.viewer_certificate[0].cloudfront_default_certificate

_certificate["minimum_protocol_version"] := input.resource.spec.viewer_certificate[0].minimum_protocol_version

_options["tls_security_policy"] := input.resource.spec.domain_endpoint_options[0].tls_security_policy
