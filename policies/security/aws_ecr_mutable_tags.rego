# METADATA
# title: Image tags that can be moved
# description: |
#   A tag of an ECR repository can be pointed at another image, so that what was
#   reviewed is not what runs, unless image_tag_mutability is IMMUTABLE. AWS
#   Security Hub ECR.2.
# custom:
#   id: security/aws-ecr-mutable-tags
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set image_tag_mutability to "IMMUTABLE".
#   scope: resource
#   kinds: [terraform/aws_ecr_repository]
package holdfast.security.aws_ecr_mutable_tags

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	aws.get(_spec, "image_tag_mutability") in {null, "MUTABLE", "MUTABLE_WITH_EXCLUSION"}
	msg := sprintf("the tags of %s can be moved", [aws.title])
	path := aws.path(["spec"], _spec, "image_tag_mutability")
}

_spec["image_tag_mutability"] := input.resource.spec.image_tag_mutability
