package holdfast.security.aws_ecr_mutable_tags_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_ecr_mutable_tags

_found(kind, spec) := found if {
	found := aws_ecr_mutable_tags.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_ecr_repository" "shop" {
  name                 = "shop"
  image_tag_mutability = "IMMUTABLE"
}`

bad_example := `resource "aws_ecr_repository" "shop" {
  name = "shop"
}`

test_repositories if {
	_found("aws_ecr_repository", {}) == {{"msg": "the tags of aws_ecr_repository.x can be moved", "path": ["spec"]}}
	every value in ["MUTABLE", "MUTABLE_WITH_EXCLUSION"] {
		_found("aws_ecr_repository", {"image_tag_mutability": value}) == {{
			"msg": "the tags of aws_ecr_repository.x can be moved",
			"path": ["spec", "image_tag_mutability"],
		}}
	}
	_found("aws_ecr_repository", {"image_tag_mutability": "IMMUTABLE"}) == set()
	_found("aws_ecr_repository", {"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION"}) == set()
}
