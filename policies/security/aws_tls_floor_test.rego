package holdfast.security.aws_tls_floor_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_tls_floor

_found(kind, spec) := found if {
	found := aws_tls_floor.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_lb_listener" "https" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1"
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
  }
}`

bad_example := `resource "aws_lb_listener" "https" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1"
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-2016-08"
  certificate_arn   = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
  }
}`

test_listeners if {
	_found("aws_lb_listener", {"protocol": "TLS"}) == {{"msg": "aws_lb_listener.x accepts TLS below 1.2", "path": ["spec"]}}
	every policy in [
		"ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-0-2015-04", "ELBSecurityPolicy-TLS-1-1-2017-01",
		"ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-TLS13-1-0-2021-06",
		"ELBSecurityPolicy-TLS13-1-1-2021-06",
	] {
		_found("aws_alb_listener", {"protocol": "HTTPS", "ssl_policy": policy}) == {{
			"msg": "aws_alb_listener.x accepts TLS below 1.2",
			"path": ["spec", "ssl_policy"],
		}}
	}
	every policy in [
		"ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
		"ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "ELBSecurityPolicy-FS-1-2-Res-2020-10",
		samples.reference, 7,
	] {
		_found("aws_lb_listener", {"protocol": "HTTPS", "ssl_policy": policy}) == set()
	}
	_found("aws_lb_listener", {"protocol": "HTTP"}) == set()
	_found("aws_transfer_server", {"protocol": "HTTPS"}) == set()
}

test_distributions if {
	every version in ["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"] {
		_found("aws_cloudfront_distribution", {"viewer_certificate": [{"minimum_protocol_version": version}]}) == {{
			"msg": "aws_cloudfront_distribution.x accepts TLS below 1.2",
			"path": ["spec", "viewer_certificate", 0, "minimum_protocol_version"],
		}}
	}
	_found("aws_cloudfront_distribution", {"viewer_certificate": [{"acm_certificate_arn": "a"}]}) == {{
		"msg": "aws_cloudfront_distribution.x accepts TLS below 1.2",
		"path": ["spec", "viewer_certificate", 0],
	}}
	_found("aws_cloudfront_distribution", {"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}]}) == set()
	_found("aws_cloudfront_distribution", {"viewer_certificate": [{"cloudfront_default_certificate": true, "minimum_protocol_version": "TLSv1.2_2021"}]}) == {{
		"msg": "aws_cloudfront_distribution.x accepts TLS below 1.2",
		"path": ["spec", "viewer_certificate", 0, "cloudfront_default_certificate"],
	}}
	{f.path | some f in _found("aws_cloudfront_distribution", {"viewer_certificate": [{"cloudfront_default_certificate": true}]})} == {[
		"spec", "viewer_certificate", 0,
		"cloudfront_default_certificate",
	]}
	count(_found("aws_cloudfront_distribution", {"viewer_certificate": [{"cloudfront_default_certificate": "true", "minimum_protocol_version": "TLSv1.2_2021"}]})) == 1
	count(_found("aws_cloudfront_distribution", {"viewer_certificate": [{"cloudfront_default_certificate": false}]})) == 1
}

test_search if {
	_found("aws_opensearch_domain", {"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}]}) == {{
		"msg": "aws_opensearch_domain.x accepts TLS below 1.2",
		"path": ["spec", "domain_endpoint_options", 0, "tls_security_policy"],
	}}
	count(_found("aws_elasticsearch_domain", {"domain_endpoint_options": [{"enforce_https": true}]})) == 1
	_found("aws_opensearch_domain", {"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}]}) == set()
}

test_domains if {
	_found("aws_api_gateway_domain_name", {"security_policy": "TLS_1_0"}) == {{
		"msg": "aws_api_gateway_domain_name.x accepts TLS below 1.2",
		"path": ["spec", "security_policy"],
	}}
	_found("aws_api_gateway_domain_name", {"security_policy": "TLS_1_2"}) == set()
	_found("aws_api_gateway_domain_name", {}) == set()
}

test_file_servers if {
	_found("aws_transfer_server", {"protocols": ["SFTP", "FTP"]}) == {{
		"msg": "aws_transfer_server.x serves FTP, which is not encrypted",
		"path": ["spec", "protocols", 1],
	}}
	_found("aws_transfer_server", {"protocols": ["SFTP", "FTPS"]}) == set()
}
