# METADATA
# title: Functions on a runtime that gets no more fixes
# description: |
#   Runtimes that AWS Lambda has deprecated get no security fixes, and functions
#   on them can no longer be made or changed in time. AWS Lambda Developer Guide,
#   "Lambda runtimes", deprecated ones; the names are those of the parameter
#   aws_deprecated_runtimes.
# custom:
#   id: security/aws-lambda-runtime
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Move the function to the newest runtime of its language.
#   scope: resource
#   kinds:
#     - terraform/aws_lambda_function
#     - terraform/aws_lambda_layer_version
#   params:
#     aws_deprecated_runtimes:
#       - dotnet5.0
#       - dotnet6
#       - dotnet7
#       - dotnetcore1.0
#       - dotnetcore2.0
#       - dotnetcore2.1
#       - dotnetcore3.1
#       - go1.x
#       - java8
#       - nodejs
#       - nodejs4.3
#       - nodejs4.3-edge
#       - nodejs6.10
#       - nodejs8.10
#       - nodejs10.x
#       - nodejs12.x
#       - nodejs14.x
#       - nodejs16.x
#       - nodejs18.x
#       - provided
#       - python2.7
#       - python3.6
#       - python3.7
#       - python3.8
#       - python3.9
#       - ruby2.5
#       - ruby2.7
package holdfast.security.aws_lambda_runtime

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "runtime"]} if {
	runtime := input.resource.spec.runtime
	runtime in data.holdfast.params.aws_deprecated_runtimes
	msg := sprintf("%s runs on %s, which is deprecated", [aws.title, runtime])
}
