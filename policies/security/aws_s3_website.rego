# METADATA
# title: S3 buckets that are websites
# description: |
#   A bucket's website endpoint speaks HTTP only, and needs the bucket to be
#   public. AWS, Amazon S3 User Guide, "Website endpoints".
# custom:
#   id: security/aws-s3-website
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Serve the files through CloudFront with an origin access control, and remove the website
#     configuration.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_s3_bucket_website_configuration
package holdfast.security.aws_s3_website

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "website"]} if {
	aws.present(input.resource.spec.website)
	msg := sprintf("%s is a website", [aws.title])
}

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_s3_bucket_website_configuration"
	not _redirects
	msg := sprintf("%s makes a website of its bucket", [aws.title])
}

# Such a bucket serves no files.
_redirects if aws.present(input.resource.spec.redirect_all_requests_to)
