# METADATA
# title: Function URLs without authentication
# description: |
#   A Lambda function URL with authorization_type NONE can be called by everyone
#   who knows it. AWS Lambda Developer Guide, "Control access to Lambda function
#   URLs".
# custom:
#   id: security/aws-function-url
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set authorization_type to "AWS_IAM", or put an API Gateway or CloudFront with a check of its
#     own before the function.
#   scope: resource
#   kinds: [terraform/aws_lambda_function_url]
package holdfast.security.aws_function_url

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "authorization_type"]} if {
	input.resource.spec.authorization_type == "NONE"
	msg := sprintf("everyone may call %s", [aws.title])
}
