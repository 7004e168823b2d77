package holdfast.security.aws_oidc_subject_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_oidc_subject

_found(kind, spec) := found if {
	found := aws_oidc_subject.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:acme/shop:*" }
      }
    }]
  })
}`

bad_example := `resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}`

_arn(issuer) := sprintf("arn:aws:iam::123456789012:oidc-provider/%s", [issuer])

_github := "token.actions.githubusercontent.com"

_role(provider, condition) := {"assume_role_policy": json.marshal({"Statement": [{
	"Effect": "Allow",
	"Principal": {"Federated": provider},
	"Condition": condition,
}]})}

_on(operator, claim, value) := {operator: {sprintf("%s:%s", [_github, claim]): value}}

test_no_condition_is_found if {
	_found("aws_iam_role", _role(_arn(_github), {})) == {{
		"msg": "a statement of aws_iam_role.x lets in any pipeline of GitHub",
		"path": ["spec", "assume_role_policy"],
	}}
	_found("aws_iam_role", _role(_arn("gitlab.com"), {})) == {{
		"msg": "a statement of aws_iam_role.x lets in any pipeline of GitLab",
		"path": ["spec", "assume_role_policy"],
	}}
}

test_conditions_that_bind_nobody_are_found if {
	every condition in [
		_on("StringEquals", "aud", "sts.amazonaws.com"),
		_on("StringLike", "sub", "*"),
		_on("StringLike", "sub", "repo:*"),
		_on("StringLike", "sub", "repo:*/shop:ref:refs/heads/main"),
		_on("StringLike", "sub", "repo:acme*"),
		_on("StringLike", "sub", "repo:acme*/shop"),
		_on("StringLike", "sub", "repo:/shop"),
		_on("StringEquals", "sub", "workflow:x:repo:acme/shop"),
		_on("StringEquals", "sub", "x-${aws_x.y.z}"),
		_on("StringEquals", "sub", "repository_owner:*"),
		_on("StringEquals", "environment", "prod"),
		_on("StringLike", "repository_owner", "*"),
		_on("StringLike", "sub", ["repo:acme/shop:*", "repo:*"]),
		_on("StringNotLike", "sub", "repo:acme/shop:*"),
		_on("StringLike", "sub", []),
		_on("StringLike", "sub", 7),
		{"StringLike": {"gitlab.com:sub": "repo:acme/shop:*"}},
	] {
		count(_found("aws_iam_role", _role(_arn(_github), condition))) == 1
	}
	gitlab := _role(_arn("gitlab.com"), {"StringLike": {"gitlab.com:sub": "project_path:*/shop:ref_type:branch:ref:main"}})
	count(_found("aws_iam_role", gitlab)) == 1
}

test_bound_roles_pass if {
	every value in [
		"repo:acme/shop:*", "repo:${aws_x.y.z}/shop:*", "job_workflow_ref:acme/shop/.github/x", "${aws_x.y.z}",
		"repository_owner:acme", "repository_owner_id:1", "repository_id:1",
	] {
		_found("aws_iam_role", _role(_arn(_github), _on("StringLike", "sub", value))) == set()
	}
	enterprise := {"StringEquals": {"token.actions.githubusercontent.com/acme:sub": "repo:acme/shop:*"}}
	_found("aws_iam_role", _role(_arn(_github), enterprise)) == set()
	every claim in [
		"job_workflow_ref", "namespace_id", "namespace_path", "project_id", "project_path",
		"repository", "repository_id", "repository_owner", "repository_owner_id",
	] {
		_found("aws_iam_role", _role(_arn(_github), _on("StringLike", claim, "acme"))) == set()
	}
	_found("aws_iam_role", _role(_arn(_github), _on("StringLike", "sub", ["repo:acme/shop:*", "${aws_x.y.z}"]))) == set()
	_found("aws_iam_role", _role(_arn("oidc.eks.eu-central-1.amazonaws.com/id/A"), {})) == set()
	_found("aws_iam_role", _role("cognito-identity.amazonaws.com", {})) == set()
}

test_a_provider_of_the_module if {
	count(_found("aws_iam_role", _role(samples.reference, _on("StringEquals", "aud", "sts.amazonaws.com")))) == 1
	_found("aws_iam_role", _role(samples.reference, _on("StringLike", "sub", "repo:acme/shop:*"))) == set()
	_found("aws_iam_role", _role(samples.reference, {})) == set()
	_found("aws_iam_role", _role("arn", _on("StringEquals", "aud", "sts.amazonaws.com"))) == set()
}

test_blocks if {
	_found("data.aws_iam_policy_document", {"statement": [{"principals": [{"type": "Federated", "identifiers": [_arn(_github)]}]}]}) == {{
		"msg": "a statement of data.aws_iam_policy_document.x lets in any pipeline of GitHub",
		"path": ["spec", "statement", 0],
	}}
}
