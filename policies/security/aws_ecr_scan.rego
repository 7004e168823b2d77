# METADATA
# title: Image repositories that do not scan
# description: |
#   Images pushed to ECR are not looked at for known vulnerabilities unless
#   scan_on_push is true, or the registry is configured for scanning
#   (aws_ecr_registry_scanning_configuration in the same root module). CIS Amazon
#   EKS Benchmark 1.5.0, section 5.1.1; AWS Security Hub ECR.1.
# custom:
#   id: security/aws-ecr-scan
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-eks/5.1.1]
#   remediation: >-
#     Set image_scanning_configuration.scan_on_push to true, or configure the registry.
#   scope: resource
#   kinds: [terraform/aws_ecr_repository]
package holdfast.security.aws_ecr_scan

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not _has_block
	not _registry_scans
	msg := sprintf("%s does not scan images", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	some i, block in input.resource.spec.image_scanning_configuration
	not aws.on(aws.get(block, "scan_on_push"))
	not _registry_scans
	msg := sprintf("%s does not scan images", [aws.title])
	path := aws.path(["spec", "image_scanning_configuration", i], block, "scan_on_push")
}

_has_block if aws.present(input.resource.spec.image_scanning_configuration)

_registry_scans if {
	some by_name in data.holdfast.resources[input.target.name]["terraform/aws_ecr_registry_scanning_configuration"]
	some configuration in by_name
	aws.here(configuration)
	aws.present(configuration.spec.rule)
}
