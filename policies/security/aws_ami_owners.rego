# METADATA
# title: Images of whoever names theirs alike
# description: |
#   A data source aws_ami without owners takes the newest public image with a
#   fitting name, and anyone can publish one (the "whoAMI" attack). A filter on
#   owner-id, owner-alias or image-id is as good. Terraform AWS provider,
#   aws_ami, owners; Amazon EC2 User Guide, "Find an AMI".
# custom:
#   id: security/aws-ami-owners
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set owners to "amazon", "self" or the id of the publisher's account.
#   scope: resource
#   kinds:
#     - terraform/data.aws_ami
#     - terraform/data.aws_ami_ids
package holdfast.security.aws_ami_owners

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	not _named
	not _filtered
	msg := sprintf("%s takes images of anyone", [aws.title])
	path := aws.path(["spec"], _spec, "owners")
}

_named if {
	aws.present(_spec.owners)
	not "*" in aws.list(_spec.owners)
}

_filtered if {
	some i
	input.resource.spec.filter[i].name in {"owner-id", "owner-alias", "image-id"}
}

_spec["owners"] := input.resource.spec.owners
