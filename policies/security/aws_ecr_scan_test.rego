package holdfast.security.aws_ecr_scan_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_ecr_scan

_found(kind, spec) := found if {
	found := aws_ecr_scan.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_ecr_scan.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_ecr_repository" "shop" {
  name = "shop"
  image_scanning_configuration {
    scan_on_push = true
  }
}`

bad_example := `resource "aws_ecr_repository" "shop" {
  name = "shop"
}`

test_repositories if {
	_found("aws_ecr_repository", {}) == {{"msg": "aws_ecr_repository.x does not scan images", "path": ["spec"]}}
	_found("aws_ecr_repository", {"image_scanning_configuration": [{"scan_on_push": false}]}) == {{
		"msg": "aws_ecr_repository.x does not scan images",
		"path": ["spec", "image_scanning_configuration", 0, "scan_on_push"],
	}}
	_found("aws_ecr_repository", {"image_scanning_configuration": [{"scan_on_push": true}]}) == set()
}

test_the_registry if {
	scans := [samples.resource("aws_ecr_registry_scanning_configuration", "r", {"scan_type": "ENHANCED", "rule": [{}]})]
	_among("aws_ecr_repository", {}, scans) == set()
	_among("aws_ecr_repository", {"image_scanning_configuration": [{}]}, scans) == set()
	elsewhere := [object.union(scans[0], {"metadata": {"root": "dev"}})]
	count(_among("aws_ecr_repository", {}, elsewhere)) == 1
	none := [samples.resource("aws_ecr_registry_scanning_configuration", "r", {"scan_type": "BASIC"})]
	count(_among("aws_ecr_repository", {}, none)) == 1
}
