# METADATA
# title: Notebooks with a way out and root
# description: |
#   A SageMaker notebook has direct access to the internet unless
#   direct_internet_access is Disabled, and its users are root unless root_access
#   is. AWS Security Hub SageMaker.1 and SageMaker.3.
# custom:
#   id: security/aws-sagemaker-internet
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set direct_internet_access and root_access to "Disabled", with a subnet_id and security_groups.
#   scope: resource
#   kinds: [terraform/aws_sagemaker_notebook_instance]
package holdfast.security.aws_sagemaker_internet

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	some attribute, phrase in {"direct_internet_access": "reaches the internet directly", "root_access": "gives its users root"}
	aws.get(_spec, attribute) in {null, "Enabled"}
	msg := sprintf("%s %s", [aws.title, phrase])
	path := aws.path(["spec"], _spec, attribute)
}

_spec["direct_internet_access"] := input.resource.spec.direct_internet_access

_spec["root_access"] := input.resource.spec.root_access
