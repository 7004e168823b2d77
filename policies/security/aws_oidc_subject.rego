# METADATA
# title: Roles for any pipeline of a CI service
# description: |
#   A trust policy that lets in the OpenID Connect tokens of GitHub Actions or
#   GitLab without a condition on whose pipeline it is lets everyone in who has
#   an account there. GitHub Docs, "Configuring OpenID Connect in Amazon Web
#   Services"; the condition is on the subject (sub), or on the repository or its
#   owner.
# custom:
#   id: security/aws-oidc-subject
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Add a StringEquals or StringLike condition on "token.actions.githubusercontent.com:sub" that
#     begins with repo:OWNER/REPOSITORY.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_role
#     - terraform/data.aws_iam_policy_document
package holdfast.security.aws_oidc_subject

import data.holdfast.lib.aws
import data.holdfast.lib.iam

_issuers := {
	"token.actions.githubusercontent.com": "GitHub",
	"gitlab.com": "GitLab",
}

_claims := {
	"sub",
	"job_workflow_ref",
	"namespace_id",
	"namespace_path",
	"project_id",
	"project_path",
	"repository",
	"repository_id",
	"repository_owner",
	"repository_owner_id",
}

deny contains {"msg": msg, "path": trust.path} if {
	some trust in iam.trusts
	some issuer, service in _issuers
	_trusted(trust, issuer)
	not _bound(trust.conditions, issuer)
	msg := sprintf("%s of %s lets in any pipeline of %s", [trust.label, aws.title, service])
}

# The provider is often one that is made in the same module; then a condition on
# its tokens tells.
_trusted(trust, issuer) if {
	some provider in trust.federated
	endswith(provider, sprintf("/%s", [issuer]))
}

_trusted(trust, issuer) if {
	some provider in trust.federated
	aws.unresolved(provider)
	some condition in trust.conditions
	startswith(condition.key, sprintf("%s:", [issuer]))
}

_bound(conditions, issuer) if {
	some condition in conditions
	not contains(condition.operator, "Not")
	some claim in _claims
	startswith(condition.key, issuer)
	endswith(condition.key, sprintf(":%s", [claim]))
	count(condition.values) > 0
	every value in condition.values {
		is_string(value)
		_narrow(claim, value)
	}
}

# A subject must begin with what its sender cannot choose, and give the owner's
# name in full: others may have one that begins alike.
_narrow("sub", value) if regex.match(`^(?:repo|project_path|job_workflow_ref):[^:/*?]*[A-Za-z0-9}][^:/*?]*/`, value)

_narrow("sub", value) if regex.match(`^(?:repository_owner|repository_owner_id|repository_id):[^:*?]`, value)

_narrow("sub", value) if startswith(value, "${")

_narrow(claim, value) if {
	claim != "sub"
	regex.match(`[A-Za-z0-9$]`, value)
}
